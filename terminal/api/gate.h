// gate.h — who may call this daemon, before anything of the request is looked at.
//
// Loopback only.  A web page must not be able to reach it: a request with a foreign Origin or Sec-Fetch-Site, or with a
// Host that is not ours (a name rebound to 127.0.0.1), is refused, fsi included.  Tokens: first path segment
// /t/<token>/…, or "Authorization: Bearer <token>"; compared in constant time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "offline/base/result.h"
#include "offline/base/secret.h"
#include "sync/http/message.h"

namespace gongji::terminal {

class Gate {
 public:
  Gate(std::vector<Secret> tokens, bool tokenless);

  // The path without its token segment: what is asked for.
  // Errors, in order: origin_refused, token_wrong.
  Result<std::string> admit(const http::Request& request) const;

 private:
  bool known(std::string_view token) const;

  std::vector<Secret> tokens_;
  bool tokenless_;
};

// "127.0.0.1", "localhost" or "[::1]", with any port or none.
bool is_own_host(std::string_view host);

}  // namespace gongji::terminal
