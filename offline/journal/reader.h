// reader.h — looking at a journal from another process (gongji queue), with the daemon running or not.
//
// Public columns only: no key is needed, and no personal data is read.  Opens read-only, never writes, never
// checkpoints.  Thread safety: any thread; each call opens and closes a connection of its own.
// Errors: as sqlite::Connection::open; not a journal.
#pragma once

#include <filesystem>

#include "offline/base/day.h"
#include "offline/base/result.h"
#include "offline/journal/journal.h"

namespace gongji::journal {

Result<QueueSummary> read_summary(const std::filesystem::path& file);
Result<DayTotals> read_day_totals(const std::filesystem::path& file, Day day);
Result<Risk> read_risk(const std::filesystem::path& file, Day from);
// The newest terms that came over the feed, where some did.  Whoever uses them verifies the signature.
Result<std::optional<record::Signed>> read_terms(const std::filesystem::path& file);
// Why the log may be a restored backup, as the daemon found it.
Result<Doubt> read_doubt(const std::filesystem::path& file);
// As Turn::orders().
Result<std::vector<record::Signed>> read_orders(const std::filesystem::path& file);

}  // namespace gongji::journal
