// fund_later.h — of a sale whose fund share is the least that the law can give: what the answer and the receipt say of
// the rest.
//
// The patient pays that rest now (own account where it is used, else cash).  The centre settles the sale with the
// counters that it knows, and what the fund pays more comes back with its verdict.  Pure; any thread.
#pragma once

#include <string>

#include "offline/base/result.h"
#include "offline/record/entry.h"

namespace gongji::terminal {

// At most so much more comes from the fund; 0 where the sale promised what the counters as last known give.
Money fund_later(const record::Sale& sale);

// One sentence; "" where nothing comes later.
std::string fund_later_line(const record::Sale& sale, Language language);

// {"basis":"lowest","at_most":"12.30","by":"terms","note":…,"note_en":…}; "" where nothing comes later.
std::string fund_later_json(const record::Sale& sale);

}  // namespace gongji::terminal
