// digest.h — whether a body arrived as it was sent: the header fields of RFC 9530, with SHA-256.
//
// TLS guards the way between its own two ends only.  Where a region ends it earlier (a load balancer), a byte that is
// damaged behind it would reach us as if its sender had written it.
//
// Thread safety: every function may be called from any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sync/http/message.h"

namespace gongji::http {

inline constexpr std::string_view digest_header = "Content-Digest";
inline constexpr std::string_view wanted_digest_header = "Want-Content-Digest";
inline constexpr std::string_view wanted_digest = "sha-256=10";

std::string content_digest(std::string_view body);  // "sha-256=:…:"

// False where the headers carry a SHA-256 of the body and it is another.  Without one nothing is known, and that is
// fine.
bool digest_agrees(const std::vector<Header>& headers, std::string_view body);

bool wants_digest(const std::vector<Header>& headers);

}  // namespace gongji::http
