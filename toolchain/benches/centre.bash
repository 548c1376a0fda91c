about='entries a second that one centre books into SQLite and into PostgreSQL, settled anew and committed'
targets='bench-centre'
by_default=yes
# GONGJI_BENCH_BATCHES sets how many batches of each size are booked (12); data lies below TMPDIR.
run() {
  "$bin/bench-centre" | grep -v -e '^=' -e '^All tests' -e '^$'
  python3 tests/support/postgres_cluster.py --durable "$bin/bench-centre" | grep -v -e '^=' -e '^All tests' -e '^$'
}
