#include "terminal/certificate/certificate_files.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "offline/seal/private_directory.h"
#include "offline/seal/sm3.h"
#include "sync/http/certificates.h"
#include "sync/http/tls.h"

namespace gongji::terminal {

namespace fs = std::filesystem;

namespace {

constexpr const char* key_name = "key.pem";
constexpr const char* certificate_name = "certificate.pem";
constexpr const char* next_key_name = "key.next.pem";
constexpr const char* next_certificate_name = "certificate.next.pem";
constexpr std::string_view end_of_certificate = "-----END CERTIFICATE-----";

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

bool fits(const fs::path& folder, const char* certificate, const char* key) {
  const http::TlsClient tls{(folder / "ca.pem").string(), (folder / certificate).string(), (folder / key).string(), "",
                            ""};
  return http::check_tls(tls).has_value();
}

// Fingerprints of the certificates in one text.
std::vector<std::string> fingerprints_in(std::string_view text) {
  std::vector<std::string> out;
  for (auto end = text.find(end_of_certificate); end != std::string_view::npos; end = text.find(end_of_certificate)) {
    const auto facts = http::read_certificate(std::string(text.substr(0, end + end_of_certificate.size())) + "\n");
    if (!facts || !facts->is_ca) return {};
    out.push_back(facts->sha256_hex);
    text.remove_prefix(end + end_of_certificate.size());
  }
  return out;
}

}  // namespace

WallTime renewal_moment(WallTime valid_from, WallTime valid_until, const std::string& terminal) {
  const auto life = std::max(std::chrono::milliseconds(0), valid_until - valid_from);
  const Digest digest = seal::sm3(as_bytes(terminal));
  const std::int64_t place = digest[0] * 256 + digest[1];  // of 65536
  return valid_until.plus(-life / 2 + std::chrono::milliseconds(life.count() / 3 / 65'536 * place));
}

Result<void> CertificateFiles::finish_exchange() const {
  auto folder = seal::PrivateDirectory::open(folder_);
  if (!folder) return folder.error();
  const seal::PrivateDirectory::Lock lock(*folder);
  if (!folder->contains(next_certificate_name)) return folder->destroy(next_key_name);
  if (folder->contains(next_key_name)) {
    if (!fits(folder_, next_certificate_name, next_key_name)) {
      if (auto done = folder->destroy(next_certificate_name); !done) return done;
      return folder->destroy(next_key_name);
    }
    if (auto done = folder->take_place(next_key_name, key_name); !done) return done;
  }
  if (auto done = folder->take_place(next_certificate_name, certificate_name); !done) return done;
  return folder->flush();
}

std::optional<std::string> CertificateFiles::renewal_due(WallTime now) {
  const auto facts = http::read_certificate(text_of(folder_ / certificate_name));
  if (!facts) return std::nullopt;
  // The root that signs stands first.  A certificate of the one before it is good for as long as that is believed.
  const auto root = http::read_certificate(text_of(folder_ / "ca.pem"));
  const bool of_old_root = root && root->common_name != facts->issuer;
  if (!of_old_root && now < renewal_moment(facts->valid_from, facts->valid_until, terminal_)) return std::nullopt;
  if (!csr_pem_) {
    auto request = http::make_signing_request("gongji terminal");
    if (!request) return std::nullopt;
    csr_pem_ = std::move(request->csr_pem);
    key_pem_ = std::move(request->key_pem);
  }
  return csr_pem_;
}

bool CertificateFiles::take(const std::string& certificate_pem) {
  if (!csr_pem_) return false;
  const auto key = http::write_private_file((folder_ / next_key_name).string(), key_pem_.reveal());
  if (!key || !http::write_private_file((folder_ / next_certificate_name).string(), certificate_pem)) return false;
  const bool fitting = fits(folder_, next_certificate_name, next_key_name);
  csr_pem_.reset();
  key_pem_ = Secret();
  if (auto done = finish_exchange(); !done) {
    spdlog::error("{}", to_string(done.error(), Language::en));
    return false;
  }
  if (fitting) spdlog::info("the next certificate is in place");
  return fitting;
}

bool CertificateFiles::take_roots(const std::vector<std::string>& roots_pem) const {
  std::string text;
  for (const std::string& root : roots_pem) text += root;
  const auto present = fingerprints_in(text_of(folder_ / "ca.pem")), next = fingerprints_in(text);
  const bool shared = std::any_of(next.begin(), next.end(), [&](const std::string& root) {
    return std::find(present.begin(), present.end(), root) != present.end();
  });
  if (!shared || next.size() != roots_pem.size()) {
    spdlog::error("roots from the centre are passed over: they have nothing in common with those of this till");
    return true;
  }
  if (auto done = http::write_private_file((folder_ / "ca.pem").string(), text); !done) {
    spdlog::error("{}", to_string(done.error(), Language::en));
    return false;
  }
  spdlog::info("this till believes {} root(s) now", next.size());
  return true;
}

}  // namespace gongji::terminal
