#include "offline/audit/verify.h"

#include "offline/audit/count.h"
#include "offline/audit/recompute.h"

namespace gongji::audit {

Result<Verified> verify(const std::filesystem::path& file, const LawLibrary& library, const Verification& how) {
  Verified verified;
  journal::FileCheck check;
  check.keys = how.keys;
  check.public_key = how.public_key;
  check.progress = how.progress;
  check.witness = [&](const record::Decoded& entry) -> Result<void> {
    if (auto held = recompute(entry, library); !held) return held;
    count(verified, entry.body);
    return {};
  };
  auto checked = journal::check_file(file, check);
  if (!checked) return checked.error();
  verified.file = std::move(*checked);
  return verified;
}

}  // namespace gongji::audit
