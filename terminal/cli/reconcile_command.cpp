// `gongji reconcile`: a day of this till against its centre.
#include <fmt/format.h>

#include <iostream>

#include "offline/reconcile/forms.h"
#include "offline/reconcile/site_file.h"
#include "sync/http/private_file.h"
#include "terminal/cli/commands.h"
#include "terminal/cli/day_option.h"
#include "terminal/reconcile/till_side.h"

namespace gongji::terminal {

namespace {

// 1: trouble, nothing was compared.  3: compared, and not balanced.
constexpr int differs_status = 3;

class ReconcileCommand : public Command {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command = parent.add_subcommand("reconcile", "a day of this till against its centre, to the fen");
    command->add_option("--config", config_file_, "configuration file (TOML)")->required();
    day_.declare(*command, "day of service, YYYY-MM-DD; today where it is not given", "--day");
    command->add_option("--csv", forms_.csv, "also as a file for spreadsheets");
    command->add_option("--html", forms_.html, "also as one page");
    command->add_option("--export", export_, "only write this till's lines into a file for gongji-centre reconcile");
    language_.declare(*command);
    return command;
  }

  int run() override {
    const auto done = run_reconcile();
    return done ? *done : fail(done.error(), language_.language());
  }

 private:
  static Result<void> write(const std::string& file, std::string_view bytes) {
    return http::write_private_file(file, bytes);
  }

  Result<int> run_reconcile() {
    const auto config = load_config(config_file_);
    if (!config) return config.error();
    const auto identity = load_identity(*config);
    if (!identity) return identity.error();
    const Day day = day_.day_or_today();
    const auto ours = till_side(*config, *identity, day);
    if (!ours) return ours.error();
    if (!export_.empty()) {
      if (auto done = write(export_, write_site_file(*ours, identity->terminal)); !done) return done.error();
      return done_status;
    }
    auto theirs = centre_side(*config, *identity, day);
    if (!theirs) return theirs.error();
    const auto compared = reconcile::compare(*ours, *std::move(theirs));
    const reconcile::Place place{reconcile::Desk::till, config_file_,
                                 fmt::format("http://{}:{}", config->api.host, config->api.port), ""};
    const auto text =
        reconcile::write_report(reconcile::sheet_of(compared, place, language_.language()), forms_, write);
    if (!text) return text.error();
    std::cout << *text;
    return compared.balanced() ? done_status : differs_status;
  }

  std::string config_file_, export_;
  reconcile::Forms forms_;
  DayOption day_;
  LanguageOption language_;
};

}  // namespace

std::unique_ptr<Command> reconcile_command() {
  return std::make_unique<ReconcileCommand>();
}

}  // namespace gongji::terminal
