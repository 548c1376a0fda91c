// resolve_names.h — what a pack's names stand for on a day: rows, counters, categories, slots; inside this module only.
//
// Every lookup of a name that is not there is a Fault at the place that used it.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "offline/packs/pack_file.h"

namespace gongji::packs {

class Names {
 public:
  Names(const PackFile& pack, Day day, settlement::Policy& policy);

  // A row of this unit; its value may be missing.
  settlement::RowRef row(const Node& name, Unit unit);
  settlement::RowRef row_or_none(const Node& name, Unit unit);
  // A row of any unit, for citing.
  settlement::RowRef cited(const Node& name);
  settlement::RowRef cited_or_none(const Node& name);
  // A row that must have a value: what is needed line by line or at the door cannot wait for a supplement.
  settlement::RowRef with_value(const Node& name, Unit unit);
  // Ids of rows that nobody asked for.
  std::string unused() const;

  void read_counters(const Node& list);
  settlement::CounterRef counter(const Node& name) const;
  settlement::CounterSpan span(settlement::CounterRef counter) const { return policy_.counter_spans[counter]; }

  // Sites settle in these slots; tables must have a row for each.
  void use_slot(std::uint8_t slot) { slots_.insert(slot); }

  // "by" and the rows under `rows`, laid out for every slot and category.
  settlement::RowTable table(const Node& by, const Node& rows, Unit unit);
  // The same where single rows may be null: nothing applies there.
  settlement::RowTable table_with_gaps(const Node& by, const Node& rows, Unit unit);
  // The slots that a list of names stands for, as bits.
  std::uint8_t slot_bits(const Node& list) const;

 private:
  struct Entry {
    settlement::RowRef ref = settlement::no_row;
    Unit unit = Unit::rule;
  };
  using CategoryRows = std::array<settlement::RowRef, settlement::categories_max>;

  const Entry& entry(const Node& name);
  std::uint8_t slot(const Node& node, const std::string& name) const;
  void by_category(const Node& rows, Unit unit, CategoryRows& out);
  settlement::RowTable lay_out(const Node& by, const Node& rows, Unit unit, bool gaps);

  settlement::Policy& policy_;
  std::map<std::string, Entry> index_;
  std::set<std::string> used_;
  std::set<std::uint8_t> slots_;
};

// Benefits and their stages.
void read_benefits(const Node& node, Day day, Names& names, settlement::Policy& policy);

}  // namespace gongji::packs
