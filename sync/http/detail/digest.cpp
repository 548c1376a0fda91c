#include "sync/http/detail/digest.h"

#include <openssl/evp.h>

#include <array>

#include "offline/base/bytes.h"
#include "offline/base/check.h"

namespace gongji::http {
namespace {

constexpr std::string_view algorithm = "sha-256=";

}  // namespace

std::string content_digest(std::string_view body) {
  std::array<std::uint8_t, 32> digest{};
  GONGJI_CHECK(EVP_Digest(body.data(), body.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return std::string(algorithm) + ":" + to_base64(digest) + ":";
}

bool digest_agrees(const std::vector<Header>& headers, std::string_view body) {
  const auto told = find_header(headers, digest_header);
  if (!told) return true;
  const auto begin = told->find(algorithm);
  if (begin == std::string_view::npos) return true;  // of an algorithm that we do not ask for
  const std::string ours = content_digest(body);
  return told->substr(begin, ours.size()) == ours;
}

bool wants_digest(const std::vector<Header>& headers) {
  const auto wanted = find_header(headers, wanted_digest_header);
  return wanted && wanted->find("sha-256") != std::string_view::npos;
}

}  // namespace gongji::http
