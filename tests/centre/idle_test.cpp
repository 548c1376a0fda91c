// A till that has nothing to send and asks every few seconds: what it costs the ledger.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>

#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

using namespace std::chrono_literals;

WallTime contact_of(const TestTill& till) {
  WallTime at;
  auto& ledger = till.centre.service->ledger();
  REQUIRE(ledger.transaction([&] { at = ledger.find_terminal(till.enrolled.terminal)->last_contact; }).has_value());
  return at;
}

// By name; without the index of the write-ahead log, which is memory.
std::map<std::string, std::string> files_of(const TestCentre& centre) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(centre.folder.path)) {
    if (!entry.is_regular_file() || entry.path().string().ends_with("-shm")) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().string()] = {std::istreambuf_iterator<char>(in), {}};
  }
  return files;
}

// A till that has sent a sale and has heard everything.
struct Quiet {
  Quiet() {
    till.append(till.sale(*till.person(chen_wei), {Money::yuan(10)}));
    till.sync();
    till.sync();
    REQUIRE(till.acknowledged == 1);
  }
  TestCentre centre;
  TestTill till{centre, pharmacy};
};

}  // namespace

TEST_CASE("a till that has nothing to send leaves the ledger as it is, but for its contact twice a minute") {
  Quiet quiet;
  const WallTime since = quiet.centre.clock.wall();
  quiet.till.sync();
  REQUIRE(contact_of(quiet.till) == since);
  const auto files = files_of(quiet.centre);
  for (int i = 0; i < 14; ++i) {
    quiet.centre.clock.advance(2s);
    quiet.till.sync();
  }
  CHECK(contact_of(quiet.till) == since);
  CHECK((files_of(quiet.centre) == files));
  quiet.centre.clock.advance(2s);
  quiet.till.sync();
  CHECK(contact_of(quiet.till) == since.plus(30s));

  // Whatever it brings is kept at once, and the contact with it.
  quiet.centre.clock.advance(2s);
  quiet.till.append(quiet.till.sale(*quiet.till.person(chen_wei), {Money::yuan(10)}));
  quiet.till.sync();
  CHECK(contact_of(quiet.till) == quiet.centre.clock.wall());
}

TEST_CASE("under a head that was verified before, another signature is still looked at") {
  Quiet quiet;
  auto request = quiet.till.sync_request();
  REQUIRE(request.entries.empty());
  REQUIRE(quiet.till.send(request).status == 200);
  REQUIRE(quiet.till.send(request).status == 200);
  request.head_signature[5] ^= 1U;
  const auto answer = quiet.till.send(request);
  CHECK(answer.status == 423);
  CHECK(code_of(answer) == "quarantined");
}

}  // namespace gongji::centre
