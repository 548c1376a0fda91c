about='the till behind HTTP beside the same work in node with better-sqlite3; brings that in with npm'
targets='bench-till-server bench-load'
by_default=no
run() {
  if [[ ! -d tests/bench_till/peer/node_modules ]]; then
    npm install --prefix tests/bench_till/peer --no-save --no-audit --no-fund --loglevel=error >&2
  fi
  tests/bench_till/compare.py "$bin"
}
