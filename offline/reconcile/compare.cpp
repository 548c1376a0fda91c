#include "offline/reconcile/compare.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace gongji::reconcile {

namespace {

auto place_of(const Line& line) {
  return std::tie(line.terminal, line.epoch, line.seq);
}

const Line& line_of(const Pair& pair) {
  return pair.till ? *pair.till : *pair.centre;
}

void in_order(std::vector<Line>& lines) {
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) { return place_of(a) < place_of(b); });
}

// Of each line, in order: whether its sale, or a standing one of its request, stood on an earlier line.
std::vector<bool> doubled_in(const std::vector<Line>& lines) {
  std::set<std::string> sales, requests;
  std::vector<bool> out;
  for (const Line& line : lines) {
    bool again = !sales.insert(line.sale_id).second;
    if (stands(line.state) && !line.msgid.empty()) again |= !requests.insert(line.msgid).second;
    out.push_back(again);
  }
  return out;
}

bool is_cancelled(State state) {
  return state == State::cancelled || state == State::cancel_unsent;
}

// A till that was told nothing yet says unsent or pending; whatever it says, the centre has one word for it.
bool agree(State till, State centre) {
  return till == centre || (is_cancelled(till) && is_cancelled(centre));
}

void judge(Pair& pair, bool doubled, std::uint32_t present_epoch) {
  const auto is = [&pair](Kind kind, Cause cause) {
    pair.kind = kind;
    pair.cause = cause;
  };
  if (doubled) return is(Kind::doubled, Cause::doubled);
  if (!pair.centre) {
    const bool unsent = pair.till->state == State::unsent || pair.till->state == State::cancel_unsent;
    const bool earlier = present_epoch != 0 && pair.till->epoch < present_epoch;
    return is(Kind::only_at_till, earlier && unsent ? Cause::earlier_epoch
                                  : unsent          ? Cause::not_sent
                                                    : Cause::gone_at_centre);
  }
  if (!pair.till) return is(Kind::only_at_centre, Cause::gone_at_till);
  const State till = pair.till->state, centre = pair.centre->state;
  if (!agree(till, centre)) {
    return is(Kind::state_differs, is_cancelled(till)     ? Cause::cancel_under_way
                                   : is_cancelled(centre) ? Cause::cancelled_elsewhere
                                                          : Cause::verdict_under_way);
  }
  // What is cancelled takes nothing of anybody, whatever it would have been.
  if (stands(till) && pair.till->amounts != pair.centre->amounts) return is(Kind::amounts_differ, Cause::amounts);
  if (pair.till->group != pair.centre->group) return is(Kind::group_differs, Cause::group);
}

void count(const Line& line, bool at_till, Total& total) {
  if (!stands(line.state)) return;
  ++(at_till ? total.till_sales : total.centre_sales);
  (at_till ? total.till : total.centre) += line.amounts;
}

void add_up(Reconciliation& out) {
  std::map<GroupName, Total> groups;
  for (Pair& pair : out.pairs) {
    const auto one = [&](const std::optional<Line>& line, bool at_till) {
      if (!line) return;
      count(*line, at_till, groups[line->group]);
      count(*line, at_till, out.all);
    };
    one(pair.till, true);
    one(pair.centre, false);
    if (pair.centre && stands(pair.centre->state)) pair.difference += pair.centre->amounts;
    if (pair.till && stands(pair.till->state)) pair.difference -= pair.till->amounts;
  }
  for (auto& [name, total] : groups) out.groups.push_back({name, total});
}

}  // namespace

Amounts Total::difference() const {
  Amounts out = centre;
  out -= till;
  return out;
}

bool Reconciliation::balanced() const {
  return std::none_of(pairs.begin(), pairs.end(), [](const Pair& pair) { return pair.kind.has_value(); });
}

Reconciliation compare(const Side& till, Side centre) {
  Reconciliation out;
  out.day = till.day;
  out.fixmedins_code = till.fixmedins_code;
  std::vector<Line> ours = till.lines;
  in_order(ours);
  in_order(centre.lines);
  const auto ours_doubled = doubled_in(ours), theirs_doubled = doubled_in(centre.lines);
  std::multimap<std::string, std::size_t> theirs;
  for (std::size_t i = 0; i < centre.lines.size(); ++i) theirs.emplace(centre.lines[i].sale_id, i);

  std::vector<bool> doubled;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    Pair pair;
    pair.till = ours[i];
    bool again = ours_doubled[i];
    if (const auto same = theirs.find(ours[i].sale_id); same != theirs.end()) {
      pair.centre = centre.lines[same->second];
      again |= theirs_doubled[same->second];
      theirs.erase(same);
      if (pair.centre->group == GroupName{}) pair.centre->group = pair.till->group;
    }
    judge(pair, again, till.epoch);
    out.pairs.push_back(std::move(pair));
  }
  for (const auto& [sale_id, place] : theirs) {
    Pair pair;
    pair.centre = centre.lines[place];
    judge(pair, theirs_doubled[place], till.epoch);
    out.pairs.push_back(std::move(pair));
  }
  std::stable_sort(out.pairs.begin(), out.pairs.end(),
                   [](const Pair& a, const Pair& b) { return place_of(line_of(a)) < place_of(line_of(b)); });
  add_up(out);
  return out;
}

}  // namespace gongji::reconcile
