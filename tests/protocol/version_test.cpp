#include "sync/protocol/version.h"

#include <catch2/catch.hpp>

namespace gongji::protocol {

TEST_CASE("versions are read as they are written, and nothing else is") {
  CHECK(parse_versions(to_string(spoken)) == spoken);
  CHECK(parse_versions("2") == Versions{2, 2});
  CHECK(parse_versions("1-9999") == Versions{1, 9'999});
  for (const char* wrong :
       {"", "-", "1-", "-2", "2-1", "0", "0-1", "1-10000", "1 - 2", "a", "1-2-3", "1.0", "99999999999"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_versions(wrong).has_value());
  }
}

TEST_CASE("two peers speak the highest version that both know, or none") {
  CHECK(common_version({1, 2}, {1, 2}) == 2);
  CHECK(common_version({1, 1}, {1, 2}) == 1);
  CHECK(common_version({1, 2}, {1, 1}) == 1);
  CHECK(common_version({2, 4}, {1, 3}) == 3);
  CHECK(common_version({2, 3}, {1, 1}) == std::nullopt);
  CHECK(common_version({1, 1}, {2, 3}) == std::nullopt);
}

}  // namespace gongji::protocol
