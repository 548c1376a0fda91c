#include "sync/centre/reconcile_command.h"

#include <algorithm>
#include <iostream>

#include "offline/reconcile/site_file.h"
#include "sync/centre/centre_side.h"
#include "sync/centre/folder.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {

namespace {

constexpr int differs_status = 3;

}  // namespace

void ReconcileCommand::declare(CLI::App& app) {
  command_ = app.add_subcommand("reconcile",
                                "a site's day here against the files of its tills (gongji reconcile "
                                "--export)");
  command_->add_option("DIR", directory_, "the centre's folder")->required();
  command_->add_option("FILE", files_, "one file a till, all of one site and day")->required();
  command_->add_option("--csv", forms_.csv, "also as a file for spreadsheets");
  command_->add_option("--html", forms_.html, "also as one page");
  command_->add_option("--lang", language_, "zh (default) or en")->check(CLI::IsMember({"zh", "en"}));
}

int ReconcileCommand::run(CentreService& service) const {
  const auto done = compare(service);
  if (done) return *done;
  std::cerr << to_string(done.error(), Language::zh) << '\n' << to_string(done.error(), Language::en) << '\n';
  return 1;
}

// Only the tills whose files are there are compared: what another till of the site sold is no difference.
Result<int> ReconcileCommand::compare(CentreService& service) const {
  reconcile::Side tills;
  std::vector<std::string> names;
  for (const std::string& file : files_) {
    const auto text = read_text_file(file, reconcile::site_file_bytes_max);
    if (!text) return text.error();
    auto read = reconcile::read_site_file(*text);
    if (!read) {
      Trouble what = read.error();
      what.path = file + " " + what.path;
      return what;
    }
    const bool first = names.empty();
    if (!first && (read->side.day != tills.day || read->side.fixmedins_code != tills.fixmedins_code)) {
      return trouble(troubles::files_not_of_one_day, file);
    }
    names.push_back(read->terminal);
    for (auto& line : read->side.lines) tills.lines.push_back(std::move(line));
    tills.day = read->side.day;
    tills.fixmedins_code = read->side.fixmedins_code;
    tills.epoch = files_.size() == 1 ? read->side.epoch : 0;
  }
  auto here = side_of(service.ledger(), tills.fixmedins_code, tills.day);
  if (!here) return here.error();
  std::erase_if(here->lines, [&names](const reconcile::Line& line) {
    return std::find(names.begin(), names.end(), line.terminal) == names.end();
  });
  const auto compared = reconcile::compare(tills, *std::move(here));
  const reconcile::Place place{reconcile::Desk::centre, "", "", directory_};
  const Language language = language_ == "en" ? Language::en : Language::zh;
  const auto text = reconcile::write_report(
      reconcile::sheet_of(compared, place, language), forms_,
      [](const std::string& file, std::string_view bytes) { return write_text_file(file, bytes); });
  if (!text) return text.error();
  std::cout << *text;
  return compared.balanced() ? 0 : differs_status;
}

}  // namespace gongji::centre
