// recompute.cpp — a person's counters and what the fund pays, settled again by hand in the perfect order of service.
//
// The centre settles in that order whatever the order of arrival; but what was set aside meanwhile, for a hold or a
// grant elsewhere, counts from the moment of its promise, and a cancellation settles nothing anew.  So those persons
// are compared with whom neither happened: all of their sales at one till, or none of them guaranteed behind one that
// was not, nothing set aside for another till, nothing taken back, lost with a disk, or sold on a used voucher.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "sync/centre/judge.h"
#include "tests/sim/audit.h"

namespace gongji::sim {

namespace {

struct Served {
  CivilTime at;  // in the order of its log
  std::string terminal;
  std::uint32_t epoch = 1;
  std::uint64_t seq = 0;
  const record::Sale* sale = nullptr;
  bool is_guaranteed() const {
    return sale->backing == record::Backing::hold || sale->backing == record::Backing::grant;
  }
};

std::vector<Served> in_order(std::vector<Served> sales) {
  std::sort(sales.begin(), sales.end(), [](const Served& one, const Served& other) {
    return std::tie(one.terminal, one.epoch, one.seq) < std::tie(other.terminal, other.epoch, other.seq);
  });
  for (std::size_t i = 1; i < sales.size(); ++i) {
    const bool same_log = sales[i - 1].terminal == sales[i].terminal && sales[i - 1].epoch == sales[i].epoch &&
                          sales[i - 1].at.day == sales[i].at.day;
    if (same_log) sales[i].at.second = std::max(sales[i].at.second, sales[i - 1].at.second);
  }
  std::sort(sales.begin(), sales.end(), [](const Served& one, const Served& other) {
    return std::tie(one.at, one.terminal, one.epoch, one.seq) <
           std::tie(other.at, other.terminal, other.epoch, other.seq);
  });
  return sales;
}

bool comparable(const std::vector<Served>& sales, bool grants) {
  std::set<std::string> terminals;
  for (const Served& each : sales) terminals.insert(each.terminal);
  if (terminals.size() == 1) return true;
  if (grants) return false;
  bool unsure = false;
  for (const Served& each : sales) {
    if (each.is_guaranteed() && unsure) return false;
    unsure = unsure || !each.is_guaranteed();
  }
  return true;
}

using ByPlace = std::map<std::tuple<std::string, std::uint32_t, std::uint64_t>, const centre::OutcomeRow*>;

ByPlace by_place(const Booked& booked) {
  ByPlace found;
  for (const auto& row : booked) found[{row.entry.terminal, row.entry.epoch, row.entry.seq}] = &row;
  return found;
}

std::vector<settlement::Counted> sorted(std::vector<settlement::Counted> counters) {
  std::erase_if(counters, [](const settlement::Counted& each) { return each.value == Money(); });
  std::sort(counters.begin(), counters.end(), [](const auto& one, const auto& other) {
    return std::tie(one.scheme, one.name, one.since, one.value) <
           std::tie(other.scheme, other.name, other.since, other.value);
  });
  return counters;
}

}  // namespace

std::size_t recompute(Centre& centre, const std::vector<std::unique_ptr<Till>>& tills,
                      const std::map<std::uint64_t, Wish>& wishes, std::size_t persons, const Booked& booked) {
  std::vector<std::vector<Served>> sales(persons);
  std::vector<bool> taken_back(persons, false);
  for (const auto& [number, wish] : wishes) {
    if (wish.taken_back || wish.is_adrift()) taken_back[wish.person] = true;
    if (!wish.answer || !wish.answer->sale) continue;
    const record::Sale& sale = *wish.answer->sale;
    sales[wish.person].push_back(
        {sale.claim.begntime, tills[wish.till]->terminal(), wish.answer->epoch, wish.answer->seq, &sale});
  }
  const ByPlace at_the_centre = by_place(booked);
  // On a voucher that was used before: the law settles it for nobody.
  for (const auto& [number, wish] : wishes) {
    if (wish.voucher == 0 || !wish.answer) continue;
    const auto row = at_the_centre.find({tills[wish.till]->terminal(), wish.answer->epoch, wish.answer->seq});
    if (row != at_the_centre.end() && row->second->verdict == record::VerdictKind::refused)
      taken_back[wish.person] = true;
  }
  auto& ledger = centre.service().ledger();
  std::size_t compared = 0;
  for (std::size_t i = 0; i < persons; ++i) {
    if (taken_back[i] || sales[i].empty()) continue;
    const auto order = in_order(sales[i]);
    const std::string psn_no = buyer(i).psn_no;
    std::optional<centre::Person> person;
    std::vector<settlement::Counted> ledger_says;
    bool aside = false;
    const auto read = ledger.transaction([&] {
      person = ledger.find_person(psn_no);
      ledger_says = ledger.counters(psn_no, centre.today().plus_days(-400));
      aside = !ledger.held_counters(psn_no, {}).empty();
    });
    must(read.has_value() && person.has_value(), "the_ledger_can_be_read", psn_no);
    if (!comparable(order, aside || centre.gives_grants())) continue;
    auto counters = centre.opening_counters(psn_no);
    for (const Served& each : order) {
      const record::Sale& sale = *each.sale;
      std::vector<settlement::Counted> added = record::counted_by(sale);
      if (!each.is_guaranteed()) {
        const centre::Known known{sale.claim.site, person->facts, counters, sale.claim.accounts, false};
        auto judged = centre::judge(sale, known, built_in_rules());
        added = std::move(judged.added);
        const auto place = at_the_centre.find({each.terminal, each.epoch, each.seq});
        must(judged.kind == record::VerdictKind::refused ||
                 (place != at_the_centre.end() && place->second->stands.fund == judged.stands.fund),
             "the_fund_pays_as_in_the_perfect_order",
             "person " + std::to_string(i + 1) + ", " + each.terminal + " seq " + std::to_string(each.seq));
      }
      for (const auto& counted : added) settlement::add_counted(counters, counted);
    }
    must(sorted(counters) == sorted(ledger_says), "counters_are_those_of_the_perfect_order",
         "person " + std::to_string(i + 1));
    ++compared;
  }
  return compared;
}

}  // namespace gongji::sim
