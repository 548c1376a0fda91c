// tls_context.h — TLS files, read and checked, ready for handshakes.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>
#include <vector>

#include "offline/base/result.h"
#include "sync/http/detail/openssl_handles.h"
#include "sync/http/tls.h"

namespace gongji::http {

// Immutable after loading; shared by the connections that were opened with it.
struct TlsContext {
  TlsContext() : ssl(boost::asio::ssl::context::tls) {}
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  boost::asio::ssl::context ssl;
  std::string pinned_sm3_hex;              // lower case, "" without a pin
  std::vector<CertificatePtr> candidates;  // of ca_pem_file: what the pinned root may be, besides what the server sends
};

// Errors as in check_tls.
Result<std::shared_ptr<TlsContext>> load_tls(const TlsServer& tls);
Result<std::shared_ptr<TlsContext>> load_tls(const TlsClient& tls);

// Asks for `host` by name (unless it is an IP address) and refuses any other in the server's certificate.
bool expect_host(SSL* ssl, const std::string& host);

// At what moment the server's certificates must be valid (TlsClient::valid_at).
void expect_valid_at(SSL* ssl, const TlsClient& tls);

// Why a TLS step of the client failed; `detail` names the particulars.
Trouble client_tls_trouble(const boost::system::error_code& failure, SSL* ssl, const std::string& host);

// True when the failure is the server's alert about our certificate (or that we have none).
bool is_certificate_alert(const boost::system::error_code& failure);

}  // namespace gongji::http
