// main_gongji.cpp — the command line of Gongji: one subcommand a task, each with its own module folder.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "terminal/commands/doctor.h"
#include "terminal/commands/enrol.h"
#include "terminal/commands/queue.h"
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

int fail(const gongji::Trouble& what, gongji::Language language) {
  std::cerr << "gongji: " << gongji::to_string(what, language) << '\n';
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace gongji;
  CLI::App app{"Gongji: settlement for pharmacies and clinics", "gongji"};
  app.require_subcommand(1);
  Quote quote;
  const CLI::App* quote_command = quote.declare(app);

  std::string file, code, language_name = "zh";
  bool json = false;
  const auto declare = [&](const char* name, const char* text) {
    CLI::App* command = app.add_subcommand(name, text);
    command->add_option("--config", file, "configuration file (TOML)")->required();
    command->add_option("--lang", language_name, "zh or en")->check(CLI::IsMember({"zh", "en"}));
    return command;
  };
  CLI::App* enrol = declare("enrol", "registers this terminal with its centre");
  enrol->add_option("--code", code, "one-time code from the centre (GJ1-...)")->required();
  const CLI::App* doctor = declare("doctor", "is this till fit to sell?");
  CLI::App* queue = declare("queue", "what is not sent yet");
  queue->add_flag("--json", json, "for programs");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : usage_status;
  }
  if (quote_command->parsed()) return quote.run();

  const Language language = language_name == "en" ? Language::en : Language::zh;
  if (doctor->parsed()) {
    return terminal::print(std::cout, terminal::examine(file, system_clock()), language) ? 0 : 1;
  }
  auto config = terminal::load_config(file);
  if (!config) return fail(config.error(), language);
  if (enrol->parsed()) {
    auto name = terminal::enrol(*config, code);
    if (!name) return fail(name.error(), language);
    std::cout << (language == Language::zh ? "已登记: " : "enrolled: ") << *name << '\n';
    return 0;
  }
  auto done = terminal::print_queue(std::cout, *config, json, language, system_clock());
  return done ? 0 : fail(done.error(), language);
}
