#include "sync/http/tls.h"

#include <openssl/pem.h>

#include <arpa/inet.h>

#include <boost/asio/ssl/error.hpp>

#include <fstream>
#include <sstream>

#include "offline/base/bytes.h"
#include "offline/base/secret.h"
#include "sync/http/detail/tls_context.h"
#include "sync/http/troubles.h"

namespace gongji::http {
namespace {

constexpr long session_lifetime_s = 12 * 60 * 60;  // a till that was off for a night shakes hands in full

Trouble bad_options(std::string field, std::string detail) {
  return trouble(troubles::tls_options_invalid, std::move(field), std::move(detail));
}

Result<Secret> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return trouble(troubles::tls_file_unreadable, path);
  return Secret(std::move(text).str());
}

// Sessions that a server keeps, 10 kB each with the client's certificate (1.5 kB while that is connected); beyond it
// the oldest goes.  A till and its counter have two.
constexpr long sessions_max = 8'192;

// Whoever shows no certificate could push the sessions of those out that do.
int keep_named(SSL* ssl, SSL_SESSION* session) {
  if (SSL_SESSION_get0_peer(session) == nullptr) SSL_CTX_remove_session(SSL_get_SSL_CTX(ssl), session);
  return 0;  // no reference is kept here
}

// A daemon has nobody to ask for a passphrase: an encrypted key is an invalid one.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<void> common_settings(SSL_CTX* context) {
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 || SSL_CTX_set1_groups_list(context, "P-256") != 1) {
    return trouble(troubles::crypto_failed, {}, openssl_reason());
  }
  SSL_CTX_set_timeout(context, session_lifetime_s);
  return {};
}

Result<void> load_own_certificate(SSL_CTX* context, const std::string& cert_file, const std::string& key_file) {
  const Result<Secret> certificate = read_file(cert_file);
  if (!certificate) return certificate.error();
  const Result<Secret> key_pem = read_file(key_file);
  if (!key_pem) return key_pem.error();
  if (SSL_CTX_use_certificate_chain_file(context, cert_file.c_str()) != 1) {
    return trouble(troubles::tls_file_invalid, cert_file, openssl_reason());
  }
  const BioPtr in = reader_of(key_pem->reveal());
  const KeyPtr key(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, no_passphrase, nullptr) : nullptr);
  if (!key) return trouble(troubles::tls_file_invalid, key_file, openssl_reason());
  if (X509_check_private_key(SSL_CTX_get0_certificate(context), key.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1) {
    return trouble(troubles::tls_key_does_not_match, key_file, openssl_reason());
  }
  return {};
}

Result<std::vector<CertificatePtr>> read_certificates(const std::string& path) {
  const Result<Secret> text = read_file(path);
  if (!text) return text.error();
  const BioPtr in = reader_of(text->reveal());
  std::vector<CertificatePtr> certificates;
  while (in) {
    CertificatePtr next(PEM_read_bio_X509(in.get(), nullptr, no_passphrase, nullptr));
    if (!next) break;
    certificates.push_back(std::move(next));
  }
  ERR_clear_error();  // the end of the file is an error to PEM
  if (certificates.empty()) return trouble(troubles::tls_file_invalid, path, "no certificate in it");
  return certificates;
}

Result<std::vector<CertificatePtr>> trust(SSL_CTX* context, const std::string& path) {
  Result<std::vector<CertificatePtr>> certificates = read_certificates(path);
  if (!certificates) return certificates.error();
  for (const CertificatePtr& certificate : *certificates) {
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate.get()) != 1) {
      return trouble(troubles::tls_file_invalid, path, openssl_reason());
    }
  }
  return certificates;
}

