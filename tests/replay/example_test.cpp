// The worked example of docs/replay is what the program says today.
#include <cstdlib>

#include "offline/replay/print.h"
#include "tests/replay/fixtures.h"
#include "tests/replay/year_of_sales.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("the worked example of a year of 100,000 sales is reproduced byte for byte") {
  const replay::Version base = version(draft), other = version(final_text);
  replay::Replay replay(base, other);
  SalesOfAYear sales({2022, 100'000});
  for (settlement::Claim claim; sales.next(claim);) REQUIRE(replay.add(claim, claim.person.psn_no));
  const replay::Report report = replay.finish();
  require_sums(report);

  const std::filesystem::path folder = "docs/replay";
  CHECK((report_json(report) == content_of(folder / "wuhan-draft-against-final.json")));
  CHECK((report_html(report, Language::zh) == content_of(folder / "wuhan-draft-against-final.html")));
  CHECK((report_html(report, Language::en) == content_of(folder / "wuhan-draft-against-final.en.html")));
}
