// packs_commands.h — the subcommands of `gongji packs`.
#pragma once

#include <memory>

#include "offline/packs/packs.h"
#include "terminal/cli/command.h"
#include "terminal/quote/extra_packs.h"

namespace gongji::terminal {

// `--packs DIR`, `--supplement FILE` and `--authority FILE`, as `gongji quote` takes them: added to the packs that are
// built in.
class PackOptions {
 public:
  void declare(CLI::App& command);
  Result<packs::PackSet> load() const;

 private:
  ExtraPacks extra_;
};

std::unique_ptr<Command> packs_list_command();
std::unique_ptr<Command> packs_lint_command();
std::unique_ptr<Command> packs_show_command();
std::unique_ptr<Command> packs_diff_command();
std::unique_ptr<Command> packs_replay_command();
std::unique_ptr<Command> packs_keys_command();
std::unique_ptr<Command> packs_sign_command();
std::unique_ptr<Command> packs_verify_command();
std::unique_ptr<Command> packs_vectors_command();

}  // namespace gongji::terminal
