// standing_files.h — where this till stands with its centre, read from its files beside the daemon or without it.
#pragma once

#include "offline/authority/authorise.h"
#include "offline/base/result.h"
#include "offline/journal/journal.h"
#include "terminal/risk/risk_report.h"
#include "terminal/settings/config.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

struct StandingFiles {
  journal::QueueSummary queue;
  journal::Doubt doubt = journal::Doubt::none;
  authority::Standing standing;
  RiskReport report;  // of the days from `from` on
};

// Errors: of the journal's file, terms that cannot be read.
Result<StandingFiles> read_standing(const Config& config, const TerminalIdentity& identity, Day from, WallTime now);

}  // namespace gongji::terminal
