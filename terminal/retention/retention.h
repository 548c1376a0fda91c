// retention.h — forgets what the authority's terms do not let this till keep.
#pragma once

#include <string>
#include <vector>

#include "offline/journal/journal.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

// The first month that is kept at `now` where `months` whole months are: of "2026-11" and 2 it is "2026-09".
std::string first_month_kept(WallTime now, std::uint32_t months);

// Under the newest terms (the journal's, else those of the enrolment).  The months whose personal data was erased now;
// none where the terms set no retention.  `now` must be trusted time.  On the writer's thread.
Result<std::vector<std::string>> forget_past_retention(journal::Journal& journal, const TerminalIdentity& identity,
                                                       WallTime now);

}  // namespace gongji::terminal
