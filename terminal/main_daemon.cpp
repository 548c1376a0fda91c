// gongjid — the settlement daemon of one till.

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdio>

#include "terminal/daemon.h"
#include "terminal/resident.h"

int main(int argc, char** argv) {
  gongji::terminal::use_one_heap();
  CLI::App app{"gongjid: settles medical-insurance sales at the till, on line and off (see terminal/gongjid.toml)"};
  std::string file;
  app.add_option("--config", file, "configuration file (TOML)")->required();
  CLI11_PARSE(app, argc, argv);

  auto config = gongji::terminal::load_config(file);
  auto done = config ? gongji::terminal::run_daemon(*config) : gongji::Result<void>(config.error());
  if (done) return 0;
  fmt::print(stderr, "gongjid: {}\n         {}\n", gongji::to_string(done.error(), gongji::Language::zh),
             gongji::to_string(done.error(), gongji::Language::en));
  return 1;
}
