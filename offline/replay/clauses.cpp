#include "offline/replay/clauses.h"

#include <algorithm>

#include "offline/base/check.h"

namespace gongji::replay {

using settlement::Movement;
using settlement::Row;

namespace {

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

std::string joined(const std::vector<std::string>& list) {
  std::string out;
  for (const std::string& each : list) {
    if (!out.empty()) out += "、";
    out += each;
  }
  return out;
}

bool decides(std::size_t rank) {
  const StepEffect effect = step_kinds[rank].effect;
  return effect != StepEffect::nothing && effect != StepEffect::account;
}

const Movement* without_share(const std::vector<Movement>& list) {
  const auto found =
      std::find_if(list.begin(), list.end(), [](const Movement& each) { return each.step == "no_fund_share"; });
  return found == list.end() ? nullptr : &*found;
}

// All movements of one step, by rows of one id or (nullptr) of any: the lines of a claim are no matter here.
struct StepSum {
  const Row* row = nullptr;  // nullptr: no such step
  std::int64_t before = 0, after = 0;
  std::int64_t change() const { return after - before; }
};
StepSum sum_of(const std::vector<Movement>& list, std::string_view step, const std::string* rule) {
  StepSum sum;
  for (const Movement& each : list) {
    if (each.step != step || (rule != nullptr && each.row->id != *rule)) continue;
    sum.row = each.row;
    sum.before += each.before.in_fen();
    sum.after += each.after.in_fen();
  }
  return sum;
}

// Where two settlements part; a row is nullptr on a side that has no such step, both are where nothing parts them.
struct Parting {
  std::string_view step;
  const Row* base = nullptr;
  const Row* other = nullptr;
  bool carried = false;  // both say the same of the same amount: what parts them is what earlier sales had used
};

// At the first row that both have and that moved another amount; where there is none, at the first of each side.
std::optional<Parting> parting_in(std::string_view step, const std::vector<Movement>& base,
                                  const std::vector<Movement>& other) {
  const StepSum all_base = sum_of(base, step, nullptr), all_other = sum_of(other, step, nullptr);
  if (all_base.change() == all_other.change()) return std::nullopt;
  for (const Movement& each : other) {
    if (each.step != step) continue;
    const StepSum mine = sum_of(other, step, &each.row->id), theirs = sum_of(base, step, &each.row->id);
    if (theirs.row == nullptr || mine.change() == theirs.change()) continue;
    const bool same = mine.row->number.has_value() && mine.row->number == theirs.row->number;
    return Parting{step, theirs.row, mine.row, same && mine.before == theirs.before};
  }
  return Parting{step, all_base.row, all_other.row, false};
}

Parting parting(const std::vector<Movement>& base, const std::vector<Movement>& other) {
  // Whether the fund has a share at all goes before what the steps on the way to it did.
  const Movement* const no_base = without_share(base);
  const Movement* const no_other = without_share(other);
  if ((no_base == nullptr) != (no_other == nullptr)) {
    return {"no_fund_share", no_base == nullptr ? nullptr : no_base->row, no_other == nullptr ? nullptr : no_other->row,
            false};
  }
  for (std::size_t rank = 0; rank < std::size(step_kinds); ++rank) {
    if (!decides(rank)) continue;
    const std::string_view step = step_kinds[rank].step;
    if (const auto found = parting_in(step, base, other); found.has_value()) return *found;
  }
  return {};
}

}  // namespace

std::size_t rank_of(std::string_view step) {
  for (std::size_t i = 0; i < std::size(step_kinds); ++i) {
    if (step_kinds[i].step.data() == step.data() || step_kinds[i].step == step) return i;
  }
  GONGJI_CHECK_WHY(false, std::string(step));
  return 0;
}

Clauses::Moved& Clauses::moved(std::string_view step, const Row* row) {
  const auto [found, fresh] = moved_.try_emplace(Key{step.data(), row});
  if (fresh) {
    found->second.rank = rank_of(step);
    order_.push_back(found->first);
  }
  return found->second;
}

void Clauses::add(std::size_t side, const Judged& judged, Money medfee) {
  if (judged.refusal.has_value()) {
    const RefusedKey key{judged.refusal->code, judged.refusal->article};
    auto found =
        std::find_if(refused_.begin(), refused_.end(), [&key](const RefusedSum& each) { return each.key == key; });
    if (found == refused_.end()) found = refused_.insert(refused_.end(), {key, {}, {}});
    ++found->times[side];
    found->fund[side] -= medfee.in_fen();
    return;
  }
  std::int64_t chain = medfee.in_fen(), bands = 0;
  for (const Movement& movement : judged.movements) {
    Moved& sum = moved(movement.step, movement.row);
    const StepKind& kind = step_kinds[sum.rank];
    const std::int64_t change = movement.after.in_fen() - movement.before.in_fen();
    std::int64_t effect = 0;
    switch (kind.effect) {
      case StepEffect::nothing:
      case StepEffect::account:
        break;
      case StepEffect::takes:
        effect = change;
        if (movement.step == "band_ratio") bands += change;
        break;
      case StepEffect::adds:
        effect = movement.after.in_fen();
        break;
      case StepEffect::closes:
        effect = change - bands;
        break;
    }
    ++sum.times[side];
    sum.fund[side] += effect;
    if (kind.from_account) sum.account[side] -= change;
    chain += effect;
  }
  const std::int64_t left_out = judged.shares.fund.in_fen() - chain;
  if (left_out != 0) {
    Moved& sum = moved("uncovered", &judged.policy->row(judged.policy->benefit_row));
    ++sum.times[side];
    sum.fund[side] += left_out;
  }
}

Clauses::Parted& Clauses::parted(std::string_view step, std::string_view rule, bool carried) {
  for (Parted& each : parted_) {
    if (each.step == step && each.rule == rule && each.carried == carried) return each;
  }
  return parted_.emplace_back(Parted{std::string(step), std::string(rule), carried, {}, 0, 0, 0, 0});
}

void Clauses::add_cause(const Judged& base, const Judged& other) {
  const std::int64_t difference = other.shares.fund.in_fen() - base.shares.fund.in_fen();
  if (difference == 0) return;
  Parted* cause = nullptr;
  if (base.refusal.has_value() || other.refusal.has_value()) {
    const std::size_t side = base.refusal.has_value() ? 0 : 1;
    const settlement::Refusal& refusal = side == 0 ? *base.refusal : *other.refusal;
    cause = &parted("refused", name_of(refusal.code), false);
    add_once(cause->articles[side], refusal.article);
  } else {
    const Parting at = parting(base.movements, other.movements);
    if (at.base == nullptr && at.other == nullptr) {
      cause = &parted("uncovered", other.policy->row(other.policy->benefit_row).id, false);
    } else if (at.base != nullptr && at.other != nullptr && at.base->id != at.other->id) {
      cause = &parted(at.step, at.base->id + " → " + at.other->id, false);
    } else {
      cause = &parted(at.step, (at.other != nullptr ? at.other : at.base)->id, at.carried);
    }
    if (at.base != nullptr) add_once(cause->articles[0], at.base->article);
    if (at.other != nullptr) add_once(cause->articles[1], at.other->article);
  }
  if (difference > 0) {
    ++cause->better;
    cause->gained += difference;
  } else {
    ++cause->worse;
    cause->lost -= difference;
  }
}

void Clauses::write(Report& report) const {
  // Rows of one id in several policies (versions, days) are one clause.
  struct Folded {
    std::size_t rank;
    std::string rule;
    std::array<std::vector<std::string>, 2> articles;
    Moved sum;
  };
  std::vector<Folded> folded;
  const auto fold = [&folded](std::size_t rank, std::string_view rule) -> Folded& {
    for (Folded& each : folded) {
      if (each.rank == rank && each.rule == rule) return each;
    }
    return folded.emplace_back(Folded{rank, std::string(rule), {}, {}});
  };
  const auto add = [](Folded& to, const auto& from, const std::string& article) {
    for (std::size_t side = 0; side < 2; ++side) {
      to.sum.times[side] += from.times[side];
      to.sum.fund[side] += from.fund[side];
      if (from.times[side] != 0) add_once(to.articles[side], article);
    }
  };
  for (const RefusedSum& each : refused_) add(fold(rank_of("refused"), name_of(each.key.code)), each, each.key.article);
  for (const Key& key : order_) {
    const Moved& each = moved_.at(key);
    Folded& to = fold(each.rank, key.row->id);
    add(to, each, key.row->article);
    for (std::size_t side = 0; side < 2; ++side) to.sum.account[side] += each.account[side];
  }
  std::sort(folded.begin(), folded.end(),
            [](const Folded& a, const Folded& b) { return a.rank != b.rank ? a.rank < b.rank : a.rule < b.rule; });
  for (const Folded& each : folded) {
    const StepKind& kind = step_kinds[each.rank];
    Clause clause{
        std::string(kind.step), each.rule,         joined(each.articles[0]),     joined(each.articles[1]),
        each.sum.times[0],      each.sum.times[1], Money::fen(each.sum.fund[0]), Money::fen(each.sum.fund[1])};
    if (decides(each.rank)) report.clauses.push_back(clause);
    if (!kind.from_account) continue;
    clause.base_moved = Money::fen(each.sum.account[0]);
    clause.other_moved = Money::fen(each.sum.account[1]);
    report.account_clauses.push_back(std::move(clause));
  }

  for (const Parted& each : parted_) {
    report.causes.push_back({each.step, each.rule, joined(each.articles[0]), joined(each.articles[1]), each.carried,
                             each.better, each.worse, Money::fen(each.gained), Money::fen(each.lost)});
  }
  std::sort(report.causes.begin(), report.causes.end(), [](const Cause& a, const Cause& b) {
    const auto size = [](const Cause& cause) { return std::abs(cause.difference().in_fen()); };
    if (size(a) != size(b)) return size(a) > size(b);
    return std::tie(a.step, a.rule, a.carried) < std::tie(b.step, b.rule, b.carried);
  });
}

}  // namespace gongji::replay
