// work.h — the working sheet of one settlement; inside this module only.
//
// Amounts are plain fen here (int64): claims are limited to 10^12 fen an amount and 200 lines, so sums stay below 2^48
// and need no overflow check; products are formed in 128 bits.  Nothing here allocates.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "offline/settlement/claim.h"
#include "offline/settlement/policy.h"
#include "offline/settlement/refusals.h"
#include "offline/settlement/settle.h"
#include "offline/settlement/settlement.h"

namespace gongji::settlement {

inline constexpr std::size_t counters_max = 16;

// One line while it is settled.  Left uninitialised on purpose: split_lines writes every member of the lines in use.
struct LineSheet {
  std::int64_t amount, own_cost, over_limit, first_part, in_scope;
  std::int64_t weight;  // the line's own uncapped share of the fund, in any unit common to all lines
  std::int64_t fund, account;
};

// A list that is filled from its start in the memory of the one before.
template <class T>
class Refill {
 public:
  Refill(std::vector<T>& list, Spare<T>& spare) : list_(list), spare_(spare) {}
  // The next element, with what it held: every member is to be overwritten.
  T& add() { return spare_.at(list_, count_++); }
  void end() { spare_.cut(list_, count_); }
  void reserve(std::size_t count) { list_.reserve(count); }
  // Those so far.
  std::span<T> all() const { return {list_.data(), count_}; }

 private:
  std::vector<T>& list_;
  Spare<T>& spare_;
  std::size_t count_ = 0;
};

// Collects steps or movements where they are wanted; costs a branch where they are not.
class Tracer {
 public:
  // At most one of the two; `movements` is nullptr where it is not wanted.
  Tracer(TraceWish wish, Refill<Step> steps, std::vector<Movement>* movements)
      : wish_(wish), steps_(steps), movements_(movements) {
    if (wish_ == TraceWish::steps) steps_.reserve(16);
    if (movements_ != nullptr) movements_->clear();
  }
  bool wanted() const { return wish_ == TraceWish::steps || movements_ != nullptr; }
  void add(std::string_view step, std::string_view line, std::int64_t before, std::int64_t after, const Row& row) {
    if (wish_ == TraceWish::steps) append(step, line, before, after, row, row.printed);
    if (movements_ != nullptr) move(step, before, after, row);
  }
  // `value` makes the text of the value; called only where a text is wanted.
  template <class Value>
  void add(std::string_view step, std::string_view line, std::int64_t before, std::int64_t after, const Row& row,
           const Value& value) {
    if (wish_ == TraceWish::steps) append(step, line, before, after, row, value());
    if (movements_ != nullptr) move(step, before, after, row);
  }
  void end() { steps_.end(); }

 private:
  void move(std::string_view step, std::int64_t before, std::int64_t after, const Row& row) {
    movements_->push_back({step, &row, Money::fen(before), Money::fen(after)});
  }
  void append(std::string_view step, std::string_view line, std::int64_t before, std::int64_t after, const Row& row,
              std::string_view value);
  TraceWish wish_;
  Refill<Step> steps_;
  std::vector<Movement>* movements_;
};

struct Sheet {
  Sheet(const Claim& the_claim, const Policy& the_policy, TraceWish wish, std::vector<Movement>* movements,
        Settlement& out, SettlementMemory& memory)
      : claim(the_claim),
        policy(the_policy),
        tracer(wish, {out.trace, memory.steps}, movements),
        payments(out.accounts, memory.payments) {}

  const Claim& claim;
  const Policy& policy;
  Tracer tracer;
  Refill<AccountPayment> payments;

  std::size_t count = 0;
  std::array<LineSheet, lines_max> lines;
  std::array<std::int64_t, counters_max> counters;  // in the order of policy.counters

  // sums over the lines
  std::int64_t total = 0, own_cost = 0, over_limit = 0, first_part = 0, in_scope = 0;

  // what the fund does; `fund` and `additional` are hifp_pay and hifob_pay
  std::int64_t deductible = 0, fund = 0, additional = 0;
  std::int64_t ratio_ppm = 0;  // the ratio used, 0 where none was
  bool several_ratios = false;
  bool by_code = false;                                 // deductibles were taken for each code
  std::array<std::int64_t, lines_max> code_deductible;  // of each line, where by_code

  // what the accounts do; `first_paid` is the part of own_paid that was paid before the fund
  std::int64_t own_paid = 0, family_paid = 0, own_left = 0, first_paid = 0;
};

// The circumstances of a sale, judged before its lines: can the fund have a share, and by which rows.
struct Circumstances {
  bool fund_possible = true;
  RowRef why_not = no_row;  // cited where it is not possible
  bool first_parts = true;  // whether first parts are set apart
  RowRef region_first_part = no_row;
  std::uint8_t slot = 0;
  std::uint8_t category = 0;
  const Benefit* benefit = nullptr;
  // Raised only if a fund share turns out to be due.
  std::optional<RefusalCode> pending;
  RowRef pending_row = no_row;
  const char* pending_path = "";
};
Circumstances judge(const Claim& claim, const Policy& policy);

// Steps 1-5 of the order of arithmetic, line by line.
void split_lines(Sheet& sheet, const Circumstances& circumstances);

// Steps 7-10: runs the benefit's stages over the sum of in-scope amounts.
std::optional<Refusal> run_stages(Sheet& sheet, const Circumstances& circumstances);

// Step 6: own accounts that pay in-scope cost before the fund.
void draw_first_accounts(Sheet& sheet);

// Step 12, after the fund's share was allocated to the lines.
void draw_accounts(Sheet& sheet);

// The value of a counter before the claim; 0 where it is not given.
std::int64_t counter_before(const Claim& claim, std::string_view name);
// Whether a counter is the family's for this code.
bool is_code_counter(std::string_view counter, const CodeCounter& family, std::string_view code);
// A code counter's value before the claim.
std::int64_t code_counter_before(const Claim& claim, const CodeCounter& counter, std::string_view code);

// Divides `total` in the proportion of the weights: floors first, then one fen each by largest remainder, ties to the
// earlier.  Requires 0 <= total and total <= the sum of weights where shares must not exceed weights; all weights >= 0;
// a sum of zero with a total of zero gives zeros.
void allocate(std::int64_t total, const std::int64_t* weights, std::size_t count, std::int64_t* shares);

// half_up(amount x ppm / 10^6), for 0 <= amount < 2^48.
inline std::int64_t share_half_up(std::int64_t amount, std::int64_t ppm) {
  if (amount < 9'000'000'000'000) return (amount * ppm + 500'000) / 1'000'000;
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::int64_t>((static_cast<Wide>(amount) * static_cast<Wide>(ppm) + 500'000) / 1'000'000);
}

// The day on which benefits begin for this person, and the row that says so.
struct Beginning {
  Day day;
  RowRef row = no_row;
};
std::optional<Beginning> benefits_begin(const Person& person, const Policy& policy);

// Whether the line's amount is half_up(price x quantity) within one fen.
bool amount_matches(const Line& line);

}  // namespace gongji::settlement
