// `gongji packs show SCHEME[@VERSION]`: 1 where there is no such version or the packs cannot be loaded.
#include <iostream>

#include "offline/review/show.h"
#include "terminal/cli/day_option.h"
#include "terminal/cli/packs_commands.h"

namespace gongji::terminal {

namespace {

class PacksShowCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("show", "the rules of a scheme on a day, as a table");
    command->add_option("scheme", what_, "SCHEME, or SCHEME@VERSION")->required();
    on_.declare(*command, "day that is looked at (today)");
    command->add_flag("--activate-reported", reported_, "versions known from reports only may be in force");
    command->add_flag("--json", json_, "one JSON object, for programs");
    packs_.declare(*command);
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto loaded = packs_.load();
    if (!loaded) return fail(loaded.error(), language_.language());
    const Day on = on_.day_or_today();
    const auto name = review::version_named(*loaded, what_, on, reported_);
    if (!name) return fail(name.error(), language_.language());
    const review::Sheet sheet = review::sheet_of(*loaded, packs::AccountLawBook::built_in(), *name, on);
    std::cout << (json_ ? review::show_json(sheet) : review::show_text(sheet, language_.language()));
    return done_status;
  }

 private:
  std::string what_;
  DayOption on_;
  bool reported_ = false, json_ = false;
  PackOptions packs_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> packs_show_command() {
  return std::make_unique<PacksShowCommand>();
}

}  // namespace gongji::terminal
