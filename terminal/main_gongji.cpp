// main_gongji.cpp — the command line of Gongji: one subcommand a task, each with its own module folder.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "terminal/quote/quote.h"

namespace {

constexpr int usage_status = 2;

struct Quote {
  gongji::terminal::QuoteOptions options;
  std::string trace = "steps", explain;

  CLI::App* declare(CLI::App& app) {
    CLI::App* command = app.add_subcommand("quote", "answer claims (JSON Lines on standard input)");
    command->add_option("--packs", options.packs, "folder of packs to add to the built-in ones")
        ->allow_extra_args(false);
    command->add_option("--supplement", options.supplements, "region parameters to add; may be repeated")
        ->allow_extra_args(false);
    command->add_option("--trace", trace, "steps (default) or none")->check(CLI::IsMember({"steps", "none"}));
    command->add_option("--explain", explain, "a sentence for each step, zh or en")->check(CLI::IsMember({"zh", "en"}));
    command->add_flag("--activate-reported", options.activate_reported, "choose reported packs by day too");
    return command;
  }

  int run() {
    options.trace = trace == "steps";
    if (explain == "zh") options.explain = gongji::Language::zh;
    if (explain == "en") options.explain = gongji::Language::en;
    return gongji::terminal::run_quote(options, STDIN_FILENO, STDOUT_FILENO, std::cerr);
  }
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Gongji: settlement for pharmacies and clinics", "gongji"};
  app.require_subcommand(1);
  Quote quote;
  const CLI::App* quote_command = quote.declare(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage_status;
  }
  if (quote_command->parsed()) return quote.run();
  return usage_status;
}
