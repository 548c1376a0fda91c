// centre_side.h — a day's sales of a site as the centre has them, for reconciliation.
#pragma once

#include <optional>
#include <string>

#include "offline/base/result.h"
#include "offline/reconcile/line.h"
#include "sync/centre/ledger.h"

namespace gongji::centre {

// nullopt for what is neither a sale nor a paper, and for what cannot be read.  The amounts are those that stand.
std::optional<reconcile::Line> line_of(const Ledger::Stated& stated);

// Every terminal of the site.  Errors: site_unknown, the ledger's.
Result<reconcile::Side> side_of(Ledger& ledger, const std::string& fixmedins_code, Day day);

}  // namespace gongji::centre
