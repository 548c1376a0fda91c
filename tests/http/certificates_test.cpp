#include "sync/http/certificates.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support.h"
#include "sync/http/troubles.h"

using namespace gongji;
using namespace gongji::http;
using namespace gongji::http::test;

namespace {
constexpr WallTime noon{1'767'225'600'000};  // 2026-01-01T00:00:00Z
constexpr std::int64_t hour_ms = 3'600'000;
std::string contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}
}  // namespace

TEST_CASE("a certificate says whom it names, its serial, its days and its fingerprints") {
  const Identity ca = make_ca("某省医保 CA", 0x1234, noon, 3650).value();
  const CertificateFacts root = read_certificate(ca.certificate_pem).value();
  CHECK(root.common_name == "某省医保 CA");
  CHECK(root.serial_hex == "1234");
  CHECK(root.is_ca);
  CHECK(root.valid_from == WallTime{noon.ms - hour_ms});
  CHECK(root.valid_until == WallTime{noon.ms + 3650LL * 24 * hour_ms});
  CHECK(root.sha256_hex.size() == 64);
  CHECK(root.sha256_hex == sha256_fingerprint(ca.certificate_pem).value());
  CHECK(root.sm3_hex == sm3_fingerprint(ca.certificate_pem).value());
  CHECK(root.sm3_hex != root.sha256_hex);

  const SigningRequest request = make_signing_request("what the till calls itself").value();
  const std::string till = issue_client(ca, request.csr_pem, "till-7", 0xFFFF'FFFF'FFFF'FFFF, noon, 30).value();
  const CertificateFacts facts = read_certificate(till).value();
  CHECK(facts.common_name == "till-7");
  CHECK(facts.serial_hex == "ffffffffffffffff");
  CHECK(!facts.is_ca);
}

TEST_CASE("fingerprints agree with other people's") {
  // A certificate made elsewhere; the digests are of `openssl x509 -outform DER | openssl dgst -sha256` and `-sm3`.
  const std::string pem = contents("tests/http/known.pem");
  CHECK(sha256_fingerprint(pem).value() == "c1175623e659bcfeb2f5ea91d3040f3c3938a65802ea82ee2ede0bed503fb934");
  CHECK(sm3_fingerprint(pem).value() == "0a0a554fcf4b24e6c3d8b2bfc63b1ccf6181d8e1a8fdfe987f7f725f8b88ff2c");
}

TEST_CASE("only a CA issues, only a sound request is signed, only a usable name is taken") {
  const Identity ca = make_ca("CA", 1, noon, 10).value();
  const Identity other = make_ca("Other", 2, noon, 10).value();
  const Identity server = issue_server(ca, {"localhost"}, 3, noon, 10).value();
  const SigningRequest request = make_signing_request("till").value();
  const auto issue = [&](const Identity& by, const std::string& csr, const std::string& name) {
    const auto issued = issue_client(by, csr, name, 4, noon, 10);
    return issued.has_value() ? std::string_view("issued") : issued.error().text->code;
  };
  CHECK(issue(ca, request.csr_pem, "till") == "issued");
  CHECK(issue(server, request.csr_pem, "till") == "G5141");
  CHECK(issue({ca.certificate_pem, other.key_pem}, request.csr_pem, "till") == "G5141");
  CHECK(issue({"", ca.key_pem}, request.csr_pem, "till") == "G5141");
  CHECK(issue(ca, "", "till") == "G5142");
  CHECK(issue(ca, contents("tests/http/rsa.csr"), "till") == "G5142");       // not P-256
  CHECK(issue(ca, contents("tests/http/tampered.csr"), "till") == "G5142");  // its signature does not hold
  CHECK(issue(ca, request.csr_pem, "") == "G5142");
  CHECK(issue(ca, request.csr_pem, std::string(65, 'x')) == "G5142");
  CHECK(issue(ca, request.csr_pem, std::string("till\0admin", 10)) == "G5142");
  CHECK(issue_server(ca, {}, 5, noon, 10).has_error());
  CHECK(issue_server(ca, {"a.example,DNS:bank.example"}, 5, noon, 10).has_error());
  CHECK(make_ca("", 1, noon, 10).has_error());
  CHECK(make_signing_request("\xFF").has_error());
  CHECK(read_certificate("rubbish").has_error());
  CHECK(sm3_fingerprint(request.csr_pem).has_error());
}

TEST_CASE("keys are made anew each time") {
  const SigningRequest one = make_signing_request("till").value();
  const SigningRequest two = make_signing_request("till").value();
  CHECK(one.key_pem.reveal() != two.key_pem.reveal());
  CHECK(one.key_pem.reveal().starts_with("-----BEGIN PRIVATE KEY-----"));
}

TEST_CASE("a private file is its owner's only, and is replaced whole") {
  const std::string path = pki().file("private.key");
  REQUIRE(write_private_file(path, "first").has_value());
  REQUIRE(write_private_file(path + ".new", "left by a crash").has_value());
  REQUIRE(write_private_file(path, "second").has_value());
  CHECK(contents(path) == "second");
  CHECK(!std::filesystem::exists(path + ".new"));
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);

  const auto failed = write_private_file("/nonexistent/private.key", "text");
  REQUIRE(failed.has_error());
  CHECK(failed.error().text == &troubles::file_not_written);
  CHECK(failed.error().path == "/nonexistent/private.key");
}
