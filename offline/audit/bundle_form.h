// bundle_form.h — the head of a bundle: what follows it, whose it is.  Internal; BUNDLE.md explains the form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "offline/audit/bundle.h"

namespace gongji::audit {

inline constexpr std::string_view bundle_magic = "gongji.bundle.v1\n";

struct BundleHead {
  record::Signed registration;
  std::uint64_t from = 1, to = 1;
  Digest previous{};
  Bytes head_signature;
  WallTime made;
  bool with_personal = false;
  struct Text {
    packs::LawText::Kind kind = packs::LawText::Kind::pack;
    std::string scheme, origin;
  };
  struct LawHead {
    bool activate_reported = false;
    std::vector<Text> texts;
  };
  std::vector<LawHead> laws;
};

std::string encode(const BundleHead& head);
// Errors: not_a_bundle.
Result<BundleHead> decode_bundle_head(std::string_view bytes);

}  // namespace gongji::audit
