// refund_draft.h — a refund as the local interface sends it.  Pure; any thread.
#pragma once

#include <nlohmann/json.hpp>

#include "terminal/checkout/sale.h"

namespace gongji::terminal {

// {"opter"?, "reason"?, "kept": [{"feedetl_sn", "cnt"}, …]} or the same with "returned": numbers as text
// (text_json.h).  Fills opter, reason ("customer" where none is given), lines and which of the two they are.
// Errors: member_invalid, member_missing, too_many_lines, with the path.
Result<void> refund_from_json(const nlohmann::json& body, RefundDraft& draft);

// "2", "0.5", at most four decimals; absent for anything else.
std::optional<settlement::Quantity> parse_quantity(std::string_view text);

}  // namespace gongji::terminal
