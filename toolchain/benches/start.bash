about='the daemon: first durable sale after a SIGKILL with a million entries and 64 MB of write-ahead log'
targets='bench-journal gongjid gongji gongji-centre'
by_default=yes
run() { GONGJI_BIN=$bin tests/bench_till/start.py "${GONGJI_BENCH_DATA:-build-release/bench-data}/till" 1000000 kill; }
