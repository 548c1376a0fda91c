about='a durable commit against the floor of the disk under this folder'
targets='bench-journal'
by_default=yes
run() { "$bin/bench-journal"; }
