#include "sync/centre/working_set.h"

namespace gongji::centre {

namespace {

std::string place_of(const std::string& key) {
  return "prescription|" + key;
}

}  // namespace

void Ledger::add_prescription(const Prescription& prescription, WallTime now) {
  const std::string key = sealing_.credential("prescription", prescription.number);
  auto insert = raw("INSERT INTO prescription VALUES (?, ?, ?, ?, ?, ?, 0, ?)");
  insert.bind(key, sealed("lasting", place_of(key), as_bytes(prescription.number)),
              sealing_.person(prescription.psn_no), static_cast<std::int64_t>(prescription.site_type),
              prescription.from.number(), prescription.until.number(), now);
  run(insert);
  for (std::size_t place = 0; place < prescription.items.size(); ++place) {
    const PrescriptionItem& item = prescription.items[place];
    auto add = raw("INSERT INTO prescription_item VALUES (?, ?, ?, ?)");
    add.bind(key, place, item.code, item.quantity.ten_thousandths);
    run(add);
  }
}

void Ledger::withdraw_prescription(const std::string& number) {
  auto update = raw("UPDATE prescription SET withdrawn = 1 WHERE number = ?");
  update.bind(sealing_.credential("prescription", number));
  run(update);
}

// With the row locked: what is left of it is decided by one transaction at a time.
std::optional<Prescription> Ledger::find_prescription(const std::string& number) {
  const std::string key = sealing_.credential("prescription", number);
  Prescription out;
  out.number = number;
  {
    auto select =
        raw("SELECT person, site_type, from_day, until_day, withdrawn FROM prescription WHERE number = ? "
            "FOR NO KEY UPDATE",
            "tiiii");
    select.bind(key);
    if (!step(select)) return std::nullopt;
    out.psn_no = psn_no_of(select.text(0));
    out.site_type = static_cast<std::uint8_t>(select.integer(1));
    out.from = Day::from_number(static_cast<std::int32_t>(select.integer(2)));
    out.until = Day::from_number(static_cast<std::int32_t>(select.integer(3)));
    out.withdrawn = select.integer(4) != 0;
  }
  auto items = raw("SELECT code, quantity FROM prescription_item WHERE number = ? ORDER BY place", "ti");
  items.bind(key);
  while (step(items)) out.items.push_back({std::string(items.text(0)), {items.integer(1)}});
  return out;
}

std::vector<Prescription> Ledger::prescriptions_of(const std::string& psn_no) {
  std::vector<std::string> numbers;
  {
    auto select =
        raw("SELECT number, sealed FROM prescription WHERE person = ? ORDER BY until_day, added, number", "tb");
    select.bind(sealing_.person(psn_no));
    while (step(select)) {
      numbers.push_back(opened("lasting", place_of(std::string(select.text(0))), select.blob(1)).reveal());
    }
  }
  std::vector<Prescription> out;
  for (const std::string& number : numbers) {
    if (auto one = find_prescription(number)) out.push_back(*std::move(one));
  }
  return out;
}

std::vector<settlement::Quantity> Ledger::left_of(const Prescription& prescription) {
  std::vector<settlement::Quantity> left;
  for (const PrescriptionItem& item : prescription.items) left.push_back(item.quantity);
  auto select =
      raw("SELECT place, quantity FROM prescription_use WHERE number = ? AND (booked = 1 OR EXISTS (SELECT 1 FROM hold "
          "WHERE hold.sale_id = prescription_use.sale_id AND state = 1))",
          "ii");
  select.bind(sealing_.credential("prescription", prescription.number));
  while (step(select)) {
    const std::size_t place = select.count(0);
    if (place < left.size()) left[place].ten_thousandths -= select.integer(1);
  }
  // A guaranteed sale stands even where it took more than there was.
  for (auto& one : left) one.ten_thousandths = std::max<std::int64_t>(0, one.ten_thousandths);
  return left;
}

void Ledger::use_prescription(const std::string& number, const std::string& sale_id,
                              const std::vector<settlement::Quantity>& taken, bool booked) {
  const std::string key = sealing_.credential("prescription", number);
  for (std::size_t place = 0; place < taken.size(); ++place) {
    if (taken[place].ten_thousandths == 0) continue;
    auto insert = raw("INSERT INTO prescription_use VALUES (?, ?, ?, ?, ?)");
    insert.bind(key, place, sale_id, taken[place].ten_thousandths, booked ? 1 : 0);
    run(insert);
  }
}

bool Ledger::book_prescription_use(const std::string& sale_id) {
  {
    auto select = raw("SELECT 1 FROM prescription_use WHERE sale_id = ?", "i");
    select.bind(sale_id);
    if (!step(select)) return false;
  }
  auto update = raw("UPDATE prescription_use SET booked = 1 WHERE sale_id = ?");
  update.bind(sale_id);
  run(update);
  return true;
}

void Ledger::drop_prescription_use(const std::string& sale_id) {
  auto remove = raw("DELETE FROM prescription_use WHERE sale_id = ?");
  remove.bind(sale_id);
  run(remove);
}

}  // namespace gongji::centre
