// tls.h — who we are on the wire, and whom we believe.
//
// TLS 1.3 only, key agreement on P-256.  Nothing here is optional by accident: a client without a CA or a pin is
// refused when its files are loaded, not silently left unverified.
//
// Files are PEM.  They are read when a server starts listening (Server::reload_tls reads them again) and when a client
// makes its first connection (Client::reload_tls).
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "offline/base/clock.h"
#include "offline/base/result.h"

namespace gongji::http {

struct TlsServer {
  std::string cert_pem_file;  // our certificate, then its issuers; with the root, if clients pin it when they enrol
  std::string key_pem_file;
  std::string client_ca_pem_file;            // whose clients we know; "": clients are not asked for a certificate
  bool client_certificate_optional = false;  // with a client CA: a client without a certificate is let in, nameless
};

struct TlsClient {
  std::string ca_pem_file;    // whom we believe; may be "" when a root is pinned
  std::string cert_pem_file;  // our certificate and its key: both or neither
  std::string key_pem_file;
  std::string host_name;  // DNS name or IP address that the server's certificate must carry; "": the host dialled
  // The only root we believe, by the SM3 of its DER (64 hex digits); "": every root of ca_pem_file.  The root itself is
  // taken from ca_pem_file or from the chain that the server sends: this is how a till enrols before it knows the CA.
  std::string pinned_ca_sm3_hex;
  // The moment at which the server's certificates must be valid, asked at each connection; not set: the machine's
  // clock. nullopt: any moment.  That is for a till whose clock is dead, which must reach its centre to learn what time
  // it is; name, chain and keys are verified all the same.
  std::function<std::optional<WallTime>()> valid_at = {};
};

// Reads the files as a server or client would, and says what is wrong with them.  For `--check` and for start-up.
// Errors: tls_options_invalid, tls_file_unreadable, tls_file_invalid, tls_key_does_not_match.
Result<void> check_tls(const TlsServer& tls);
Result<void> check_tls(const TlsClient& tls);

}  // namespace gongji::http
