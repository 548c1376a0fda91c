#include "offline/replay/carried.h"

#include "offline/settlement/counted.h"

namespace gongji::replay {

using settlement::Counter;
using settlement::Policy;

namespace {

bool is_by_code(const Policy& policy, std::string_view name) {
  return policy.code_counter.has_value() && name.starts_with(policy.code_counter->prefix) &&
         name.ends_with(policy.code_counter->suffix);
}

}  // namespace

std::uint32_t Carried::number_of(const Policy& policy, std::string_view name, bool by_code) {
  key_.assign(policy.scheme).append(1, ' ').append(name);
  const auto [found, fresh] = numbers_.try_emplace(key_, static_cast<std::uint32_t>(names_.size()));
  if (fresh) names_.push_back({std::string(name), policy.scheme, by_code});
  return found->second * 2 + side_;
}

Carried::Known& Carried::known(const Policy& policy, Day day) {
  Known& known = known_[&policy];
  if (known.day == day) return known;
  known.day = day;
  if (known.numbers.empty()) {
    for (const std::string& name : policy.counters) known.numbers.push_back(number_of(policy, name, false));
    known.since.resize(policy.counters.size());
  }
  for (std::size_t i = 0; i < policy.counters.size(); ++i) {
    known.since[i] = settlement::window_of(policy, policy.counters[i], day).number();
  }
  if (policy.code_counter.has_value()) {
    const std::string any_code = policy.code_counter->prefix + policy.code_counter->suffix;
    known.code_since = settlement::window_of(policy, any_code, day).number();
  }
  return known;
}

void Carried::before(Person& person, const Policy& policy, Day day, const std::vector<Counter>& told,
                     std::vector<Counter>& ytd) {
  const Known& now = known(policy, day);
  ytd.resize(policy.counters.size());
  for (std::size_t i = 0; i < policy.counters.size(); ++i) {
    const Cell* cell = persons_.find(person, now.numbers[i]);
    ytd[i].name = policy.counters[i];
    if (cell != nullptr && cell->since == now.since[i]) {
      ytd[i].value = Money::fen(cell->fen);
      continue;
    }
    const std::int64_t opening = settlement::value_of(told, policy.counters[i]).in_fen();
    ytd[i].value = Money::fen(opening);
    persons_.put(person, now.numbers[i], now.since[i], opening);
  }
  if (policy.code_counter.has_value()) before_codes(person, policy, now.code_since, told, ytd);
}

void Carried::before_codes(Person& person, const Policy& policy, std::int32_t since, const std::vector<Counter>& told,
                           std::vector<Counter>& ytd) {
  for (const Counter& counter : told) {
    if (!is_by_code(policy, counter.name)) continue;
    const std::uint32_t number = number_of(policy, counter.name, true);
    const Cell* cell = persons_.find(person, number);
    if (cell == nullptr || cell->since != since) persons_.put(person, number, since, counter.value.in_fen());
  }
  persons_.each_cell(person, [&](const Cell& cell) {
    if (cell.counter % 2 != side_ || cell.since != since) return;
    const Name& name = names_[cell.counter / 2];
    if (name.by_code && name.scheme == policy.scheme) ytd.push_back({name.name, Money::fen(cell.fen)});
  });
}

void Carried::after(Person& person, const Policy& policy, const std::vector<Counter>& ytd) {
  const Known& now = known_.at(&policy);
  for (std::size_t i = 0; i < ytd.size(); ++i) {
    if (i < now.numbers.size()) {
      persons_.put(person, now.numbers[i], now.since[i], ytd[i].value.in_fen());
    } else {
      persons_.put(person, number_of(policy, ytd[i].name, true), now.code_since, ytd[i].value.in_fen());
    }
  }
}

}  // namespace gongji::replay
