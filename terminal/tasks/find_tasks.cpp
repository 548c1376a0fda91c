#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "offline/record/presence.h"
#include "terminal/tasks/facts.h"

namespace gongji::terminal {

namespace {

using journal::LogLine;

Money promised(const record::PayerShares& shares) {
  return shares.fund + shares.account + shares.family;
}

class Finder {
 public:
  explicit Finder(const TaskFacts& facts) : facts_(facts), today_(civil_time_at(facts.now).day) {}

  std::vector<Task> find() {
    of_till();
    of_limits();
    for (const SeenEntry& entry : facts_.entries) of_entry(entry);
    of_duplicates();
    std::stable_sort(out_.begin(), out_.end(), [](const Task& a, const Task& b) {
      const auto day = [](const Task& task) { return task.by ? task.by->number() : INT32_MAX; };
      return std::make_tuple(a.kind, day(a), -a.since.ms) < std::make_tuple(b.kind, day(b), -b.since.ms);
    });
    if (out_.size() > tasks_max) out_.resize(tasks_max);
    return std::move(out_);
  }

 private:
  // `which` names the cause among those of this kind: a mark that it is done holds for as long as it is the same.
  Task& add(TaskKind kind, const std::string& which) {
    Task task;
    task.kind = kind;
    task.id = fmt::format("{}-{}", text_of(kind).code, which);
    task.since = facts_.now;
    return out_.emplace_back(std::move(task));
  }
  Task& add(TaskKind kind, const SeenEntry& entry) {
    // A later verdict is another matter; on a paper it says nothing new.
    const std::size_t verdict = entry.line.kind == record::EntryKind::paper ? 0 : entry.verdicts.size();
    Task& task = add(kind, fmt::format("{}-{}-{}", entry.sale.epoch, entry.line.seq, verdict));
    task.sale = entry.sale;
    task.since = entry.line.at;
    if (!entry.verdicts.empty()) {
      task.reason = entry.verdicts.back().reason;
      task.article = entry.verdicts.back().article;
      task.since = entry.verdicts.back().at;
    }
    return task;
  }

  void of_till() {
    const StandingFiles& standing = facts_.standing;
    if (standing.doubt != journal::Doubt::none) {
      add(TaskKind::journal_in_doubt, std::to_string(facts_.epoch)).detail = journal::name_of(standing.doubt);
    }
    for (const EarlierUnsent& earlier : facts_.earlier) {
      Task& task = add(TaskKind::earlier_epoch_unsent, std::to_string(earlier.epoch));
      task.count = earlier.entries;
      task.amount = earlier.promised;
      task.detail = std::to_string(earlier.epoch);
    }
    if (const auto until = facts_.certificate_until; until && near(*until, certificate_near_days)) {
      add_end(TaskKind::certificate_ends, *until);
    }
    if (standing.standing.terms && near(standing.standing.terms->expires, terms_near_days)) {
      add_end(TaskKind::terms_end, standing.standing.terms->expires);
    }
    const auto& queue = standing.queue;
    if (queue.oldest_unsent && facts_.now - *queue.oldest_unsent > unsent_max) {
      Task& task = add(TaskKind::unsent_too_long, fmt::format("{}-{}", facts_.epoch, queue.acknowledged_seq));
      task.count = static_cast<std::int64_t>(queue.unsent_count);
      task.amount = queue.unsent_fund + queue.unsent_account;
      task.since = *queue.oldest_unsent;
    }
  }

  bool near(WallTime end, int days) const { return civil_time_at(end).day <= today_.plus_days(days); }
  Task& add_end(TaskKind kind, WallTime end) {
    Task& task = add(kind, std::to_string(end.ms));
    task.by = civil_time_at(end).day;
    return task;
  }
  bool contact_is_old() const {
    const auto& last = facts_.standing.queue.last_contact;
    return !last || facts_.now - *last > contact_fresh;
  }

