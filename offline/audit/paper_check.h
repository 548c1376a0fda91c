// paper_check.h — is this re-settlement paper what a registered till signed?  For the bureau, without the till.
//
// The code on the paper holds the signed public part of its entry; the centre's registration says whose key signed it.
// Pure; any thread.
#pragma once

#include "offline/audit/receipt.h"
#include "offline/record/registration.h"
#include "offline/record/snapshot.h"

namespace gongji::audit {

struct CheckedPaper {
  record::Head head;
  record::Paper paper;  // without its personal part
  // Of the personal part that the till keeps: the entry at the centre has the same.
  Digest personal_digest{};
};

// By the terminal's public key (65 bytes).  Errors, in order: not_a_receipt, receipt_not_ours, not_a_paper.
Result<CheckedPaper> check_paper(std::string_view digits, ByteView terminal_public_key);

// By the centre's public key: the registration tells the terminal's.  Errors, in order: not_registered, those above;
// a paper of another terminal or epoch than the registration's is not_registered too.
Result<CheckedPaper> check_paper(std::string_view digits, const record::Signed& registration,
                                 ByteView centre_public_key);

}  // namespace gongji::audit