// OpenSSL's own verification, with the pinned certificate as its only anchor.
int verify_pinned(X509_STORE_CTX* store, void* argument) {
  const auto& context = *static_cast<const TlsContext*>(argument);
  X509* root = nullptr;
  STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(store);
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    X509* certificate = sk_X509_value(sent, i);
    if (fingerprint(certificate, EVP_sm3()) == context.pinned_sm3_hex) root = certificate;
  }
  for (const CertificatePtr& certificate : context.candidates) {
    if (fingerprint(certificate.get(), EVP_sm3()) == context.pinned_sm3_hex) root = certificate.get();
  }
  if (root == nullptr) {
    X509_STORE_CTX_set_error(store, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
    return 0;
  }
  STACK_OF(X509)* anchors = sk_X509_new_null();
  if (anchors == nullptr || sk_X509_push(anchors, root) <= 0) {
    sk_X509_free(anchors);
    X509_STORE_CTX_set_error(store, X509_V_ERR_OUT_OF_MEM);
    return 0;
  }
  X509_STORE_CTX_set0_trusted_stack(store, anchors);
  const int result = X509_verify_cert(store);
  X509_STORE_CTX_set0_trusted_stack(store, nullptr);
  sk_X509_free(anchors);
  return result;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> load_tls(const TlsServer& tls) {
  if (tls.cert_pem_file.empty()) return bad_options("cert_pem_file", "missing");
  if (tls.key_pem_file.empty()) return bad_options("key_pem_file", "missing");
  auto loaded = std::make_shared<TlsContext>();
  SSL_CTX* context = loaded->ssl.native_handle();
  if (Result<void> done = common_settings(context); !done) return done.error();
  if (Result<void> done = load_own_certificate(context, tls.cert_pem_file, tls.key_pem_file); !done)
    return done.error();
  if (!tls.client_ca_pem_file.empty()) {
    const auto authorities = trust(context, tls.client_ca_pem_file);
    if (!authorities) return authorities.error();
    for (const CertificatePtr& authority : *authorities) SSL_CTX_add_client_CA(context, authority.get());
    SSL_CTX_set_verify(
        context, SSL_VERIFY_PEER | (tls.client_certificate_optional ? 0 : SSL_VERIFY_FAIL_IF_NO_PEER_CERT), nullptr);
  }
  // The ticket is the number of a session kept here.  One that held the session would hold the client's certificate,
  // and OpenSSL parses that twice at each resumption, which costs as much as all the rest.  Several servers, or one
  // after its restart, would not know such a ticket either: each start draws a key of its own.
  // A client that goes without a goodbye keeps its session, too (every body has its length, so nothing is taken for
  // whole that is not).
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET | SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_SERVER);
  SSL_CTX_sess_set_cache_size(context, sessions_max);
  SSL_CTX_sess_set_new_cb(context, keep_named);
  const std::string_view id = "gongji";  // without it a session with a client certificate cannot resume
  if (SSL_CTX_set_session_id_context(context, as_bytes(id).data(), static_cast<unsigned>(id.size())) != 1 ||
      SSL_CTX_set_num_tickets(context, 1) != 1) {
    return trouble(troubles::crypto_failed, {}, openssl_reason());
  }
  return loaded;
}

Result<std::shared_ptr<TlsContext>> load_tls(const TlsClient& tls) {
  if (tls.ca_pem_file.empty() && tls.pinned_ca_sm3_hex.empty())
    return bad_options("ca_pem_file", "neither a CA nor a pin");
  if (tls.cert_pem_file.empty() != tls.key_pem_file.empty())
    return bad_options("key_pem_file", "certificate and key come in pairs");
  auto loaded = std::make_shared<TlsContext>();
  SSL_CTX* context = loaded->ssl.native_handle();
  if (Result<void> done = common_settings(context); !done) return done.error();
  if (!tls.pinned_ca_sm3_hex.empty()) {
    const auto pin = digest_from_hex(tls.pinned_ca_sm3_hex);
    if (!pin) return bad_options("pinned_ca_sm3_hex", "not 64 hex digits");
    loaded->pinned_sm3_hex = to_hex(*pin);
  }
  if (!tls.ca_pem_file.empty()) {
    auto authorities = trust(context, tls.ca_pem_file);
    if (!authorities) return authorities.error();
    loaded->candidates = std::move(*authorities);
  }
  if (!tls.cert_pem_file.empty()) {
    if (Result<void> done = load_own_certificate(context, tls.cert_pem_file, tls.key_pem_file); !done)
      return done.error();
  }
  if (!loaded->pinned_sm3_hex.empty()) SSL_CTX_set_cert_verify_callback(context, verify_pinned, loaded.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  return loaded;
}

bool expect_host(SSL* ssl, const std::string& host) {
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl);
  in6_addr scratch{};
  if (::inet_pton(AF_INET, host.c_str(), &scratch) == 1 || ::inet_pton(AF_INET6, host.c_str(), &scratch) == 1) {
    return X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
  }
  X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  return SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str())) == 1 &&
         X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size()) == 1;
}

void expect_valid_at(SSL* ssl, const TlsClient& tls) {
  if (!tls.valid_at) return;
  X509_VERIFY_PARAM* wanted = SSL_get0_param(ssl);
  if (const auto moment = tls.valid_at()) {
    X509_VERIFY_PARAM_set_time(wanted, static_cast<time_t>(moment->ms / 1000));
  } else {
    X509_VERIFY_PARAM_set_flags(wanted, X509_V_FLAG_NO_CHECK_TIME);
  }
}

bool is_certificate_alert(const boost::system::error_code& failure) {
  if (failure.category() != boost::asio::error::get_ssl_category()) return false;
  switch (ERR_GET_REASON(static_cast<unsigned long>(failure.value()))) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:  // its issuer has the right name and another key
      return true;
    default:
      return false;
  }
}

Trouble client_tls_trouble(const boost::system::error_code& failure, SSL* ssl, const std::string& host) {
  if (is_certificate_alert(failure)) return trouble(troubles::certificate_refused, host, failure.message());
  const long verdict = SSL_get_verify_result(ssl);
  const std::string reason = X509_verify_cert_error_string(verdict);
  switch (verdict) {
    case X509_V_OK:
      return trouble(troubles::tls_failed, host, failure.message());
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return trouble(troubles::server_wrong_name, host, reason);
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return trouble(troubles::server_certificate_dates, host, reason);
    default:
      return trouble(troubles::server_untrusted, host, reason);
  }
}

Result<void> check_tls(const TlsServer& tls) {
  if (const auto loaded = load_tls(tls); !loaded) return loaded.error();
  return {};
}

Result<void> check_tls(const TlsClient& tls) {
  if (const auto loaded = load_tls(tls); !loaded) return loaded.error();
  return {};
}

}  // namespace gongji::http
