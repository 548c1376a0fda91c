// The forms of a report.
#include <nlohmann/json.hpp>

#include "offline/replay/chart.h"
#include "offline/replay/claim_table.h"
#include "offline/replay/print.h"
#include "offline/replay/troubles.h"
#include "offline/replay/words.h"
#include "tests/replay/fixtures.h"
#include "tests/replay/year_of_sales.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

replay::Report some_report(const std::optional<std::filesystem::path>& table = {}) {
  Scratch scratch;
  write_text(scratch / "claims", sales_text({8, 400}));
  replay::Request request;
  request.input = scratch / "claims";
  request.table = table;
  auto report = replay::run(version(draft), version(final_text), request);
  REQUIRE(report);
  return *report;
}

// Whether all elements are closed in turn: enough of XML for a page that is written as XML.
bool is_well_formed(const std::string& page) {
  std::vector<std::string> open;
  std::size_t at = page.find("<html");
  while (at != std::string::npos) {
    const std::size_t end = page.find('>', at);
    if (end == std::string::npos) return false;
    const std::string tag = page.substr(at + 1, end - at - 1);
    if (tag.find('<') != std::string::npos) return false;
    const std::string name = tag.substr(0, tag.find_first_of(" \n/", 1));
    if (tag[0] == '/') {
      if (open.empty() || "/" + open.back() != tag) return false;
      open.pop_back();
    } else if (tag.back() != '/') {
      open.push_back(name);
    }
    at = page.find('<', end);
  }
  return open.empty();
}

}  // namespace

TEST_CASE("the page is well-formed, needs nothing from elsewhere and no scripts, and names nobody") {
  const replay::Report report = some_report();
  for (const Language language : {Language::zh, Language::en}) {
    const std::string page = report_html(report, language);
    CHECK(is_well_formed(page));
    CHECK_FALSE(is_well_formed(page.substr(0, page.size() - 9)));
    for (const char* barred : {"http:", "https:", "//", "src=", "href=", "url(", "@import", "<script", "javascript"}) {
      CHECK(page.find(barred) == std::string::npos);
    }
    CHECK(page.find("999999") == std::string::npos);
    CHECK(page.find("prefers-color-scheme: dark") != std::string::npos);
    CHECK(page.find("<svg") != std::string::npos);
    CHECK(page.size() < 300'000);
  }
  CHECK(report_html(report, Language::zh).find("起付标准") != std::string::npos);
  CHECK(report_html(report, Language::en).find("deductible") != std::string::npos);
}

TEST_CASE("texts of claims cannot break the page") {
  settlement::Claim claim = gongji::testing::plain_claim();
  claim.visit.benefit = "</td><script>";
  const std::string page = report_html(replayed(draft, final_text, {claim}), Language::en);
  CHECK(is_well_formed(page));
  CHECK(page.find("<script") == std::string::npos);
}

TEST_CASE("the table has a row a claim, adds up to the report and names nobody") {
  Scratch scratch;
  const replay::Report report = some_report(scratch / "table.csv");
  const std::string text = content_of(scratch / "table.csv");
  CHECK(text.find("999999") == std::string::npos);
  std::size_t rows = 0, at = text.find('\n') + 1;
  const std::string head = text.substr(0, at - 1);
  const auto columns = std::count(head.begin(), head.end(), ',');
  std::int64_t difference = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    const std::string row = text.substr(at, end - at);
    CHECK(std::count(row.begin(), row.end(), ',') == columns);
    std::string last = row.substr(row.rfind(',') + 1);
    last.erase(last.find('.'), 1);
    difference += std::stoll(last);
    ++rows;
    at = end + 1;
  }
  CHECK(rows == report.total.claims);
  CHECK(difference == report.total.difference().in_fen());
}

TEST_CASE("ids with commas, quotes and formulas stay one harmless cell") {
  Scratch scratch;
  auto table = replay::ClaimTable::make(scratch / "t.csv");
  REQUIRE(table);
  replay::ClaimRow row;
  row.id = "a,\"b\"";
  row.category = "=1+1";
  REQUIRE(table->add(row));
  REQUIRE(table->finish());
  const std::string text = content_of(scratch / "t.csv");
  CHECK(text.find("\n\"a,\"\"b\"\"\",1970-01-01 00:00:00,\"'=1+1\",") != std::string::npos);
  const auto nowhere = replay::ClaimTable::make(scratch / "no" / "t.csv");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().text == &replay::troubles::unwritable);
}

TEST_CASE("JSON holds the whole report in whole fen") {
  const replay::Report report = some_report();
  const auto document = nlohmann::json::parse(report_json(report));
  CHECK(document["format"] == "gongji.replay.v1");
  CHECK(document["total"]["base"]["fund"] == report.total.base.shares.fund.in_fen());
  CHECK(document["total"]["fund_difference"] == report.total.difference().in_fen());
  CHECK(document["clauses"].size() == report.clauses.size());
  CHECK(document["histogram"].size() == report.histogram.size());
  CHECK(document["persons"] == report.persons);
}

TEST_CASE("the summary tells both versions and the difference, and an empty one says so") {
  const replay::Report report = some_report();
  const std::string text = summary_text(report, Language::en);
  CHECK(text.find(replay::grouped(report.total.base.shares.fund)) != std::string::npos);
  CHECK(text.find(replay::signed_grouped(report.total.difference())) != std::string::npos);
  CHECK(summary_text(report, Language::zh).find("统筹基金") != std::string::npos);
  const replay::Report empty = replayed(draft, final_text, {});
  CHECK(summary_text(empty, Language::en).find("0 claims of 0 persons") != std::string::npos);
  CHECK(is_well_formed(report_html(empty, Language::en)));
}

TEST_CASE("percentages are rounded half away from zero by whole numbers") {
  using replay::percent;
  CHECK(percent(Money::fen(1), Money::fen(3)) == "33.33%");
  CHECK(percent(Money::fen(2), Money::fen(3)) == "66.67%");
  CHECK(percent(Money::fen(-1), Money::fen(8)) == "-12.50%");
  CHECK(percent(Money::fen(1), Money::fen(20'000)) == "0.01%");
  CHECK(percent(Money::fen(5), Money()) == "–");
  CHECK(replay::grouped(Money::fen(-123'456'789)) == "-1,234,567.89");
  CHECK(replay::signed_grouped(Money::fen(100)) == "+1.00");
  CHECK(replay::grouped(std::uint64_t{1'000}) == "1,000");
}
