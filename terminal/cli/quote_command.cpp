#include <unistd.h>

#include <iostream>

#include "terminal/cli/commands.h"
#include "terminal/quote/quote.h"

namespace gongji::terminal {

namespace {

class QuoteCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("quote", "answer claims (JSON Lines on standard input)");
    command->add_option("--packs", options_.packs, "folder of packs to add to the built-in ones")
        ->allow_extra_args(false);
    command->add_option("--supplement", options_.supplements, "region parameters, or a signed file; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--authority", options_.authorities, "public key that signed files must be signed with")
        ->allow_extra_args(false);
    command->add_option("--trace", trace_, "steps (default) or none")->check(CLI::IsMember({"steps", "none"}));
    command->add_option("--explain", explain_, "a sentence for each step, zh or en")
        ->check(CLI::IsMember({"zh", "en"}));
    command->add_flag("--activate-reported", options_.activate_reported, "choose reported packs by day too");
    return command;
  }

  int run() override {
    options_.trace = trace_ == "steps";
    if (explain_ == "zh") options_.explain = Language::zh;
    if (explain_ == "en") options_.explain = Language::en;
    return run_quote(options_, STDIN_FILENO, STDOUT_FILENO, std::cerr);
  }

 private:
  QuoteOptions options_;
  std::string trace_ = "steps", explain_;
};

}  // namespace

std::unique_ptr<Command> quote_command() {
  return std::make_unique<QuoteCommand>();
}

}  // namespace gongji::terminal
