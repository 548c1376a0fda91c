// terms_plan.h — what the authority lets every terminal promise off line: DIR/terms.json, read at each start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/result.h"
#include "offline/record/snapshot.h"
#include "sync/protocol/json_reader.h"

namespace gongji::centre {

// What is granted to each terminal of a site for the people who come there often.
struct GrantPlan {
  std::uint32_t persons_max = 0;                   // of one terminal; 0: no grants
  std::uint32_t visits_days = 90, visits_min = 1;  // who counts as a regular
  std::uint32_t hours = 72;                        // a grant's life; extended in its second half
  std::int64_t share_ppm = 200'000;                // of what is available; then at most:
  Money account_max = Money::yuan(200), family_max = Money::yuan(100), fund_max = Money::yuan(300);
  std::optional<std::vector<record::Presence>> presences;  // record::Terms::grant_presences
  bool recall_elsewhere = true;  // when a sale at another terminal took the last of an account
};

struct TermsPlan {
  std::vector<record::ReserveSlice> reserve;
  std::uint32_t valid_days = 365;  // of signed terms, and of a terminal's certificate
  std::uint32_t drain_window_s = 0;
  std::uint32_t poll_idle_s = 0;                  // record::Terms::poll_idle_s
  std::uint32_t hold_minutes = 15;                // within which a till must commit on a hold
  std::uint32_t late_days = 30;                   // a hold of a silent terminal stays reserved so long
  std::optional<std::uint32_t> retention_months;  // record::Terms::retention_months
  bool activate_reported_packs = false;
  GrantPlan grants;
  std::optional<Money> card_pin_above;                           // record::Terms::card_pin_above
  record::FundBasis fund_basis = record::FundBasis::last_known;  // these three: record::Terms
  std::uint32_t split_window_minutes = 0;
  std::uint32_t paper_days = 0;
  // Every external prescription stands in the register: a sale on another one is refused.
  bool registered_prescriptions = false;
};

// A list of slices, in terms.json and in an order's file: "reserve", each presence at most once.
std::vector<record::ReserveSlice> read_reserve(protocol::JsonReader& reader);

TermsPlan default_terms_plan();
std::string to_json_text(const TermsPlan& plan);
// Errors: terms_invalid with the path.
Result<TermsPlan> read_terms_plan(std::string_view text);

}  // namespace gongji::centre
