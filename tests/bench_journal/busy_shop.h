// busy_shop.h — a shop whose regulars buy five things at a time: the data of every bench of the journal.
//
// Persons, goods and numbers are invented (no region has the code 999999) and follow from their number alone, so two
// runs sell the same.  A sale takes the way of the daemon's own turn: look for the request, the person and the grant,
// choose the pack, settle, sum what is promised without a grant, append.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "offline/journal/journal.h"
#include "offline/packs/packs.h"
#include "offline/seal/key_store.h"

namespace gongji::tests {

// Ends the bench with a message: there is nothing to go on with.
[[noreturn]] void give_up(std::string_view what);
template <class Value>
Value need(Result<Value> result, std::string_view what) {
  if (!result) give_up(std::string(what) + ": " + to_string(result.error(), Language::en));
  if constexpr (!std::is_void_v<Value>) return *std::move(result);
}

// What is sold, to whom: the same 400 goods in one city for the benches; goods that never come twice, of several
// cities, schemes and sizes of baskets, for what has to learn how entries look without learning these goods.
enum class Trade : std::uint8_t { of_one_shop, of_everywhere };

// What a till's program is told.
struct Sold {
  std::uint64_t seq = 0;
  Id sale_id;
  settlement::Totals totals;
  std::string answer() const;
};

class BusyShop {
 public:
  // Keys and journal are, or will be, in `folder`.
  explicit BusyShop(const std::filesystem::path& folder, Trade trade = Trade::of_one_shop);

  std::filesystem::path file() const { return folder_ / "journal.db"; }
  const seal::KeyStore& keys() const { return *keys_; }
  journal::Identity identity() const { return {"T-0001", 1}; }
  std::unique_ptr<journal::Journal> open();

  // Stores what the centre knows of persons 0 … count - 1: a person's balance lasts for ever.
  void know_persons(journal::Journal& journal, int count);
  // A standing grant for each of them, for this run of the journal; feed items from `feed` on.
  void grant_persons(journal::Journal& journal, int count, std::uint64_t feed = 1);

  enum class On { hold, grant, reserve };
  // Sale `number` to person `number` % `persons`, of `lines` lines.
  journal::Journal::Work sale(int number, int persons, On on = On::hold, int lines = 5);

  // The same sale as a claim of `gongji quote`, and what sells such a claim on its person's grant.  `sold` is filled in
  // and must live until the work has run.
  std::string request(int number, int persons);
  journal::Journal::Work sell(settlement::Claim claim, Sold& sold);

  // Sells until the journal holds `entries`; many sales a commit.
  void fill(journal::Journal& journal, std::uint64_t entries, int persons);

  // What a person's counters cost to read.
  journal::Journal::Work counters(int person);

 private:
  struct Person {
    std::string psn_no, name, certno, key, credential;
  };
  const Person& person(int number);
  record::Snapshot snapshot(int number);
  Result<void> settle_and_append(journal::Turn& turn, settlement::Claim claim, const Person& who, On on, WallTime now,
                                 std::uint64_t digest, Sold* sold);
  settlement::Claim claim(int number, int lines) const;

  std::filesystem::path folder_;
  Trade trade_;
  SeededRandom random_;
  std::shared_ptr<const seal::KeyStore> keys_;
  packs::PackSet packs_;
  std::vector<Person> persons_;
  std::uint64_t posted_ = 0;
};

}  // namespace gongji::tests
