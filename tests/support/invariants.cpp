#include "tests/support/invariants.h"

#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "offline/base/check.h"
#include "offline/record/entry.h"

namespace gongji::tests {

namespace {

void entry_text(sqlite3_context* context, int, sqlite3_value** values) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values[0]));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(values[0]));
  const auto text = record::public_text({bytes, size});
  if (!text) return sqlite3_result_error(context, "not an entry", -1);
  sqlite3_result_text(context, text->data(), static_cast<int>(text->size()), SQLITE_TRANSIENT);
}

// (name, query) in the order of the file; what is run once comes first, without a name.
std::vector<std::pair<std::string, std::string>> queries() {
  std::ifstream in("tests/support/invariants.sql");
  GONGJI_CHECK(in.good());
  std::vector<std::pair<std::string, std::string>> out(1);
  const std::string mark = "-- name: ";
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with(mark)) {
      out.emplace_back(line.substr(mark.size()), "");
    } else {
      out.back().second += line + "\n";
    }
  }
  GONGJI_CHECK(out.size() == 1 + 7);  // a file that cannot be read must not hold everything
  return out;
}

// The parts of a query, which `UNION ALL` at the beginning of a line joins: one that asks of the centre alone has the
// same answer for each till, while nothing is written there.
bool is_of_the_centre(const std::string& part) {
  return part.find("till.") == std::string::npos && part.find("signed") == std::string::npos &&
         part.find("answered") == std::string::npos;
}

struct Parts {
  std::string of_the_centre, of_a_till;
};

Parts parts_of(const std::string& query) {
  static const std::string joint = "\nUNION ALL\n";
  Parts parts;
  const std::string whole = query.substr(0, query.rfind(';'));
  for (std::size_t begin = 0; begin != std::string::npos;) {
    const std::size_t end = whole.find(joint, begin);
    const std::string part = whole.substr(begin, end == std::string::npos ? end : end - begin);
    std::string& to = is_of_the_centre(part) ? parts.of_the_centre : parts.of_a_till;
    to += (to.empty() ? "" : joint) + part;
    begin = end == std::string::npos ? end : end + joint.size();
  }
  return parts;
}

std::string read_only(const std::filesystem::path& file) {
  return "file:" + file.string() + "?mode=ro";
}

}  // namespace

class Invariants::Database {
 public:
  explicit Database(const std::string& file) {
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_URI;
    GONGJI_CHECK(sqlite3_open_v2(file.c_str(), &handle_, flags, nullptr) == SQLITE_OK);
    sqlite3_busy_timeout(handle_, 5'000);
    sqlite3_create_function_v2(handle_, "entry_text", 1, SQLITE_UTF8, nullptr, entry_text, nullptr, nullptr, nullptr);
  }
  ~Database() { sqlite3_close(handle_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // The rows, columns as text.
  std::vector<std::vector<std::string>> run(const std::string& sql, const std::vector<std::string>& values = {}) {
    sqlite3_stmt* const statement = prepared(sql);
    auto rows = run(statement, values);
    sqlite3_finalize(statement);
    return rows;
  }

  void run_for_each(const std::string& sql, const std::vector<std::vector<std::string>>& rows) {
    sqlite3_stmt* const statement = prepared(sql);
    for (const auto& values : rows) run(statement, values);
    sqlite3_finalize(statement);
  }

 private:
  sqlite3_stmt* prepared(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    GONGJI_CHECK_WHY(sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK,
                     sqlite3_errmsg(handle_));
    return statement;
  }

  std::vector<std::vector<std::string>> run(sqlite3_stmt* statement, const std::vector<std::string>& values) {
    int place = 0;
    for (const std::string& value : values) {
      sqlite3_bind_text(statement, ++place, value.c_str(), -1, SQLITE_TRANSIENT);
    }
    std::vector<std::vector<std::string>> rows;
    int code = SQLITE_OK;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      auto& row = rows.emplace_back();
      for (int i = 0; i < sqlite3_column_count(statement); ++i) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
        row.emplace_back(text == nullptr ? "" : text);
      }
    }
    GONGJI_CHECK_WHY(code == SQLITE_DONE, sqlite3_errmsg(handle_));
    sqlite3_reset(statement);
    return rows;
  }

  sqlite3* handle_ = nullptr;
};

std::vector<OpeningCounter> opening_counters(const std::filesystem::path& ledger) {
  Invariants::Database database(":memory:");
  database.run("ATTACH ? AS centre", {read_only(ledger)});
  std::vector<OpeningCounter> out;
  for (const auto& row : database.run("SELECT person, scheme, name, since, value FROM centre.counter")) {
    out.push_back({row[0], row[1], row[2], std::stoll(row[3]), std::stoll(row[4])});
  }
  return out;
}

Invariants::Invariants(const std::filesystem::path& ledger, const std::vector<OpeningCounter>& opening)
    : database_(std::make_unique<Database>(":memory:")) {
  database_->run("ATTACH ? AS centre", {read_only(ledger)});
  database_->run(
      "CREATE TEMP TABLE answered (msgid TEXT, kind INTEGER, id TEXT, seq INTEGER, medfee INTEGER, fund INTEGER, "
      "account INTEGER, family INTEGER, cash INTEGER)");
  database_->run(
      "CREATE TEMP TABLE opening_counter (person TEXT, scheme TEXT, name TEXT, since INTEGER, value INTEGER)");
  std::vector<std::vector<std::string>> rows;
  for (const OpeningCounter& each : opening) {
    rows.push_back({each.person, each.scheme, each.name, std::to_string(each.since), std::to_string(each.value)});
  }
  database_->run_for_each("INSERT INTO opening_counter VALUES (?, ?, ?, ?, ?)", rows);
}

Invariants::~Invariants() = default;

std::vector<std::string> Invariants::broken(const std::filesystem::path& journal, const std::vector<Printed>& printed) {
  database_->run("ATTACH ? AS till", {read_only(journal)});
  std::vector<std::vector<std::string>> rows;
  for (const Printed& each : printed) {
    const auto text = [](auto number) { return std::to_string(number); };
    rows.push_back({each.msgid, text(each.kind), each.id, text(each.seq), text(each.medfee), text(each.fund),
                    text(each.account), text(each.family), text(each.cash)});
  }
  database_->run_for_each("INSERT INTO answered VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows);
  std::vector<std::string> broken;
  const bool first = !std::exchange(centre_asked_, true);
  for (const auto& [name, query] : queries()) {
    const Parts parts = name.empty() ? Parts{{}, query} : parts_of(query);
    auto& of_the_centre = of_the_centre_[name];
    if (first && !parts.of_the_centre.empty()) {
      for (const auto& row : database_->run(parts.of_the_centre)) of_the_centre.push_back(name + ": " + row[0]);
    }
    broken.insert(broken.end(), of_the_centre.begin(), of_the_centre.end());
    if (parts.of_a_till.empty()) continue;
    for (const auto& row : database_->run(parts.of_a_till)) broken.push_back(name + ": " + row[0]);
  }
  // For the next till.
  database_->run("DROP TABLE temp.signed");
  database_->run("DELETE FROM temp.answered");
  database_->run("DETACH till");
  return broken;
}

std::vector<std::string> broken_invariants(const std::filesystem::path& journal, const std::filesystem::path& ledger,
                                           const std::vector<Printed>& printed,
                                           const std::vector<OpeningCounter>& opening) {
  return Invariants(ledger, opening).broken(journal, printed);
}

}  // namespace gongji::tests
