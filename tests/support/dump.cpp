#include "tests/support/dump.h"

#include <sqlite3.h>

#include <catch2/catch.hpp>

namespace gongji::tests {

std::string dump(const std::filesystem::path& file, const std::string& vfs, const std::string& but) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs.c_str()) == SQLITE_OK);
  std::string text;
  const auto collect = [](void* out, int count, char** values, char**) {
    for (int i = 0; i < count; ++i) *static_cast<std::string*>(out) += std::string(values[i] ? values[i] : "-") + "|";
    *static_cast<std::string*>(out) += "\n";
    return 0;
  };
  const std::string rows = R"sql(
    SELECT 'SELECT ' || group_concat('quote(' || c.name || ')') || ' FROM ' || t.name || ' ORDER BY ' ||
           group_concat(c.name)
    FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table' AND c.name != ')sql" +
                           but + R"sql(' GROUP BY t.name ORDER BY t.name)sql";
  std::string queries;
  REQUIRE(sqlite3_exec(handle, rows.c_str(), collect, &queries, nullptr) == SQLITE_OK);
  for (std::size_t begin = 0; begin < queries.size();) {
    const std::size_t end = queries.find("|\n", begin);
    REQUIRE(sqlite3_exec(handle, queries.substr(begin, end - begin).c_str(), collect, &text, nullptr) == SQLITE_OK);
    begin = end + 2;
  }
  REQUIRE(sqlite3_close(handle) == SQLITE_OK);
  return text;
}

}  // namespace gongji::tests
