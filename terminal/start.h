// start.h — what a start of the daemon finds on this machine's disks.
//
// Before there are threads; the caller's alone.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "offline/authority/trusted_clock.h"
#include "offline/journal/journal.h"
#include "offline/journal/journal_file.h"
#include "offline/record/snapshot.h"
#include "offline/seal/key_store.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

// Nobody else on this machine may read what is here, whatever umask it was made under or copied back with.
// Errors: those of seal::check_private.
Result<void> check_closed(const Config& config);

// The journal of the present epoch; one of an earlier epoch that is in its place is set aside first.
// `file`: config.journal_file(), opened.  Errors: its own, those of journal::Journal::open and set_aside_earlier.
Result<std::unique_ptr<journal::Journal>> open_journal(const Config& config, Result<journal::JournalFile> file,
                                                       const journal::Identity& present,
                                                       const std::shared_ptr<const seal::KeyStore>& keys);

// From now on the journal has its second copy and its anchor, where they are configured.
// Errors: those of Journal::keep_copy and keep_anchor.
Result<void> keep_second_places(const Config& config, journal::Journal& journal);

// What the journal remembers of earlier runs.
struct Remembered {
  journal::LogState log;
  authority::KnownTimes times;
  std::vector<record::Signed> orders;
  std::optional<record::Signed> terms;  // that came over the feed
};

// Errors: those of the journal.  Cost: reads entries backwards to the last promise, a thousand at most.
Result<Remembered> remembered_by(journal::Journal& journal);

}  // namespace gongji::terminal
