// fsi_output.h — the national interface's output nodes, rendered from what is stored.
//
// Everything comes from the entry itself, so a repeated request is answered byte for byte, today and after a restart.
// All members of the tables are present; identities A1..A4, A6 of the interface hold.  Amounts of 2103 are negative: a
// reversal and its sale add up to zero.
#pragma once

#include <string>

#include "offline/base/clock.h"
#include "offline/record/entry.h"
#include "offline/record/snapshot.h"
#include "terminal/checkout/sale.h"

namespace gongji::terminal {

std::string render_sign_in(std::string_view sign_no, WallTime at);  // 9001
std::string render_person(const Known& known, Day today);           // 1101
std::string render_quote(const Quoted& quoted, WallTime at);        // 2101
// 2102 of a sale; or of a paper: nothing promised, all cash, and the reasons in exp_content.
std::string render_sale(const journal::StoredEntry& entry);
std::string render_cancel(const Cancelled& cancelled);  // 2103

// The state as first answered, and never again otherwise: a later verdict is a new fact.
journal::SaleState first_state(const record::Body& body);

// A paper's shares: everything in cash.
settlement::Settlement all_cash(const settlement::Claim& claim);

}  // namespace gongji::terminal
