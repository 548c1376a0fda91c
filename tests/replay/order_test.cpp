// Claims come in any order and are settled in the order of service; memory grows with persons, not with claims.
#include <algorithm>

#include "offline/replay/claim_table.h"
#include "offline/replay/print.h"
#include "offline/replay/troubles.h"
#include "tests/replay/fixtures.h"
#include "tests/replay/year_of_sales.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}
std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& each : lines) text += each + "\n";
  return text;
}

Result<replay::Report> run_on(const std::filesystem::path& file) {
  replay::Request request;
  request.input = file;
  return replay::run(version(draft), version(final_text), request);
}

}  // namespace

TEST_CASE("a file's order does not matter") {
  Scratch scratch;
  const std::string text = sales_text({5, 2'000});
  write_text(scratch / "ordered", text);
  const auto ordered = run_on(scratch / "ordered");
  REQUIRE(ordered);
  CHECK(ordered->total.claims == 2'000);
  CHECK(ordered->total.difference() != Money());

  auto lines = lines_of(text);
  std::reverse(lines.begin(), lines.end());
  write_text(scratch / "reversed", joined(lines));
  std::size_t at = 1;  // a fixed shuffle
  for (std::size_t i = lines.size(); i > 1; --i) {
    at = (at * 48'271) % 2'147'483'647;
    std::swap(lines[i - 1], lines[at % i]);
  }
  write_text(scratch / "shuffled", joined(lines));
  for (const char* name : {"reversed", "shuffled"}) {
    const auto other = run_on(scratch / name);
    REQUIRE(other);
    CHECK((*other == *ordered));
  }
}

TEST_CASE("lines that are no claims are counted and named, in order or not") {
  Scratch scratch;
  auto lines = lines_of(sales_text({5, 20}));
  lines.insert(lines.begin() + 3, "{\"id\": \"x\"}");
  lines.insert(lines.begin() + 9, "");
  lines.insert(lines.begin() + 11, std::string(settlement::claim_text_bytes_max + 7, 'x'));
  write_text(scratch / "ordered", joined(lines));
  std::swap(lines[0], lines[1]);
  write_text(scratch / "swapped", joined(lines));
  for (const char* name : {"ordered", "swapped"}) {
    const auto report = run_on(scratch / name);
    REQUIRE(report);
    CHECK(report->total.claims == 20);
    CHECK(report->unusable == 2);
    REQUIRE(report->faults.size() == 2);
    CHECK((report->faults[0] == replay::Fault{"line 4", "missing", "begntime"}));
    CHECK((report->faults[1] == replay::Fault{"line 12", "out_of_range", ""}));
  }
}

TEST_CASE("what is remembered grows with persons and not with claims") {
  const replay::Version base = version(draft), other = version(final_text);
  std::size_t bytes[2] = {};
  std::uint64_t persons[2] = {};
  for (const std::uint64_t times : {1, 8}) {
    replay::Replay replay(base, other);
    SalesOfAYear sales({11, 10'000 * times, 200});
    for (settlement::Claim claim; sales.next(claim);) REQUIRE(replay.add(claim, claim.person.psn_no));
    bytes[times == 1 ? 0 : 1] = replay.state_bytes();
    persons[times == 1 ? 0 : 1] = replay.finish().persons;
  }
  REQUIRE(persons[0] == 200);
  REQUIRE(persons[1] == 200);
  CHECK(bytes[0] == bytes[1]);
  CHECK(bytes[0] < 200 * 512);
}

TEST_CASE("a generated year is the same on every machine") {
  std::uint64_t sum = 14'695'981'039'346'656'037u;  // FNV-1a
  for (const char each : sales_text({2022, 1'000})) sum = (sum ^ static_cast<unsigned char>(each)) * 1'099'511'628'211u;
  CHECK(sum == 7'774'095'263'145'688'106u);
}
