// `gongji packs verify FILE --authority KEY`: is this file whole, and whose is it?
#include <iostream>

#include "offline/packs/signed_file.h"
#include "terminal/cli/packs_commands.h"

namespace gongji::terminal {

namespace {

// 1 where the file is not whole, or not signed with this key.
class PacksVerifyCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("verify", "check a signed file");
    command->add_option("file", file_, "the signed file")->required();
    command->add_option("--authority", authority_, "the authority's public key (authority.pub)")->required();
    command->add_flag("--content", content_, "print what was signed");
    language_.declare(*command);
    return command;
  }

  int run() override {
    const Language language = language_.language();
    const auto key = packs::read_public_key(authority_);
    if (!key) return fail(key.error(), language);
    const auto read = packs::read_signed_file(file_);
    if (!read) return fail(read.error(), language);
    if (const auto known = packs::check_authority(*read, {*key}, file_); !known) return fail(known.error(), language);
    if (content_) {
      std::cout << read->content;
    } else {
      std::cout << packs::name_of(read->kind) << '\t' << read->authority << '\n';
    }
    return done_status;
  }

 private:
  std::string file_, authority_;
  bool content_ = false;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> packs_verify_command() {
  return std::make_unique<PacksVerifyCommand>();
}

}  // namespace gongji::terminal
