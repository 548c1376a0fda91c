// certificates.h — the small certificate authority of a region: one root, servers, terminals.
//
// ECDSA P-256 with SHA-256, X.509 v3.  PEM text in, PEM text out; nothing here touches a file or a clock.  A
// certificate is valid from one hour before `now`, because clocks of tills run late, to `now` plus its days.
//
// Where a PEM text holds several certificates, the first is meant.
//
// Thread safety: every function may be called from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"
#include "sync/http/private_file.h"

namespace gongji::http {

struct Identity {
  std::string certificate_pem;  // its own certificate, then its issuers up to the root
  Secret key_pem;               // PKCS #8, not encrypted
};

struct SigningRequest {
  std::string csr_pem;
  Secret key_pem;
};

struct CertificateFacts {
  std::string common_name;
  std::string issuer;      // common name of the root that signed it
  std::string serial_hex;  // lower case, without leading zeros
  WallTime valid_from;
  WallTime valid_until;
  std::string sha256_hex;  // of the DER, lower case
  std::string sm3_hex;     // of the DER, lower case
  bool is_ca = false;
};

// A self-signed root that may sign end certificates only (path length 0).
// Errors: certificate_request_invalid (name empty or longer than 64 bytes), crypto_failed.
Result<Identity> make_ca(const std::string& common_name, std::uint64_t serial, WallTime now, int valid_days);

// A server's key and certificate.  `names`: DNS names and IP addresses, at least one; the first is the common name.
// Errors: certificate_invalid (the CA), certificate_request_invalid, crypto_failed.
Result<Identity> issue_server(const Identity& ca, const std::vector<std::string>& names, std::uint64_t serial,
                              WallTime now, int valid_days);

// A fresh P-256 key and a request signed with it.  Errors: certificate_request_invalid, crypto_failed.
Result<SigningRequest> make_signing_request(const std::string& common_name);

// A client certificate for the key in `csr_pem`.  The request's own signature is checked; its name is not used.
// Errors: certificate_invalid (the CA), certificate_request_invalid, crypto_failed.
Result<std::string> issue_client(const Identity& ca, const std::string& csr_pem, const std::string& common_name,
                                 std::uint64_t serial, WallTime now, int valid_days);

// Errors: certificate_invalid.
Result<CertificateFacts> read_certificate(const std::string& certificate_pem);
Result<std::string> sha256_fingerprint(const std::string& certificate_pem);  // 64 hex digits, lower case
Result<std::string> sm3_fingerprint(const std::string& certificate_pem);

}  // namespace gongji::http
