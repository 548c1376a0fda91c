#include "sync/http/certificates.h"

#include <arpa/inet.h>
#include <openssl/pem.h>

#include <array>
#include <cctype>
#include <chrono>
#include <ctime>
#include <optional>

#include "offline/base/bytes.h"
#include "sync/http/detail/openssl_handles.h"
#include "sync/http/troubles.h"

namespace gongji::http {
namespace {

constexpr std::size_t common_name_bytes_max = 64;  // X.520's ub-common-name
constexpr std::chrono::hours slow_clock_allowance{1};

Trouble failed() {
  return trouble(troubles::crypto_failed, {}, openssl_reason());
}

KeyPtr make_key() {
  return KeyPtr(EVP_EC_gen("P-256"));
}

bool is_p256(EVP_PKEY* key) {
  std::array<char, 32> group{};
  std::size_t length = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == SN_X9_62_prime256v1;
}

Secret key_text(EVP_PKEY* key) {
  const BioPtr out = secret_memory();
  if (!out || PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1) return {};
  return Secret(text_of(out.get()));
}

std::string certificate_text(X509* certificate) {
  const BioPtr out = secret_memory();
  if (!out || PEM_write_bio_X509(out.get(), certificate) != 1) return {};
  return text_of(out.get());
}

CertificatePtr parse_certificate(const std::string& pem) {
  const BioPtr in = reader_of(pem);
  CertificatePtr certificate(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr);
  ERR_clear_error();
  return certificate;
}

bool set_name(X509_NAME* name, const std::string& common_name) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, as_bytes(common_name).data(),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool name_usable(const std::string& name) {
  return !name.empty() && name.size() <= common_name_bytes_max && is_utf8(name) && name.find('\0') == std::string::npos;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPtr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_validity(X509* certificate, WallTime now, int valid_days) {
  const std::time_t seconds = static_cast<std::time_t>(now.ms / 1000);
  const std::time_t from = seconds - std::chrono::duration_cast<std::chrono::seconds>(slow_clock_allowance).count();
  const std::time_t until = seconds + std::time_t{86'400} * valid_days;
  return ASN1_TIME_set(X509_getm_notBefore(certificate), from) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), until) != nullptr;
}

// A certificate with everything but its extensions and its signature.
CertificatePtr begin_certificate(EVP_PKEY* key, const std::string& common_name, std::uint64_t serial, WallTime now,
                                 int valid_days) {
  CertificatePtr certificate(X509_new());
  if (!certificate || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial) != 1 ||
      !set_validity(certificate.get(), now, valid_days) ||
      !set_name(X509_get_subject_name(certificate.get()), common_name) ||
      X509_set_pubkey(certificate.get(), key) != 1) {
    return nullptr;
  }
  return certificate;
}

struct Issuer {
  CertificatePtr certificate;
  KeyPtr key;
};

Result<Issuer> parse_issuer(const Identity& ca) {
  Issuer issuer{parse_certificate(ca.certificate_pem), nullptr};
  if (!issuer.certificate) return trouble(troubles::certificate_invalid, "ca.certificate");
  const BioPtr in = reader_of(ca.key_pem.reveal());
  issuer.key.reset(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!issuer.key || X509_check_private_key(issuer.certificate.get(), issuer.key.get()) != 1) {
    return trouble(troubles::certificate_invalid, "ca.key", openssl_reason());
  }
  if (X509_check_ca(issuer.certificate.get()) != 1) {
    return trouble(troubles::certificate_invalid, "ca.certificate", "not a CA");
  }
  return issuer;
}

bool sign_end_certificate(X509* certificate, const Issuer& issuer, const char* purpose) {
  X509* parent = issuer.certificate.get();
  return X509_set_issuer_name(certificate, X509_get_subject_name(parent)) == 1 &&
         add_extension(certificate, parent, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, parent, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, parent, NID_ext_key_usage, purpose) &&
         add_extension(certificate, parent, NID_subject_key_identifier, "hash") &&
         add_extension(certificate, parent, NID_authority_key_identifier, "keyid:always") &&
         X509_sign(certificate, issuer.key.get(), EVP_sha256()) > 0;
}

// "DNS:a.example,IP:10.0.0.1", nothing when a name could be taken for more than one entry.
std::optional<std::string> alternative_names(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    in6_addr scratch{};
    const bool is_ip =
        ::inet_pton(AF_INET, name.c_str(), &scratch) == 1 || ::inet_pton(AF_INET6, name.c_str(), &scratch) == 1;
    if (!is_ip) {
      for (const char c : name) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '.' && c != '*') return std::nullopt;
      }
    }
    if (!name_usable(name)) return std::nullopt;
    out += (out.empty() ? "" : ",") + std::string(is_ip ? "IP:" : "DNS:") + name;
  }
  if (out.empty()) return std::nullopt;
  return out;
}

WallTime wall_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return {static_cast<std::int64_t>(::timegm(&parts)) * 1000};
}

}  // namespace

std::string fingerprint(const X509* certificate, const EVP_MD* digest) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  if (digest == nullptr || X509_digest(certificate, digest, bytes.data(), &length) != 1) return {};
  return to_hex(ByteView(bytes.data(), length));
}

