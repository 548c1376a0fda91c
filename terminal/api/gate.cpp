#include "terminal/api/gate.h"

#include "terminal/troubles.h"

namespace gongji::terminal {
namespace {

// No early exit: the time taken does not tell how much of a token was right.
bool equal(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]));
  }
  return difference == 0;
}

bool is_own_origin(std::string_view origin) {
  constexpr std::string_view scheme = "http://";
  return origin.starts_with(scheme) && is_own_host(origin.substr(scheme.size()));
}

}  // namespace

bool is_own_host(std::string_view host) {
  std::string_view name = host;
  if (name.starts_with("[")) {
    const auto close = name.find(']');
    if (close == std::string_view::npos) return false;
    name = name.substr(0, close + 1);
  } else if (const auto colon = name.find(':'); colon != std::string_view::npos) {
    name = name.substr(0, colon);
  }
  const std::string_view port = host.substr(name.size());
  if (!port.empty() && (port.front() != ':' || port.find_first_not_of("0123456789", 1) != std::string_view::npos)) {
    return false;
  }
  return name == "127.0.0.1" || name == "localhost" || name == "[::1]";
}

Gate::Gate(std::vector<Secret> tokens, bool tokenless) : tokens_(std::move(tokens)), tokenless_(tokenless) {}

bool Gate::known(std::string_view token) const {
  bool found = false;
  for (const Secret& ours : tokens_) found = equal(ours.reveal(), token) || found;
  return found;
}

Result<std::string> Gate::admit(const http::Request& request) const {
  const auto host = request.find("Host");
  if (!host || !is_own_host(*host)) return trouble(troubles::origin_refused, "Host");
  if (const auto origin = request.find("Origin"); origin && !is_own_origin(*origin)) {
    return trouble(troubles::origin_refused, "Origin");
  }
  if (const auto site = request.find("Sec-Fetch-Site"); site && *site != "same-origin" && *site != "none") {
    return trouble(troubles::origin_refused, "Sec-Fetch-Site");
  }
  std::string_view path = request.path();
  constexpr std::string_view prefix = "/t/";
  if (path.starts_with(prefix)) {
    const auto end = path.find('/', prefix.size());
    const std::string_view token = path.substr(prefix.size(), end - prefix.size());
    if (end == std::string_view::npos || !known(token)) return trouble(troubles::token_wrong, "/t/…");
    return std::string(path.substr(end));
  }
  if (path == "/healthz" || path == "/readyz") return std::string(path);
  constexpr std::string_view bearer = "Bearer ";
  if (const auto authorization = request.find("Authorization")) {
    if (authorization->starts_with(bearer) && known(authorization->substr(bearer.size()))) return std::string(path);
    return trouble(troubles::token_wrong, "Authorization");
  }
  if (!tokenless_) return trouble(troubles::token_wrong, "Authorization");
  return std::string(path);
}

}  // namespace gongji::terminal
