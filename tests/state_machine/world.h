// world.h — two shops, one centre and four people who buy, and what must be true of them whatever happens.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/state_machine/shop.h"
#include "tests/support/invariants.h"

namespace gongji::tests {

inline constexpr std::size_t shop_count = 2;
inline constexpr std::size_t person_count = 4;

// A wish at the counter, by numbers that a generator draws.
struct Wish {
  std::size_t shop = 0, person = 0;
  std::int64_t fen = 0;
  settlement::AccountUse accounts = settlement::AccountUse::family;
};

// Fails the RapidCheck property (RC_ASSERT) where something does not hold.
class World {
 public:
  // Each person has been to each shop once, with the line up: both know them, and both are granted something.
  World();

  void sell(const Wish& wish);
  void sell_dated(const Wish& wish, Day served);  // as the till's software says
  void ask_again(std::size_t which);              // a sale, by place among all that were asked for
  void cancel(std::size_t which);
  void set_line(std::size_t shop, Line line);
  void wait(std::chrono::milliseconds span);
  void turn_clock(std::size_t shop, std::chrono::milliseconds ahead);  // of the true time
  void kill_battery(std::size_t shop);                                 // 1970
  void restart(std::size_t shop);
  void cut_power(std::size_t shop);
  void cut_power_while_selling(const Wish& wish, int operations);
  // Lines up, everything asked again, everything sent and judged: do the books agree?
  void finish();

  // What was answered last, for tests of one story.
  record::Backing last_backing() const { return told_.back().answer.value().backing; }
  bool last_is_paper() const { return told_.back().answer.value().paper; }
  Money last_fund() const { return told_.back().answer.value().shares.fund; }
  Shop& shop(std::size_t place) { return *shops_[place]; }
  centre::TestCentre& centre() { return centre_; }

  std::size_t wishes() const { return told_.size(); }
  struct Seen {
    std::uint64_t guaranteed_on_hold = 0, guaranteed_on_grant = 0, provisional = 0, cash = 0, papers = 0, cancels = 0,
                  unanswered = 0, power_cuts = 0, untrusted = 0;
  };
  const Seen& seen() const { return seen_; }

 private:
  struct Answer {
    Id sale_id;
    std::uint64_t seq = 0;
    Digest hash{};
    bool paper = false;
    record::Backing backing = record::Backing::nothing;
    record::PayerShares shares;
  };
  struct Told {
    std::size_t shop = 0;
    terminal::SaleDraft draft;
    std::optional<Answer> answer;
    std::optional<terminal::CancelDraft> cancel;
    bool cancelled = false;  // answered so
  };
  void tick(std::chrono::milliseconds span = std::chrono::seconds(5));  // so long before each sale
  // `asked`: it was asked before, and may have been answered without anybody hearing it.
  void ask(Told& told, bool asked);
  void hear(Told& told, const terminal::Sold& sold, bool asked, bool trusted_before);
  void ask_cancel(Told& told);
  void check_books();
  void check_invariants(std::size_t place);
  bool believes_its_clock(std::size_t place);

  centre::TestCentre centre_;
  std::vector<OpeningCounter> opening_;
  std::vector<std::unique_ptr<Shop>> shops_;
  std::vector<std::chrono::milliseconds> ahead_{shop_count, std::chrono::milliseconds(0)};
  std::vector<Told> told_;
  Seen seen_;
};

std::ostream& operator<<(std::ostream& out, const Wish& wish);

}  // namespace gongji::tests
