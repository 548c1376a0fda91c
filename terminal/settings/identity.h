// identity.h — who this terminal is, as its centre enrolled it.  One small JSON file, 0600, beside keys and
// certificates.
#pragma once

#include <cstdint>
#include <string>

#include "offline/base/bytes.h"
#include "offline/base/result.h"
#include "offline/record/snapshot.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

struct TerminalIdentity {
  std::string terminal;
  std::uint32_t epoch = 1;
  Bytes centre_public_key;     // SM2: snapshots, feed
  Bytes authority_public_key;  // SM2: terms
  std::string terms_bytes;     // as enrolled; newer ones come with the feed
  Bytes terms_signature;
  // The centre's word for this terminal's key, to show to others.  Empty where a terminal was enrolled without one.
  record::Signed registration;
};

Result<void> save_identity(const Config& config, const TerminalIdentity& identity);
// Errors: not_enrolled (no such file), identity_unreadable.
Result<TerminalIdentity> load_identity(const Config& config);

}  // namespace gongji::terminal