static std::string common_name_in(const X509_NAME* subject) {
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return {};
  unsigned char* text = nullptr;
  const int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
  if (length < 0) return {};
  std::string name(as_text(ByteView(text, static_cast<std::size_t>(length))));
  OPENSSL_free(text);
  return name;
}

std::string common_name(const X509* certificate) {
  return common_name_in(X509_get_subject_name(certificate));
}

Result<Identity> make_ca(const std::string& common_name, std::uint64_t serial, WallTime now, int valid_days) {
  if (!name_usable(common_name)) return trouble(troubles::certificate_request_invalid, "common_name");
  const KeyPtr key = make_key();
  if (!key) return failed();
  const CertificatePtr certificate = begin_certificate(key.get(), common_name, serial, now, valid_days);
  if (!certificate) return failed();
  X509* self = certificate.get();
  if (X509_set_issuer_name(self, X509_get_subject_name(self)) != 1 ||
      !add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !add_extension(self, self, NID_subject_key_identifier, "hash") || X509_sign(self, key.get(), EVP_sha256()) <= 0) {
    return failed();
  }
  return Identity{certificate_text(self), key_text(key.get())};
}

Result<Identity> issue_server(const Identity& ca, const std::vector<std::string>& names, std::uint64_t serial,
                              WallTime now, int valid_days) {
  Result<Issuer> issuer = parse_issuer(ca);
  if (!issuer) return issuer.error();
  const auto alternatives = alternative_names(names);
  if (!alternatives) return trouble(troubles::certificate_request_invalid, "names");
  const KeyPtr key = make_key();
  if (!key) return failed();
  const CertificatePtr certificate = begin_certificate(key.get(), names.front(), serial, now, valid_days);
  if (!certificate || !add_extension(certificate.get(), nullptr, NID_subject_alt_name, *alternatives) ||
      !sign_end_certificate(certificate.get(), *issuer, "serverAuth")) {
    return failed();
  }
  return Identity{certificate_text(certificate.get()) + ca.certificate_pem, key_text(key.get())};
}

Result<SigningRequest> make_signing_request(const std::string& common_name) {
  if (!name_usable(common_name)) return trouble(troubles::certificate_request_invalid, "common_name");
  const KeyPtr key = make_key();
  const CertificateRequestPtr request(X509_REQ_new());
  const BioPtr out = secret_memory();
  if (!key || !request || !out || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      !set_name(X509_REQ_get_subject_name(request.get()), common_name) ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) <= 0 ||
      PEM_write_bio_X509_REQ(out.get(), request.get()) != 1) {
    return failed();
  }
  return SigningRequest{text_of(out.get()), key_text(key.get())};
}

Result<std::string> issue_client(const Identity& ca, const std::string& csr_pem, const std::string& common_name,
                                 std::uint64_t serial, WallTime now, int valid_days) {
  Result<Issuer> issuer = parse_issuer(ca);
  if (!issuer) return issuer.error();
  const BioPtr in = reader_of(csr_pem);
  const CertificateRequestPtr request(in ? PEM_read_bio_X509_REQ(in.get(), nullptr, nullptr, nullptr) : nullptr);
  EVP_PKEY* key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
  if (key == nullptr || !is_p256(key) || X509_REQ_verify(request.get(), key) != 1) {
    return trouble(troubles::certificate_request_invalid, "csr", openssl_reason());
  }
  if (!name_usable(common_name)) return trouble(troubles::certificate_request_invalid, "common_name");
  const CertificatePtr certificate = begin_certificate(key, common_name, serial, now, valid_days);
  if (!certificate || !sign_end_certificate(certificate.get(), *issuer, "clientAuth")) return failed();
  return certificate_text(certificate.get());
}

Result<CertificateFacts> read_certificate(const std::string& certificate_pem) {
  const CertificatePtr certificate = parse_certificate(certificate_pem);
  if (!certificate) return trouble(troubles::certificate_invalid);
  CertificateFacts facts;
  facts.common_name = common_name(certificate.get());
  facts.issuer = common_name_in(X509_get_issuer_name(certificate.get()));
  const ASN1_INTEGER* serial = X509_get0_serialNumber(certificate.get());
  facts.serial_hex =
      to_hex(ByteView(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial))));
  facts.serial_hex.erase(0, facts.serial_hex.find_first_not_of('0'));
  facts.valid_from = wall_time(X509_get0_notBefore(certificate.get()));
  facts.valid_until = wall_time(X509_get0_notAfter(certificate.get()));
  facts.sha256_hex = fingerprint(certificate.get(), EVP_sha256());
  facts.sm3_hex = fingerprint(certificate.get(), EVP_sm3());
  facts.is_ca = X509_check_ca(certificate.get()) == 1;
  return facts;
}

Result<std::string> sha256_fingerprint(const std::string& certificate_pem) {
  const CertificatePtr certificate = parse_certificate(certificate_pem);
  if (!certificate) return trouble(troubles::certificate_invalid);
  return fingerprint(certificate.get(), EVP_sha256());
}

Result<std::string> sm3_fingerprint(const std::string& certificate_pem) {
  const CertificatePtr certificate = parse_certificate(certificate_pem);
  if (!certificate) return trouble(troubles::certificate_invalid);
  return fingerprint(certificate.get(), EVP_sm3());
}

}  // namespace gongji::http
