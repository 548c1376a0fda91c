#include "sync/centre/prescription_commands.h"

#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "offline/base/columns.h"
#include "sync/centre/folder.h"

namespace gongji::centre {

namespace {

constexpr int quantity_decimals = 4;

const char* site_kind(std::uint8_t type) {
  return type == 1 ? "clinic" : type == 2 ? "pharmacy" : "any";
}

std::string text_of(settlement::Quantity quantity) {
  return fmt::format("{}.{:0{}}", quantity.ten_thousandths / 10'000, quantity.ten_thousandths % 10'000,
                     quantity_decimals);
}

}  // namespace

void PrescriptionCommands::declare(CLI::App& app) {
  group_ = app.add_subcommand("prescription", "prescriptions that sales at other sites can be made on");
  group_->require_subcommand(1);
  const auto command = [&](const char* name, const char* what) {
    CLI::App* sub = group_->add_subcommand(name, what);
    sub->add_option("DIR", directory_, "the centre's folder")->required();
    return sub;
  };
  add_ = command("add", "puts prescriptions into the register, all of the file or none");
  add_->add_option("FILE", file_, "JSON (docs/API.md, Prescriptions)")->required();
  list_ = command("list", "a person's prescriptions, and what is left of each item");
  list_->add_option("--person", person_, "the person's number")->required();
  list_->add_flag("--json", json_, "JSON");
  withdraw_ = command("withdraw", "from now on nothing can be sold on it");
  withdraw_->add_option("NUMBER", number_, "the prescription")->required();
}

int PrescriptionCommands::run(CentreService& service, WallTime now) const {
  const auto done = *add_ ? add(service, now) : *withdraw_ ? service.withdraw_prescription(number_) : list(service);
  if (done) return 0;
  std::cerr << to_string(done.error(), Language::zh) << '\n' << to_string(done.error(), Language::en) << '\n';
  return 1;
}

Result<void> PrescriptionCommands::add(CentreService& service, WallTime now) const {
  const auto text = read_text_file(file_, prescription_file_bytes_max);
  if (!text) return text.error();
  const auto prescriptions = read_prescriptions(*text);
  if (!prescriptions) return prescriptions.error();
  if (auto done = service.add_prescriptions(*prescriptions, now); !done) return done;
  std::cout << prescriptions->size() << " added\n";
  return {};
}

Result<void> PrescriptionCommands::list(CentreService& service) const {
  const auto rows = service.prescriptions_of(person_);
  if (!rows) return rows.error();
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  Columns text(0, {5, 6});
  text.row({"prescription", "at", "from", "until", "goods", "quantity", "left", ""});
  for (const auto& [prescription, left] : *rows) {
    nlohmann::ordered_json items = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < prescription.items.size(); ++i) {
      const PrescriptionItem& item = prescription.items[i];
      items.push_back({{"code", item.code}, {"quantity", text_of(item.quantity)}, {"left", text_of(left[i])}});
      text.row({prescription.number, site_kind(prescription.site_type), to_string(prescription.from),
                to_string(prescription.until), item.code, text_of(item.quantity), text_of(left[i]),
                prescription.withdrawn ? "withdrawn" : ""});
    }
    out.push_back({{"number", prescription.number},
                   {"site_kind", site_kind(prescription.site_type)},
                   {"from", to_string(prescription.from)},
                   {"until", to_string(prescription.until)},
                   {"withdrawn", prescription.withdrawn},
                   {"items", std::move(items)}});
  }
  std::cout << (json_ ? out.dump(2) + "\n" : text.text());
  return {};
}

}  // namespace gongji::centre
