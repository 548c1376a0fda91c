// link_options.h — how this till reaches its centre, from its configuration, identity and terms.
#pragma once

#include "sync/http/client.h"
#include "sync/link/link.h"
#include "terminal/settings/config.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

inline constexpr const char* software_name = "gongji 0.1.0";

http::TlsClient tls_options(const Config& config);

// For one call of a command; the header of versions is the caller's (protocol::version_header).
http::ClientOptions client_options(const Config& config);

link::LinkOptions link_options(const Config& config, const TerminalIdentity& identity, const record::Terms& terms);

// A POST of this program's versions.
http::Request centre_request(std::string target, std::string body);

}  // namespace gongji::terminal
