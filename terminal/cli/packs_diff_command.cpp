// `gongji packs diff A B`: 1 where there is no such version or the packs cannot be loaded.
#include <algorithm>
#include <iostream>

#include "offline/review/diff.h"
#include "offline/review/show.h"
#include "terminal/cli/day_option.h"
#include "terminal/cli/packs_commands.h"

namespace gongji::terminal {

namespace {

class PacksDiffCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("diff", "what changes for whom between two versions");
    command->add_option("a", a_, "SCHEME@VERSION")->required();
    command->add_option("b", b_, "SCHEME@VERSION")->required();
    on_.declare(*command, "day that is looked at (the later first day of the two)");
    command->add_flag("--json", json_, "one JSON object, for programs");
    packs_.declare(*command);
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto loaded = packs_.load();
    if (!loaded) return fail(loaded.error(), language_.language());
    const Day today = on_.day_or_today();
    const auto a = review::version_named(*loaded, a_, today, true), b = review::version_named(*loaded, b_, today, true);
    if (!a) return fail(a.error(), language_.language());
    if (!b) return fail(b.error(), language_.language());
    const review::Diff diff = review::diff_of(*loaded, packs::AccountLawBook::built_in(), *a, *b,
                                              on_.day().value_or(later_first_day(*loaded, *a, *b)));
    std::cout << (json_ ? review::diff_json(diff) : review::diff_text(diff, language_.language()));
    return done_status;
  }

 private:
  static Day later_first_day(const packs::PackSet& packs, const std::string& a, const std::string& b) {
    Day day = Day::from_number(0);
    for (const packs::PackInfo& each : packs.packs()) {
      if (each.name == a || each.name == b) day = std::max(day, each.first_day);
    }
    return day;
  }

  std::string a_, b_;
  DayOption on_;
  bool json_ = false;
  PackOptions packs_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> packs_diff_command() {
  return std::make_unique<PacksDiffCommand>();
}

}  // namespace gongji::terminal
