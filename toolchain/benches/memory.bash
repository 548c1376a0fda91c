about='the daemon: resident memory, idle and under load with a million entries'
targets='bench-journal gongjid gongji gongji-centre'
by_default=yes
run() { GONGJI_BIN=$bin tests/bench_till/start.py "${GONGJI_BENCH_DATA:-build-release/bench-data}/till" 1000000 memory; }
