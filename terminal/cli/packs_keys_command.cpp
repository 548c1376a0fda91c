// `gongji packs keys --out DIR`: the pair of keys of a region's authority.
#include <iostream>

#include "offline/packs/signed_file.h"
#include "terminal/cli/packs_commands.h"

namespace gongji::terminal {

namespace {

// 1 where the keys cannot be written, or some are there already.
class PacksKeysCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command =
        parent.add_subcommand("keys", "make an authority's pair of keys (keep the private one off line)");
    command->add_option("--out", directory_, "folder for authority.pem and authority.pub")->required();
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto key = packs::make_authority_keys(directory_);
    if (!key) return fail(key.error(), language_.language());
    std::cout << packs::key_name(*key) << '\n';
    return done_status;
  }

 private:
  std::string directory_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> packs_keys_command() {
  return std::make_unique<PacksKeysCommand>();
}

}  // namespace gongji::terminal
