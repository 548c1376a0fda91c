// registration.h — the centre's word for a terminal's key: this SM2 key is that terminal's, at that site, in that
// epoch.
//
// Made once, at enrolment, and signed with the centre's key, so that whoever has the centre's public key can check what
// the terminal signed (an exported piece of its log, a receipt) without asking anybody.  It says nothing about later:
// a terminal that was revoked still has it.
//
// Canonical JSON bytes, signed under registration_tag (snapshot.h has sign and verify).  Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/result.h"

namespace gongji::record {

inline constexpr std::string_view registration_tag = "gongji.registration.v1";

struct Registration {
  std::string terminal;
  std::uint32_t epoch = 1;
  std::string fixmedins_code;
  Bytes sign_public_key;  // SM2, 65 bytes
  WallTime issued;
  bool operator==(const Registration&) const = default;
};
// Requires (GONGJI_CHECK) what decode_registration() checks: a terminal's name, an epoch from 1, 65 bytes of key.
std::string encode(const Registration& registration);
// Errors as decode() of entry.h.
Result<Registration> decode_registration(std::string_view bytes);

}  // namespace gongji::record
