// paper.h — the re-settlement paper: what the patient takes to the bureau when nothing could be promised and all was
// paid in cash.  Why, in words; what was bought; until when; what to bring; and the signed code, which anybody who has
// the centre's public key can check without the till (offline/audit/paper_check.h).
//
// No name and no number of a person is on it: the code binds the personal part through its digest, and the bureau asks
// for the card.  Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "offline/base/result.h"
#include "offline/journal/journal.h"
#include "offline/record/snapshot.h"
#include "offline/seal/key_store.h"

namespace gongji::terminal {

struct PaperPrint {
  record::Head head;
  record::Paper paper;  // the public part is enough
  std::string qr;       // digits; "" where the entry is too large for one code
  record::Signed registration;
};
// Requires an entry that is a paper.
PaperPrint print_of(const seal::KeyStore& keys, const journal::Identity& identity, const journal::RawEntry& raw,
                    record::Signed registration);

// As lines for a printer, without the code.
std::vector<std::string> paper_lines(const PaperPrint& print, Language language);

// One JSON object; docs/API.md.
std::string paper_json(const PaperPrint& print);

}  // namespace gongji::terminal
