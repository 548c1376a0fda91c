about='a backlog drained over mutual TLS against the centre alone, the counter meanwhile, bytes, handshakes, round trips, memory'
targets='bench-sync gongji-centre'
by_default=yes
# GONGJI_BENCH_DATA keeps the prepared centre and till; GONGJI_BENCH_SYNC adds options, for example "--only drain --rounds 5".
run() {
  # shellcheck disable=SC2086
  GONGJI_BIN=$bin tests/bench_sync/sync.py "${GONGJI_BENCH_DATA:-build-release/bench-data}" ${GONGJI_BENCH_SYNC:-}
}
