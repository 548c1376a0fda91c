// packs_commands.h — the subcommands of `gongji packs`.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "offline/packs/packs.h"
#include "terminal/cli/command.h"

namespace gongji::terminal {

// `--packs DIR` and `--supplement FILE`, as `gongji quote` takes them: added to the packs that are built in.
class PackOptions {
 public:
  void declare(CLI::App& command);
  Result<packs::PackSet> load() const;

 private:
  std::vector<std::filesystem::path> folders_, supplements_;
};

std::unique_ptr<Command> packs_list_command();
std::unique_ptr<Command> packs_lint_command();
std::unique_ptr<Command> packs_show_command();
std::unique_ptr<Command> packs_diff_command();
std::unique_ptr<Command> packs_replay_command();

}  // namespace gongji::terminal
