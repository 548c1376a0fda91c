// `gongji packs …`: the law as data, for lawyers, vendors and officials.  No till, no card, no network.
#include "terminal/cli/packs_commands.h"

#include <fmt/format.h>

#include <iostream>
#include <string_view>
#include <utility>

#include "terminal/cli/commands.h"

namespace gongji::terminal {

void PackOptions::declare(CLI::App& command) {
  command.add_option("--packs", extra_.folders, "folder of packs to add to the built-in ones")->allow_extra_args(false);
  command.add_option("--supplement", extra_.supplements, "region parameters, or a signed file; may be repeated")
      ->allow_extra_args(false);
  command.add_option("--authority", extra_.authorities, "public key that signed files must be signed with")
      ->allow_extra_args(false);
}

Result<packs::PackSet> PackOptions::load() const {
  auto packs = load_extra_packs(extra_, false);
  if (packs) note_unproven(std::cerr, *packs, !extra_.authorities.empty(), Language::en);
  return packs;
}

namespace {

std::string_view word(packs::PackStatus status, Language language) {
  const bool zh = language == Language::zh;
  switch (status) {
    case packs::PackStatus::sourced:
      return zh ? "有原文" : "sourced";
    case packs::PackStatus::reported:
      return zh ? "据报道" : "reported";
    case packs::PackStatus::draft:
      return zh ? "草案" : "draft";
  }
  return "";
}

// 1 where the packs cannot be loaded.
class PacksListCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("list", "every version of every scheme that is loaded");
    packs_.declare(*command);
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto loaded = packs_.load();
    if (!loaded) return fail(loaded.error(), language_.language());
    for (const packs::PackInfo& info : loaded->packs()) {
      std::cout << fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", info.name, word(info.status, language_.language()),
                               to_string(info.first_day), info.last_day ? to_string(*info.last_day) : "",
                               language_.language() == Language::zh ? info.title_zh : info.title_en, info.digest);
    }
    return done_status;
  }

 private:
  PackOptions packs_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> packs_list_command() {
  return std::make_unique<PacksListCommand>();
}
std::unique_ptr<Command> packs_command() {
  Commands commands;
  commands.push_back(packs_list_command());
  commands.push_back(packs_lint_command());
  commands.push_back(packs_show_command());
  commands.push_back(packs_diff_command());
  commands.push_back(packs_replay_command());
  commands.push_back(packs_keys_command());
  commands.push_back(packs_sign_command());
  commands.push_back(packs_verify_command());
  commands.push_back(packs_vectors_command());
  return std::make_unique<CommandGroup>("packs", "look at rules, compare them, try them on sales", std::move(commands));
}

}  // namespace gongji::terminal
