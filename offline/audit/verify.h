// verify.h — is this journal whole, and was each sale settled as its own rules say?
//
// Beside the running daemon or on a copied file; reads only.  Any thread.  Cost: docs/AUDIT.md has the figure.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "offline/audit/law.h"
#include "offline/journal/file_check.h"
#include "offline/record/verdict.h"

namespace gongji::audit {

struct Verification {
  std::shared_ptr<const seal::KeyStore> keys;  // null: public parts only (journal::FileCheck)
  Bytes public_key;
  std::function<void(std::uint64_t done, std::uint64_t all)> progress;
};

struct Verified {
  journal::CheckedFile file;
  std::uint64_t sales = 0, cancels = 0, papers = 0;  // every sale was computed again
  Money medfee;                                      // of all sales, cancelled ones too
  record::PayerShares shares;
};

// Errors: the first entry that does not hold, by seq (journal::check_file, recompute), then what belongs to the whole.
Result<Verified> verify(const std::filesystem::path& file, const LawLibrary& library, const Verification& how);

}  // namespace gongji::audit
