// main_gongji.cpp — the command line of Gongji: one subcommand a task (terminal/cli).
#include "terminal/cli/commands.h"

int main(int argc, char** argv) {
  using namespace gongji::terminal;
  CLI::App app{"Gongji: settlement for pharmacies and clinics", "gongji"};
  Commands all;
  all.push_back(quote_command());
  all.push_back(enrol_command());
  all.push_back(doctor_command());
  all.push_back(queue_command());
  all.push_back(reconcile_command());
  all.push_back(paper_command());
  all.push_back(order_command());
  all.push_back(packs_command());
  all.push_back(audit_command());
  all.push_back(journal_command());
  all.push_back(keys_command());
  all.push_back(sync_command());
  all.push_back(retire_command());
  CommandList commands(app, std::move(all));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? done_status : usage_status;
  }
  return commands.run();
}
