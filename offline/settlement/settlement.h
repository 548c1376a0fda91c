// settlement.h — the answer: who pays what for one claim, to the fen, and why.
//
// Identities that hold in every Settlement (tests/laws/conservation_test.cpp):
//   medfee_sumamt = fulamt_ownpay_amt + overlmt_selfpay + preselfpay_amt + inscp_scp_amt
//   medfee_sumamt = fund_pay_sumamt + psn_part_amt
//   fund_pay_sumamt = hifp_pay + hifob_pay
//   psn_part_amt = acct_pay + psn_cash_pay
//   0 <= acct_mulaid_pay <= acct_pay
//   for each line: fund + account + cash == det_item_fee_sumamt, none negative; columns sum to the totals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "offline/base/money.h"
#include "offline/base/rate.h"
#include "offline/settlement/claim.h"

namespace gongji::settlement {

struct Totals {
  Money medfee_sumamt, fulamt_ownpay_amt, overlmt_selfpay, preselfpay_amt, inscp_scp_amt, act_pay_dedc, hifp_pay;
  Rate pool_prop_selfpay;  // the FUND's ratio, despite its name (four decimals in fsi)
  Money hifob_pay, fund_pay_sumamt, psn_part_amt, acct_pay, acct_mulaid_pay, psn_cash_pay;
  Money balc;  // own balance left, all kinds
  bool operator==(const Totals&) const = default;
};

struct LineShares {
  std::string feedetl_sn;
  Money fulamt_ownpay_amt, overlmt_amt, preselfpay_amt, inscp_scp_amt;
  Money fund, account, cash;
  bool operator==(const LineShares&) const = default;
};

struct AccountPayment {
  std::string owner;  // as in the claim
  AccountKind kind = AccountKind::prior;
  Money paid;  // > 0
  bool operator==(const AccountPayment&) const = default;
};

// One arithmetic step that a pharmacist, an auditor and a judge can each redo by hand.
struct Step {
  std::string step;  // "class_b_first_part", "deductible", "fund_ratio", "cap", "account", ...
  std::string line;  // feedetl_sn, "" where the step concerns the whole
  Money before, after;
  std::string rule;               // id of the pack's row, "first_part.class_b"
  std::string value;              // as printed: "10%", "700.00"
  std::string article;            // "第十五条"
  std::string source;             // id in the pack's sources, "wuhan-2023"
  std::optional<Day> holds_from;  // first day of the row
  bool operator==(const Step&) const = default;
};

struct Settlement {
  Totals totals;
  std::vector<AccountPayment> accounts;  // in the order in which they paid
  std::vector<LineShares> lines;         // in the order of the claim
  std::vector<Counter> ytd;              // AFTER this claim, every counter that the pack declares, in its order
  std::vector<Step> trace;               // empty when not asked for
  bool operator==(const Settlement&) const = default;
};

// Why the law gives no answer.  In order of precedence: when several apply, the first is the answer.  Numbers are
// stored in the journal: never renumber.
enum class RefusalCode : std::uint8_t {
  no_pack_for_scheme = 1,
  pack_not_yet_in_force = 2,
  pack_expired = 3,
  site_not_designated = 4,
  excluded_cause = 5,
  waiting_period = 6,
  benefit_not_in_pack = 7,
  parameter_unset = 8,
};
std::string_view name_of(RefusalCode code);  // "parameter_unset"

struct Refusal {
  RefusalCode code = RefusalCode::no_pack_for_scheme;
  std::string message_zh;
  std::string message_en;
  std::string article;  // "" where none
  std::string source;
  std::string path;  // pack row or claim member
  bool operator==(const Refusal&) const = default;
};

using Outcome = std::variant<Settlement, Refusal>;

}  // namespace gongji::settlement
