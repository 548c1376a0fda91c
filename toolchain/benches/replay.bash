about='a million sales under two versions of the rules (writes 1.5 GB to the temporary folder)'
targets='replay_bench'
by_default=no
run() { "$bin/replay_bench"; }
