about='a durable sale against the floor of the disk, on a slow disk with several tills, and in a long journal'
targets='bench-journal'
by_default=yes
# GONGJI_BENCH_DATA keeps the filled journals (2 GB); GONGJI_BENCH_ENTRIES=10000000 measures growth to ten millions (14 GB,
# half an hour to fill once).
run() {
  local data=${GONGJI_BENCH_DATA:-build-release/bench-data} long=${GONGJI_BENCH_ENTRIES:-1000000}
  mkdir -p "$data"
  data=$(cd "$data" && pwd)
  "$bin/bench-journal" commit "$data/1000000" 1000000
  toolchain/build --preset release disk-shim >&2
  echo 'on a disk that takes 2 ms longer for a sync (tests/support/disk_shim.cpp):'
  LD_PRELOAD=$bin/disk-shim.so GONGJI_SHIM_FOLDER=$data GONGJI_SHIM_SYNC_US=2000 \
    "$bin/bench-journal" clients "$data/10000" 10000
  "$bin/bench-journal" growth "$data/10000" 10000 "$data/$long" "$long"
}
