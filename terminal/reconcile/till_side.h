// till_side.h — a day as this till's journals have it, and as its centre says it, for `gongji reconcile`.
#pragma once

#include "offline/base/result.h"
#include "offline/reconcile/line.h"
#include "terminal/settings/config.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

// How far a visit may be dated ahead of its entry; whatever is further ahead is found by no day.
inline constexpr int dated_ahead_days_max = 31;

// Every sale and paper of that day of service, of this epoch and of those whose journals lie beside it.  The daemon may
// run.  Cost: decodes each entry since a month before that day.  Errors: of the journals.
Result<reconcile::Side> till_side(const Config& config, const TerminalIdentity& identity, Day day);

// The centre's word: its detailed statement; of an older centre the plain one, whose lines have no group and no msgid.
// Errors: of the wire, refused, an answer that is not as it must be.
Result<reconcile::Side> centre_side(const Config& config, const TerminalIdentity& identity, Day day);

}  // namespace gongji::terminal
