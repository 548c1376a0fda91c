// line.h — one sale of a day as one side has it.  Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/money.h"
#include "offline/record/entry.h"
#include "offline/record/verdict.h"

namespace gongji::reconcile {

// How a side sees a sale.  Only a till has the first two and `cancel_unsent`.
enum class State : std::uint8_t {
  unsent,         // the centre has not acknowledged it
  pending,        // it has; its verdict is not here yet
  accepted,       // as the till answered it
  adjusted,       // otherwise: the amounts are the centre's
  refused,        // all of it is cash
  cancel_unsent,  // cancelled, and the centre has not been told
  cancelled,
  paper,  // paid in cash, with a re-settlement paper: no claim on anybody
};
std::string_view name_of(State state);  // "unsent", …
std::optional<State> parse_state(std::string_view name);
// Whether it counts in the day's totals.
bool stands(State state);

struct Amounts {
  Money medfee;
  record::PayerShares shares;
  Amounts& operator+=(const Amounts& other);
  Amounts& operator-=(const Amounts& other);
  bool operator==(const Amounts&) const = default;
};

// What the fund clears together: one statement each (3201).
struct GroupName {
  std::string insutype, clr_type;  // as in fsi; "" where a side does not tell
  auto operator<=>(const GroupName&) const = default;
};
// By the kind of site: 41 bought at a pharmacy, 11 an out-patient's visit.
std::string_view clearing_type_of(const settlement::Site& site);

struct Line {
  std::string terminal;
  std::uint32_t epoch = 1;
  std::uint64_t seq = 0;
  std::string sale_id, msgid;
  GroupName group;
  State state = State::accepted;
  Amounts amounts;  // as this side has them now
  bool operator==(const Line&) const = default;
};

// One side's day of service at one site.
struct Side {
  Day day;
  std::string fixmedins_code;
  std::vector<Line> lines;
  std::uint32_t epoch = 1;  // the present one of the till that asks; 0 where several tills' files were put together
};

// What one entry says of itself; nullopt for a cancellation.  `state` and, after a verdict, the amounts are the
// caller's.
std::optional<Line> line_of(const record::Head& head, const record::Body& body);
// The day of service.
Day day_of(const record::Body& body);

}  // namespace gongji::reconcile
