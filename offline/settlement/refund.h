// refund.h — taking a sale back, whole or in part: what each payer and each counter gets back.
//
// A settled sale is never edited.  A cancellation gives back exactly what the sale took.  A partial refund reverses the
// whole sale and settles the lines that are kept again, with the policy, the counters before and the balances before
// the sale; each payer gets the difference.  So a refund of everything is a cancellation, and the order in which goods
// come back does not matter: always name what is kept of the ORIGINAL sale, also in a second refund.
//
// A difference may be negative: taking back a line can cost a payer money (a deductible that the line had used up falls
// on the others).  What an account must then pay more may be gone by now: whether it is still there is for the caller
// to ask.  Later visits are not looked at; their adjustment is the centre's.
//
// Thread safety: pure; any thread.  Cost: one settle() and copies of the claim and its lines.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "offline/settlement/claim.h"
#include "offline/settlement/policy.h"
#include "offline/settlement/settlement.h"

namespace gongji::settlement {

// A line of the sale and how much of it the person keeps; 0 = nothing, as if it were not named.
struct KeptLine {
  std::string feedetl_sn;
  Quantity cnt;
  bool operator==(const KeptLine&) const = default;
};

struct AccountReturn {
  std::string owner;  // as in the claim
  AccountKind kind = AccountKind::prior;
  Money back;  // not 0; negative: this account pays more than before
  bool operator==(const AccountReturn&) const = default;
};

// A counter goes down by `back`; negative: up.
struct CounterReturn {
  std::string name;
  Money back;
  bool operator==(const CounterReturn&) const = default;
};

struct Refund {
  // The sale as it stands now; both absent where nothing is kept.
  std::optional<Claim> kept;
  std::optional<Settlement> settled_again;

  // total == fund + account + cash; fund == hifp + hifob + the other fund legs; family is within account.
  Money total, hifp, hifob, fund, account, family, cash;
  std::vector<AccountReturn> accounts;  // in the order in which they paid, then those that pay only now; sum == account
  std::vector<CounterReturn> counters;  // every counter that the settlement returned, in its order
  bool operator==(const Refund&) const = default;
};

// In order of precedence over the list as a whole.
enum class RefundFault : std::uint8_t {
  unknown_line,             // the sale has no line of that number
  line_not_unique,          // the number is named twice, or two lines of the sale have it
  quantity_negative,        // kept quantity below 0
  quantity_above_original,  // more is kept than was sold
  nothing_refunded,         // every line is kept whole
};
std::string_view name_of(RefundFault fault);  // "unknown_line"

struct RefundError {
  RefundFault fault = RefundFault::unknown_line;
  std::string feedetl_sn;  // "" for nothing_refunded
  bool operator==(const RefundError&) const = default;
};

// A Refusal arises only where the law gives no answer for the kept lines alone; nothing is refunded then.
using RefundOutcome = std::variant<Refund, RefundError, Refusal>;

// Gives the whole sale back.
// Requires: `settled` is what settle() answered to `sold`.
// Ensures: no kept lines; every amount of `settled`, each account's payment, and for each counter what the sale added.
Refund cancel(const Claim& sold, const Settlement& settled);

// Keeps the named lines with the named quantities; a line that is not named comes back whole.
// Requires: `settled` is what settle(sold, policy) answered; `policy` is the one that decided then, not today's.
// Ensures: kept lines stand in the order of the sale.  A line kept whole keeps its amount; of a line kept in part the
//   amount is half_up(price x quantity), never above the line's original amount.  refund(nothing kept) == cancel().
RefundOutcome refund(const Claim& sold, const Settlement& settled, const Policy& policy,
                     std::span<const KeptLine> kept);

}  // namespace gongji::settlement