  void of_limits() {
    const authority::Standing& standing = facts_.standing.standing;
    for (const auto& left : facts_.standing.report.headroom) {
      const auto slice = standing.terms ? authority::slice_for(*standing.terms, left.presence) : std::nullopt;
      if (!slice) continue;
      const auto runs_low = [](std::int64_t there, std::int64_t whole) {
        return there * 100 < whole * reserve_near_percent;
      };
      const bool time_low =
          contact_is_old() &&
          runs_low(left.time_left.count(), std::chrono::milliseconds(std::chrono::hours(slice->hours_max)).count());
      if (!runs_low(left.total_left.in_fen(), slice->total_max.in_fen()) &&
          !runs_low(left.count_left, slice->count_max) && !time_low) {
        continue;
      }
      const std::string presence(record::name_of(left.presence));
      Task& task = add(TaskKind::reserve_low, fmt::format("{}-{}", presence, to_string(today_)));
      task.detail = presence;
      task.amount = left.total_left;
      task.count = left.count_left;
      if (left.time_left.count() > 0) task.by = civil_time_at(facts_.now.plus(left.time_left)).day;
    }
    const WallTime soon = facts_.now.plus(grants_near);
    const auto ending = std::count_if(facts_.live_grants.begin(), facts_.live_grants.end(),
                                      [soon](WallTime expires) { return expires <= soon; });
    if (ending > 0 && contact_is_old()) {
      Task& task = add_end(TaskKind::grants_expire, soon);
      task.id = fmt::format("{}-{}", text_of(TaskKind::grants_expire).code, to_string(today_));
      task.count = ending;
    }
    for (const auto& order : facts_.standing.report.orders) {
      if (order.starts_in.count() > 0 || order.ends_in > order_near) continue;
      Task& task = add_end(TaskKind::order_ends, facts_.now.plus(order.ends_in));
      task.id = fmt::format("{}-{}", text_of(TaskKind::order_ends).code, to_string(order.id));
      task.detail = order.reference;
    }
  }

  void of_entry(const SeenEntry& entry) {
    switch (entry.line.kind) {
      case record::EntryKind::sale:
        return of_sale(entry);
      case record::EntryKind::cancel:
        add(TaskKind::cancel_refused, entry);
        return;
      case record::EntryKind::paper:
        return of_paper(entry);
    }
  }

  void of_sale(const SeenEntry& entry) {
    if (entry.line.cancelled_by || entry.verdicts.empty()) return;
    const record::PayerShares &told = entry.sale.told, &stands = entry.sale.stands;
    const Money insurance = promised(stands) - promised(told);
    if (entry.verdicts.size() > 1) {
      add(TaskKind::settled_anew, entry).amount = insurance;
      return;
    }
    switch (entry.verdicts.back().kind) {
      case record::VerdictKind::accepted:
        return;
      case record::VerdictKind::refused:
        // Where nothing was promised, nothing was lost.
        if (promised(told) > Money{}) add(TaskKind::sale_refused, entry).amount = promised(told);
        return;
      case record::VerdictKind::adjusted:
        if (insurance < Money{}) {
          add(TaskKind::shortfall, entry).amount = -insurance;
        } else if (insurance > Money{}) {
          add(TaskKind::due_to_patient, entry).amount = insurance;
        } else {
          add(TaskKind::payers_changed, entry);
        }
    }
  }

  void of_paper(const SeenEntry& entry) {
    const auto& last = entry.last_day;
    if (!last) {
      if (entry.line.day >= today_.plus_days(-verdict_days)) add_paper(TaskKind::paper_without_day, entry);
    } else if (last->day < today_) {
      if (last->day >= today_.plus_days(-paper_near_days)) add_paper(TaskKind::paper_overdue, entry);
    } else if (last->day <= today_.plus_days(paper_near_days)) {
      add_paper(TaskKind::paper_due, entry);
    }
  }
  void add_paper(TaskKind kind, const SeenEntry& entry) {
    Task& task = add(kind, entry);
    task.amount = entry.sale.medfee;
    if (entry.last_day) {
      task.by = entry.last_day->day;
      task.article = entry.last_day->by == "terms" ? "" : entry.last_day->by;
    }
  }

  // The same person and the same amounts again, soon after; the second is told.
  void of_duplicates() {
    std::map<std::string, std::vector<const LogLine*>> by_person;
    for (const LogLine& line : facts_.recent) {
      const bool counts = line.kind == record::EntryKind::sale && !line.cancelled_by && !line.person.empty() &&
                          line.state != journal::SaleState::refused && promised(line.shares) > Money{};
      if (!counts) continue;
      auto& earlier = by_person[line.person];
      const auto same = std::find_if(earlier.begin(), earlier.end(), [&line](const LogLine* before) {
        return before->medfee == line.medfee && line.at - before->at <= duplicate_within;
      });
      if (same != earlier.end()) {
        Task& task = add(TaskKind::possible_duplicate, fmt::format("{}-{}-{}", facts_.epoch, (*same)->seq, line.seq));
        task.detail = fmt::format("seq {}, seq {}", (*same)->seq, line.seq);
        task.amount = promised(line.shares);
        task.since = line.at;
      }
      earlier.push_back(&line);
    }
  }

  const TaskFacts& facts_;
  Day today_;
  std::vector<Task> out_;
};

}  // namespace

std::vector<Task> find_tasks(const TaskFacts& facts) {
  return Finder(facts).find();
}

}  // namespace gongji::terminal
