// shop.h — a till whose sales are settled by a real pack, with a centre that vouches for its key.
//
// The persons are those of tests/journal/till.h: nobody here exists.
#pragma once

#include <sqlite3.h>

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "offline/audit/law.h"
#include "offline/record/registration.h"
#include "offline/settlement/counted.h"
#include "offline/settlement/settle.h"
#include "tests/journal/till.h"

namespace gongji::tests {

inline audit::LawLibrary built_in_law() {
  audit::LawLibrary library;
  REQUIRE(library.add({packs::built_in_law_texts(), false}));
  return library;
}

// Changes a file as a hand in it would.
inline void execute(const std::filesystem::path& file, const std::string& sql) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
  char* message = nullptr;
  const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &message);
  INFO(sql << ": " << (message == nullptr ? "" : message));
  REQUIRE(code == SQLITE_OK);
  sqlite3_close(db);
}

class Shop {
 public:
  Shop() : packs_(packs::built_in_packs()) {
    auto centre = seal::KeyStore::open(scratch_ / "centre", random_);
    REQUIRE(centre);
    centre_ = std::move(*centre);
    journal_ = till.open();
    for (const Patient& patient : {mother(), son()}) know(patient);
  }

  // From then on the till knows the patient.
  void know(const Patient& patient) {
    REQUIRE(turn_on(*journal_, [&](journal::Turn& turn) {
      record::Snapshot snapshot = till.snapshot(patient);
      snapshot.person.insuplc_admdvs = "420100";
      for (auto& counter : snapshot.counters) counter.scheme = "wuhan-employee";
      return till.store(turn, patient, snapshot);
    }));
  }

  // Sells goods of `fen` to the patient, settled by the pack in force.
  std::uint64_t sell(const Patient& patient, const std::vector<std::int64_t>& fen) {
    std::uint64_t seq = 0;
    const std::string msgid = "m" + std::to_string(++count_);
    REQUIRE(turn_on(*journal_, [&](journal::Turn& turn) -> Result<void> {
      auto entry = turn.append(sale(turn, patient, msgid, fen), noon);
      if (!entry) return entry.error();
      seq = entry->head.seq;
      return {};
    }));
    return seq;
  }
  std::uint64_t cancel(std::uint64_t sale_seq) {
    return tests::cancel(till, *journal_, sale_seq, "c" + std::to_string(++count_));
  }
  std::uint64_t paper(std::int64_t fen) {
    std::uint64_t seq = 0;
    const std::string msgid = "p" + std::to_string(++count_);
    REQUIRE(turn_on(*journal_, [&](journal::Turn& turn) -> Result<void> {
      auto entry = turn.append(till.paper(msgid, fen), noon);
      if (!entry) return entry.error();
      seq = entry->head.seq;
      return {};
    }));
    return seq;
  }
  // Sales, a cancellation, a paper: 8 entries.
  void open_for_a_day() {
    sell(mother(), {12'345});
    sell(son(), {100'000, 2'550, 7'777});
    const auto third = sell(mother(), {88'000});
    sell(mother(), {4'321, 15'000});
    cancel(third);
    paper(3'000);
    sell(son(), {65'432});
    sell(mother(), {999});
  }

  void close() {
    journal_->idle();  // signs the head
    journal_.reset();
  }
  journal::Journal& journal() { return *journal_; }
  void reopen() { journal_ = till.open(); }

  record::Signed registration() const {
    const record::Registration registration{till.identity().terminal, 1, site_code, till.keys().public_key(), noon};
    return record::sign(*centre_, record::registration_tag, record::encode(registration));
  }
  const seal::KeyStore& centre() const { return *centre_; }
  std::shared_ptr<const seal::KeyStore> keys() {
    return *seal::KeyStore::open(till.file().parent_path() / "keys", random_);
  }
  std::filesystem::path folder(const std::string& name) const { return scratch_ / name; }

  record::Sale sale(journal::Turn& turn, const Patient& patient, const std::string& msgid,
                    const std::vector<std::int64_t>& fen) {
    record::Sale sale = till.sale(turn, patient, msgid, {0, 0, 0, 1});
    settlement::Claim& claim = sale.claim;
    claim.site.fixmedins_type = 1;
    claim.site.dedc_hosp_lv = 1;
    claim.site.admdvs = "420100";
    claim.visit.med_type = "11";
    claim.lines.clear();
    for (const std::int64_t amount : fen) {
      settlement::Line line;
      line.feedetl_sn = std::to_string(claim.lines.size() + 1);
      line.med_list_codg = "XC08CAB037A001020180517";
      line.name = "盐酸贝尼地平片 4mg×14";
      line.chrgitm_lv = claim.lines.size() % 2 == 0 ? settlement::LineClass::a : settlement::LineClass::b;
      if (line.chrgitm_lv == settlement::LineClass::b) line.selfpay_prop = Rate::ppm(100'000);
      line.pric = {amount * 10'000};
      line.cnt = {10'000};
      line.det_item_fee_sumamt = Money::fen(amount);
      claim.lines.push_back(line);
    }
    const auto choice = packs_.choose(claim);
    REQUIRE(std::holds_alternative<packs::Chosen>(choice));
    const settlement::Policy& policy = *std::get<packs::Chosen>(choice).policy;
    const auto state = turn.find_person(till.person_key(patient));
    REQUIRE(state);
    claim.ytd = settlement::counters_on(policy, (*state)->counters, today);
    auto outcome = settlement::settle(claim, policy, settlement::TraceWish::none);
    REQUIRE(std::holds_alternative<settlement::Settlement>(outcome));
    sale.settlement = std::move(std::get<settlement::Settlement>(outcome));
    sale.counted = settlement::counted_between(policy, claim.ytd, sale.settlement.ytd, today);
    sale.pack = policy.name;
    sale.pack_digest = policy.digest;
    return sale;
  }

  Till till;

 private:
  Scratch scratch_;
  SeededRandom random_{46'600};
  packs::PackSet packs_;
  std::shared_ptr<const seal::KeyStore> centre_;
  std::unique_ptr<journal::Journal> journal_;
  int count_ = 0;
};

}  // namespace gongji::tests
