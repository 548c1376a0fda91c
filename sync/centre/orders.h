// orders.h — an emergency order as an officer writes it: a JSON file of the style of terms.json.
//
//   {"areas": ["4201"], "sites": [], "med_types": [], "reference": "…",
//    "start": "2026-11-22 08:00:00", "end": "2026-11-25 08:00:00",
//    "reserve": [{"presence": "card_read_here", "per_sale_max": "900.00", …, "hours_max": 240}]}
#pragma once

#include <string_view>

#include "offline/base/result.h"
#include "offline/record/order.h"

namespace gongji::centre {

inline constexpr std::size_t order_bytes_max = 64u << 10;

// Without id and moment of issue.  Times are local (UTC+8).  Errors: order_invalid with the path.
Result<record::EmergencyOrder> read_order_plan(std::string_view text);

}  // namespace gongji::centre
