// The three forms of the report print the same cells.
#include "offline/reconcile/print.h"

#include <catch2/catch.hpp>

#include <regex>

#include "offline/base/columns.h"
#include "offline/reconcile/site_file.h"
#include "offline/reconcile/troubles.h"
#include "tests/reconcile/sides.h"
#include "tests/support/print_trouble.h"

using namespace gongji;
using namespace gongji::reconcile;
using gongji::tests::amounts;
using gongji::tests::line;
using gongji::tests::side;

namespace {

// A day with one difference of each kind, in two groups.
Reconciliation bad_day() {
  Line other_amounts = line(4), other_group = line(6), again = line(8), pharmacy = line(9);
  other_amounts.amounts = amounts(1'000, 208, 30, 4);
  other_group.group = {"390", "11"};
  again.msgid = line(7).msgid;
  pharmacy.group = {"310", "41"};
  pharmacy.msgid = "=HYPERLINK(\"x\"),<b>&\nnext";
  return compare(
      side({line(1), line(2, State::unsent), line(4), line(5), line(6), line(7), again, pharmacy}),
      side({line(1), line(3), other_amounts, line(5, State::cancelled), other_group, line(7), again, pharmacy}));
}

// Amounts and counts of a text, in order.
std::vector<std::string> figures(const std::string& text) {
  static const std::regex figure(R"re((^|[^\w.:/-])(-?\d+\.\d\d)(?![\d.]))re");
  std::vector<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), figure), end; at != end; ++at) out.push_back((*at)[2]);
  return out;
}

}  // namespace

TEST_CASE("text, CSV and HTML give the same figures in the same order, in both languages") {
  const Reconciliation day = bad_day();
  std::vector<std::string> zh_figures;
  for (const Language language : {Language::zh, Language::en}) {
    const Sheet sheet = sheet_of(day, {Desk::till, "till.toml", "http://127.0.0.1:8471", ""}, language);
    std::vector<std::string> cells;
    for (const Table& table : sheet.tables) {
      REQUIRE(table.rows.size() > 3);
      for (const Row& row : table.rows) {
        REQUIRE(row.cells.size() == table.columns.size());
        REQUIRE(row.notes.size() == table.notes.size());
        for (std::size_t i = table.columns.size() - 5; i < table.columns.size(); ++i) cells.push_back(row.cells[i]);
      }
    }
    CHECK(cells.size() > 100);
    CHECK(figures(to_text(sheet)) == cells);
    CHECK(figures(to_csv(sheet)) == cells);
    CHECK(figures(to_html(sheet)) == cells);
    if (language == Language::zh) zh_figures = cells;
    CHECK(cells == zh_figures);
  }
}

TEST_CASE("the totals that are printed are what the printed lines add up to") {
  const Sheet sheet = sheet_of(bad_day(), {}, Language::en);
  const auto amount_of = [](const Row& row, std::size_t from_end) {
    const std::string& text = row.cells[row.cells.size() - from_end];
    const bool negative = text.starts_with('-');
    const Money money = *parse_money(text.substr(negative ? 1 : 0));
    return negative ? -money : money;
  };
  for (std::size_t column = 1; column <= 5; ++column) {
    Money till, centre, differences;
    for (const Row& row : sheet.tables[1].rows) {
      const std::string &of = row.cells[7], &state = row.cells[8];
      if (state == "cancelled" || state == "paper") continue;
      if (of != "centre") till += amount_of(row, column);
      if (of != "till") centre += amount_of(row, column);
    }
    for (const Row& row : sheet.tables[2].rows) differences += amount_of(row, column);
    const auto& totals = sheet.tables[0].rows;
    CHECK(amount_of(totals[totals.size() - 3], column) == till);
    CHECK(amount_of(totals[totals.size() - 2], column) == centre);
    CHECK(amount_of(totals[totals.size() - 1], column) == centre - till);
    CHECK(differences == centre - till);
  }
}

TEST_CASE("columns stand in line, whatever language is in them, and amounts end in line") {
  for (const Language language : {Language::zh, Language::en}) {
    const std::string text = to_text(sheet_of(bad_day(), {}, language));
    std::size_t amounts_end = 0, seen = 0;
    std::string line;
    for (std::istringstream in(text); std::getline(in, line);) {
      static const std::regex total_row(R"re(^  .* -?\d+ .*\.\d\d$)re");
      const bool is_total = std::regex_match(line, total_row) && line.find("T-000001") == std::string::npos;
      if (!is_total) continue;
      if (amounts_end == 0) amounts_end = display_width(line);
      CHECK(display_width(line) == amounts_end);
      ++seen;
    }
    CHECK(seen >= 9);
  }
}

TEST_CASE("a page and a table carry nothing that a browser or a spreadsheet would run or fetch") {
  const Sheet sheet = sheet_of(bad_day(), {Desk::till, "till.toml", "http://127.0.0.1:8471", ""}, Language::zh);
  const std::string page = to_html(sheet);
  for (const char* forbidden : {"<script", "<link", "<img", "src=", "href=", "@import", "url(", "<b>"}) {
    CHECK(page.find(forbidden) == std::string::npos);
  }
  CHECK(page.find("&lt;b&gt;&amp;") != std::string::npos);
  const std::string table = to_csv(sheet);
  CHECK(table.starts_with("\xEF\xBB\xBF"));
  CHECK(table.find(",\"'=HYPERLINK(\"\"x\"\"),<b>&\nnext\"") != std::string::npos);
  CHECK(table.find(",=HYPERLINK") == std::string::npos);
}

TEST_CASE("a side comes back from its file as it was") {
  Side all = side({line(1), line(2, State::cancel_unsent), line(3, State::paper)}, 7);
  all.lines[0].msgid = "with, \"quotes\"\nand a line";
  const std::string text = write_site_file(all, "T-000001");
  const auto back = read_site_file(text);
  REQUIRE(back);
  CHECK(back->terminal == "T-000001");
  CHECK(back->side.lines == all.lines);
  CHECK(back->side.day == all.day);
  CHECK(back->side.fixmedins_code == all.fixmedins_code);
  CHECK(back->side.epoch == 7);
  CHECK(read_site_file("\xEF\xBB\xBF" + text));  // as a spreadsheet saves it
}

TEST_CASE("a file of lines that is not as it must be is refused, and the line is named") {
  const std::string good = write_site_file(side({line(1)}), "T-000001");
  const auto changed = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  const std::pair<std::string, std::string> bad[] = {
      {"", "line 1"},
      {changed("gongji-lines,1", "gongji-lines,2"), "line 1"},
      {changed("2026-11-20", "2026-11-31"), "line 1"},
      {changed("medfee", "total"), "line 2"},
      {changed("accepted", "perhaps"), "line 3"},
      {changed("10.01", "10.1x"), "line 3"},
      {changed("10.01", "10.02"), "line 3"},  // the payers do not make the total
      {changed("T-000001,1,1", "T-000001,0,1"), "line 3"},
      {good + "\"", "line 4"},
      {good.substr(0, good.size() - 8), "line 3"}};
  for (const auto& [text, where] : bad) {
    INFO(text);
    const auto read = read_site_file(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().text == &troubles::site_file_invalid);
    CHECK(read.error().path == where);
  }
}
