about='a claim as text to its answer as text: in memory, then the whole program on files; its start'
targets='quote_bench gongji'
by_default=yes
run() {
  "$bin/quote_bench" --benchmark_format=json 2>/dev/null | python3 toolchain/benches/table.py
  python3 tests/bench/quote_end_to_end.py "$bin/gongji"
}
