// openssl_handles.h — OpenSSL's objects with an owner.
#pragma once

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>
#include <string_view>

namespace gongji::http {

template <auto free_function>
struct OpensslDelete {
  template <class T>
  void operator()(T* object) const {
    free_function(object);
  }
};

using BioPtr = std::unique_ptr<BIO, OpensslDelete<&BIO_free_all>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, OpensslDelete<&EVP_PKEY_free>>;
using CertificatePtr = std::unique_ptr<X509, OpensslDelete<&X509_free>>;
using CertificateRequestPtr = std::unique_ptr<X509_REQ, OpensslDelete<&X509_REQ_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, OpensslDelete<&X509_EXTENSION_free>>;
using SessionPtr = std::unique_ptr<SSL_SESSION, OpensslDelete<&SSL_SESSION_free>>;

// Wiped when freed: PEM of private keys passes through these.
inline BioPtr secret_memory() {
  return BioPtr(BIO_new(BIO_s_secmem()));
}
inline BioPtr reader_of(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}
inline std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

// The first reason in this thread's error queue, and the queue is emptied.
inline std::string openssl_reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  return reason == nullptr ? std::string("no reason given") : std::string(reason);
}

// Digest of the certificate's DER in lower-case hex; "" if OpenSSL fails.
std::string fingerprint(const X509* certificate, const EVP_MD* digest);
// The subject's common name as UTF-8, "" without one.
std::string common_name(const X509* certificate);

}  // namespace gongji::http
