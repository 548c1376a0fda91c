about='the same rule and claims in json-rules-engine and ZEN; brings both in with npm'
targets='side_by_side_bench'
by_default=no
run() { tests/bench/side_by_side/run "$bin/side_by_side_bench"; }
