// The files of a till's certificate while the next one takes its place.
#include "terminal/certificate/certificate_files.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "sync/http/certificates.h"
#include "sync/http/tls.h"
#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

namespace gongji::terminal {
namespace {

const WallTime start{1'795'141'875'000};
constexpr int days = 365;
constexpr std::chrono::hours day{24};

struct Folder {
  Folder() {
    ca = http::make_ca("test root", 1, start, 3'650).value();
    const auto request = http::make_signing_request("till").value();
    write("ca.pem", ca.certificate_pem);
    write("key.pem", request.key_pem.reveal());
    write("certificate.pem", http::issue_client(ca, request.csr_pem, "T-000001", 2, start, days).value());
  }
  void write(const std::string& name, const std::string& text) const {
    REQUIRE(http::write_private_file((scratch / name).string(), text));
  }
  std::string read(const std::string& name) const {
    std::ifstream in(scratch / name);
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
  }
  bool fits() const {
    const http::TlsClient tls{(scratch / "ca.pem").string(), (scratch / "certificate.pem").string(),
                              (scratch / "key.pem").string(), "", ""};
    return http::check_tls(tls).has_value() && !std::filesystem::exists(scratch / "key.next.pem") &&
           !std::filesystem::exists(scratch / "certificate.next.pem");
  }
  std::string issue(const std::string& csr_pem) const {
    return http::issue_client(ca, csr_pem, "T-000001", 3, start.plus(day * 200), days).value();
  }

  tests::Scratch scratch;
  http::Identity ca;
};

}  // namespace

TEST_CASE(
    "a fleet that was enrolled on one day renews spread over a third of the certificates' life, well before its end") {
  std::set<std::int64_t> moments;
  const WallTime until = start.plus(day * days);
  for (int i = 0; i < 500; ++i) {
    const WallTime moment = renewal_moment(start, until, "T-" + std::to_string(i));
    CHECK(moment >= start.plus(day * days / 2));
    CHECK(moment <= until.plus(-(day * days / 6)));
    moments.insert(moment.ms);
  }
  CHECK(moments.size() > 490);
}

TEST_CASE("a renewed pair takes the place of the one before, and one that does not fit leaves it") {
  const Folder folder;
  CertificateFiles files(folder.scratch.path(), "T-000001");
  CHECK_FALSE(files.renewal_due(start.plus(day * 30)).has_value());
  const WallTime late = start.plus(day * 330);
  const auto csr = files.renewal_due(late);
  REQUIRE(csr.has_value());
  CHECK(files.renewal_due(late) == csr);  // the same until it was answered
  const std::string before = folder.read("certificate.pem");

  const auto other = http::make_signing_request("till").value();
  CHECK_FALSE(files.take(folder.issue(other.csr_pem)));
  CHECK(folder.read("certificate.pem") == before);
  CHECK(folder.fits());

  const auto again = files.renewal_due(late);
  REQUIRE(again.has_value());
  CHECK(again != csr);
  const std::string next = folder.issue(*again);
  CHECK(files.take(next));
  CHECK(folder.read("certificate.pem") == next);
  CHECK(folder.fits());
  CHECK_FALSE(files.renewal_due(start.plus(day * 250)).has_value());
  CHECK_FALSE(files.take(next));  // nobody asked
}

TEST_CASE("whatever a crash leaves of an exchange is made whole at the next start") {
  const auto request = http::make_signing_request("till").value();
  // Written so far, in the order of an exchange; then the two renames.
  for (int step = 0; step <= 3; ++step) {
    CAPTURE(step);
    const Folder folder;
    const std::string before = folder.read("certificate.pem"), next = folder.issue(request.csr_pem);
    if (step == 0) folder.write("key.next.pem", request.key_pem.reveal());
    if (step == 1 || step == 2) folder.write("certificate.next.pem", next);
    if (step == 1) folder.write("key.next.pem", request.key_pem.reveal());
    if (step == 2) folder.write("key.pem", request.key_pem.reveal());
    if (step == 3) folder.write("certificate.next.pem", "cut short");
    if (step == 3) folder.write("key.next.pem", request.key_pem.reveal());
    REQUIRE(CertificateFiles(folder.scratch.path(), "T-000001").finish_exchange());
    CHECK(folder.fits());
    CHECK(folder.read("certificate.pem") == (step == 1 || step == 2 ? next : before));
  }
}

TEST_CASE("roots are taken where they go on from those that are believed, and never such that the till is cut off") {
  const Folder folder;
  const CertificateFiles files(folder.scratch.path(), "T-000001");
  const auto next = http::make_ca("next root", 7, start, 3'650).value();
  const std::string before = folder.read("ca.pem");
  CHECK(files.take_roots({next.certificate_pem}));
  CHECK(folder.read("ca.pem") == before);
  CHECK(files.take_roots({"no certificate", before}));
  CHECK(folder.read("ca.pem") == before);
  CHECK(files.take_roots({before, next.certificate_pem}));
  CHECK(folder.read("ca.pem") == before + next.certificate_pem);
  // The root that signs stands first: where it is another, the certificate is renewed before its time.
  CertificateFiles till(folder.scratch.path(), "T-000001");
  CHECK_FALSE(till.renewal_due(start.plus(day)).has_value());
  CHECK(files.take_roots({next.certificate_pem, before}));
  CHECK(till.renewal_due(start.plus(day)).has_value());
  CHECK(files.take_roots({next.certificate_pem}));
  CHECK(folder.read("ca.pem") == next.certificate_pem);
}

}  // namespace gongji::terminal
