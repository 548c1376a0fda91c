// presence.h — the names of how a patient was present, as they stand in configuration, reports and programs' answers.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "offline/record/entry.h"

namespace gongji::record {

inline constexpr std::array<std::pair<std::string_view, Presence>, 6> presence_names{{
    {"card_authenticated", Presence::card_authenticated},
    {"card_read_here", Presence::card_read_here},
    {"voucher_signed", Presence::voucher_signed},
    {"token_online", Presence::token_online},
    {"id_number", Presence::id_number},
    {"declared", Presence::declared},
}};

constexpr std::string_view name_of(Presence presence) {
  for (const auto& [name, one] : presence_names) {
    if (one == presence) return name;
  }
  return {};
}

}  // namespace gongji::record
