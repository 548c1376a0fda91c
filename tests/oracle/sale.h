// sale.h — one sale on the oracle's desk: what all schemes have in common.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/oracle/fraction.h"
#include "tests/oracle/oracle.h"

namespace gongji::testing {

// The law gives no answer.
struct Refused {
  settlement::RefusalCode code;
  std::string unset;
};

struct Sale {
  Sale(const std::string& scheme, const settlement::Claim& claim, const OpenFigures& figures);

  const std::string scheme;
  const settlement::Claim& claim;
  const OpenFigures& figures;

  // fen, a line each
  std::vector<std::int64_t> amount, own_cost, over_limit, first_part, in_scope, fund_share, account_share;
  std::map<std::string, std::int64_t> counters;
  std::int64_t deductible = 0, fund = 0, additional = 0;
  std::vector<Fraction> ratios;  // that decided, different ones
  bool averaged = false;         // the ratio printed is what several came to
  std::vector<settlement::AccountPayment> payments;

  bool pharmacy() const { return claim.site.fixmedins_type == 2; }
  bool prescription() const { return claim.visit.rx_circ_flag; }
  bool elsewhere() const;  // neither local nor long-term filed
  std::int64_t in_scope_sum() const;
  bool names_disease(const std::string& disease) const;

  // A figure that the text leaves open.
  std::int64_t open(const std::string& parameter) const;
  [[noreturn]] static void not_in_pack();

  // Splits each line; `part` gives the first part of a line's amount that is otherwise in scope.
  void split(const std::function<std::int64_t(const settlement::Line&, std::int64_t rest)>& part);
  // Takes up to `threshold` under the counter ("" = none) from `rest`; what is left.
  std::int64_t take_deductible(std::int64_t rest, std::int64_t threshold, const std::string& counter);
  // What a limit leaves of `share`, counted under `counter`.
  std::int64_t within(std::int64_t share, std::int64_t limit, const std::string& counter) const;
  void decided_by(const Fraction& ratio);
  // Spreads fund + additional over the lines in the proportion of `weights`.
  void spread_fund(const std::vector<Fraction::Wide>& weights);
  void pay_from_accounts();
  // Own accounts of this year's money pay in-scope cost first.
  std::int64_t pay_in_scope_first();
  OracleAnswer answer() const;

  // The line's own first part for class B; 0 where it names none.
  static std::int64_t own_first_part(const settlement::Line& line, std::int64_t rest);

 private:
  bool may_pay_line(std::size_t index, bool code_needed) const;
};

// Largest remainder, ties to the earlier.
std::vector<std::int64_t> divided(std::int64_t total, const std::vector<Fraction::Wide>& weights);

bool begins(const std::string& text, const char* with);
// nullopt: neither on-job nor retired.
std::optional<bool> is_retired_by_hand(const settlement::Claim& claim, bool from_next_month);

// One function a scheme; they fill `sale` or throw Refused.
void settle_wuhan(Sale& sale, const std::string& version);
void settle_shanghai(Sale& sale, const std::string& version);
void settle_yuxi(Sale& sale, const std::string& version);
void settle_shanxi(Sale& sale);
void settle_suyu(Sale& sale);
void settle_zaozhuang(Sale& sale);

}  // namespace gongji::testing
