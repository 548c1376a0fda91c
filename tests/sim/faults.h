// faults.h — every kind of mischief that a simulated world can do, and how often it was done.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gongji::sim {

enum class Fault : std::uint8_t {
  request_lost,
  answer_lost,
  message_twice,
  message_late,
  message_overtaken,
  message_damaged,
  line_down,
  line_half_open,
  answers_cut_off,
  process_death,
  power_cut,
  power_cut_in_a_write,
  disk_full,
  disk_error,
  clock_drift,
  clock_jump,
  clock_at_1970,
  centre_restart,
  centre_power_cut,
  centre_dies_before_its_answer,
  double_click,
  asked_again,
  wrong_card,
  walked_away,
  backup_restored,
  voucher_copied,
  wrong_pin,
};
inline constexpr std::array<std::string_view, 27> fault_names{
    "request_lost",      "answer_lost",     "message_twice",    "message_late",
    "message_overtaken", "message_damaged", "line_down",        "line_half_open",
    "answers_cut_off",   "process_death",   "power_cut",        "power_cut_in_a_write",
    "disk_full",         "disk_error",      "clock_drift",      "clock_jump",
    "clock_at_1970",     "centre_restart",  "centre_power_cut", "centre_dies_before_its_answer",
    "double_click",      "asked_again",     "wrong_card",       "walked_away",
    "backup_restored",   "voucher_copied",  "wrong_pin",
};
inline constexpr std::size_t fault_kinds = fault_names.size();

constexpr std::string_view name_of(Fault fault) {
  return fault_names[static_cast<std::size_t>(fault)];
}

struct FaultCounts {
  std::array<std::uint64_t, fault_kinds> of{};
  void count(Fault fault) { ++of[static_cast<std::size_t>(fault)]; }
  FaultCounts& operator+=(const FaultCounts& other) {
    for (std::size_t i = 0; i < fault_kinds; ++i) of[i] += other.of[i];
    return *this;
  }
};

}  // namespace gongji::sim
