about='settling a Wuhan claim that is in memory; choosing its pack; loading all packs'
targets='adjudicate_bench'
by_default=yes
run() { "$bin/adjudicate_bench" --benchmark_format=json 2>/dev/null | python3 toolchain/benches/table.py; }
