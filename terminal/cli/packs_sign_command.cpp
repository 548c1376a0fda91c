// `gongji packs sign`: the authority's signature over a supplement, a pack or an activation.
#include <iostream>

#include "offline/packs/sign_rules.h"
#include "terminal/cli/packs_commands.h"

namespace gongji::terminal {

namespace {

// 1 where the key or the file is not usable, or the output cannot be written.
class PacksSignCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("sign", "sign what tills are to take");
    command->add_option("--key", key_, "the authority's private key (authority.pem)")->required();
    command->add_option("--kind", kind_, "supplement, pack (sources.json beside it) or activation")
        ->required()
        ->check(CLI::IsMember({"supplement", "pack", "activation"}));
    command->add_option("--packs", folders_, "folder of packs that it belongs to, beside the built-in ones")
        ->allow_extra_args(false);
    command->add_option("file", file_, "what is signed")->required();
    command->add_option("--out", out_, "the signed file")->required();
    language_.declare(*command);
    return command;
  }

  int run() override {
    const Language language = language_.language();
    const auto key = packs::read_authority_key(key_);
    if (!key) return fail(key.error(), language);
    if (auto done = packs::sign_rules(*key, kind(), file_, folders_, out_); !done) return fail(done.error(), language);
    std::cout << packs::key_name(key->public_key()) << '\n';
    return done_status;
  }

 private:
  packs::SignedKind kind() const {
    if (kind_ == "pack") return packs::SignedKind::pack;
    return kind_ == "activation" ? packs::SignedKind::activation : packs::SignedKind::supplement;
  }

  std::string key_, kind_, file_, out_;
  std::vector<std::filesystem::path> folders_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> packs_sign_command() {
  return std::make_unique<PacksSignCommand>();
}

}  // namespace gongji::terminal
