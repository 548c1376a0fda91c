// A refund as the local interface sends it.
#include "terminal/checkout/refund_draft.h"

#include <catch2/catch.hpp>

#include "sync/protocol/fsi_troubles.h"
#include "sync/protocol/text_json.h"

using namespace gongji;
using namespace gongji::terminal;

namespace {

Result<RefundDraft> draft_of(std::string_view text) {
  const auto body = protocol::parse_text_json(text);
  REQUIRE(body.has_value());
  RefundDraft draft;
  if (auto done = refund_from_json(*body, draft); !done) return done.error();
  return draft;
}

std::string path_of(std::string_view text) {
  const auto draft = draft_of(text);
  REQUIRE(draft.has_error());
  return draft.error().path;
}

}  // namespace

TEST_CASE("a quantity has at most four decimals, and is never negative") {
  CHECK(parse_quantity("2") == settlement::Quantity{20'000});
  CHECK(parse_quantity("0.5") == settlement::Quantity{5'000});
  CHECK(parse_quantity("0.0001") == settlement::Quantity{1});
  CHECK(parse_quantity("9999999999") == settlement::Quantity{99'999'999'990'000});
  for (const char* wrong : {"", ".", "1.", ".5", "-1", "+1", "1.00001", "1e3", "1,5", " 1", "10000000000", "1.5.2"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_quantity(wrong));
  }
}

TEST_CASE("a refund names what is kept or what comes back, and nothing else") {
  const auto kept = draft_of(R"({"opter":"01","kept":[{"feedetl_sn":"2","cnt":1},{"feedetl_sn":"3","cnt":"0.5"}]})");
  REQUIRE(kept.has_value());
  CHECK_FALSE(kept->lines_come_back);
  CHECK(kept->lines == std::vector<settlement::KeptLine>{{"2", {10'000}}, {"3", {5'000}}});
  CHECK(kept->opter == "01");
  CHECK(kept->reason == "customer");
  const auto returned = draft_of(R"({"reason":"damaged","returned":[{"feedetl_sn":"1","cnt":2}]})");
  REQUIRE(returned.has_value());
  CHECK(returned->lines_come_back);
  CHECK(returned->reason == "damaged");

  CHECK(path_of("[]").empty());
  CHECK(path_of("{}") == "kept");
  CHECK(path_of(R"({"kept":[],"returned":[]})") == "kept");
  CHECK(path_of(R"({"kept":[],"amount":"1"})") == "amount");
  CHECK(path_of(R"({"kept":{}})") == "kept");
  CHECK(path_of(R"({"returned":[1]})") == "returned[0]");
  CHECK(path_of(R"({"kept":[{"feedetl_sn":"1"}]})") == "kept[0].cnt");
  CHECK(path_of(R"({"kept":[{"cnt":"1"}]})") == "kept[0].feedetl_sn");
  CHECK(path_of(R"({"kept":[{"feedetl_sn":"1","cnt":"-1"}]})") == "kept[0].cnt");
  CHECK(path_of(R"({"kept":[{"feedetl_sn":"1","cnt":1,"pric":"1"}]})") == "kept[0].pric");
  std::string many = R"({"kept":[)";
  for (std::size_t i = 0; i <= settlement::lines_max; ++i) {
    many += std::string(i == 0 ? "" : ",") + R"({"feedetl_sn":")" + std::to_string(i) + R"(","cnt":1})";
  }
  const auto too_many = draft_of(many + "]}");
  REQUIRE(too_many.has_error());
  CHECK(too_many.error().text == &protocol::fsi_troubles::too_many_lines);
}
