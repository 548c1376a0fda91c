#include "offline/record/feed_groups.h"

#include <rapidcheck/catch.h>

#include <catch2/catch.hpp>

#include "offline/record/troubles.h"
#include "tests/record/fixtures.h"
#include "tests/record/generators.h"

namespace gongji::record {
namespace {

Verdict plain(std::uint64_t seq) {
  Verdict verdict;
  verdict.seq = seq;
  verdict.at = WallTime{1'795'141'875'000};
  verdict.stands = {Money::fen(static_cast<std::int64_t>(seq)), Money::fen(2), Money::fen(3), Money::fen(4)};
  return verdict;
}

FeedBatch of(std::vector<FeedItem> items) {
  return {"T-1", 5, std::move(items), WallTime{1'795'141'875'001}};
}

std::size_t runs_in(const std::string& bytes) {
  std::size_t count = 0;
  for (std::size_t at = bytes.find("\"accepted\""); at != std::string::npos; at = bytes.find("\"accepted\"", at + 1)) {
    ++count;
  }
  return count;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("plain verdicts on entries that follow one another stand together, and are read as they were") {
  const FeedBatch batch = of({plain(7), plain(8), plain(9), plain(11), GrantRecall{}, plain(12)});
  const std::string bytes = encode_grouped(batch);
  CHECK(runs_in(bytes) == 3);
  CHECK(bytes.find("\"stands\":[2,4,3,7,2,4,3,8,2,4,3,9]") != std::string::npos);
  const auto read = decode_grouped_feed(bytes);
  REQUIRE(read.has_value());
  CHECK(*read == batch);
  CHECK(decode_feed(bytes).has_error());  // who knows nothing of runs is told so
  CHECK(*decode_grouped_feed(encode(batch)) == batch);
}

TEST_CASE("a verdict that says more than accepted stands alone") {
  for (const auto& change : std::vector<std::function<void(Verdict&)>>{
           [](Verdict& v) { v.kind = VerdictKind::adjusted; },
           [](Verdict& v) { v.reason = "fund_recomputed"; },
           [](Verdict& v) { v.article = "一"; },
           [](Verdict& v) { v.difference.cash = Money::fen(-1); },
           [](Verdict& v) { v.counted.emplace(); },
       }) {
    Verdict other = plain(8);
    change(other);
    const FeedBatch batch = of({plain(7), other, plain(9)});
    const std::string bytes = encode_grouped(batch);
    CHECK(runs_in(bytes) == 2);
    CHECK(*decode_grouped_feed(bytes) == batch);
  }
  // Another epoch, another moment, another entry: a run of its own.
  for (const auto& change : std::vector<std::function<void(Verdict&)>>{
           [](Verdict& v) { v.epoch = 2; },
           [](Verdict& v) { v.at.ms += 1; },
           [](Verdict& v) { v.seq = 10; },
       }) {
    Verdict other = plain(8);
    change(other);
    const FeedBatch batch = of({plain(7), other});
    CHECK(runs_in(encode_grouped(batch)) == 2);
    CHECK(*decode_grouped_feed(encode_grouped(batch)) == batch);
  }
}

TEST_CASE("any feed with runs decodes to what it was made of") {
  rc::prop("decode_grouped_feed(encode_grouped(f)) == f", [] {
    FeedBatch batch = any::feed();
    const auto first = *rc::gen::inRange<std::uint64_t>(1, 1000);
    const auto count = *rc::gen::inRange<std::uint64_t>(0, 6);
    for (std::uint64_t i = 0; i < count; ++i) batch.items.emplace_back(plain(first + i));
    const std::string bytes = encode_grouped(batch);
    const auto read = decode_grouped_feed(bytes);
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == batch);
    RC_ASSERT(encode_grouped(*read) == bytes);
    RC_ASSERT(*decode_grouped_feed(encode(batch)) == batch);
  });
}

TEST_CASE("a run that is not whole is refused") {
  const std::string bytes = encode_grouped(of({plain(7), plain(8)}));
  REQUIRE(decode_grouped_feed(bytes).has_value());
  CHECK(decode_grouped_feed(replaced(bytes, ",8]", "]")).has_error());
  CHECK(decode_grouped_feed(replaced(bytes, "[2,4,3,7,2,4,3,8]", "[]")).has_error());
  CHECK(decode_grouped_feed(replaced(bytes, "[2,", "[-2,")).has_error());
  CHECK(decode_grouped_feed(replaced(bytes, "\"seq\":7", "\"seq\":0")).has_error());
  CHECK(decode_grouped_feed(replaced(bytes, "\"seq\":7", "\"seq\":9007199254740991")).has_error());
  CHECK(decode_grouped_feed(replaced(bytes, "\"stands\"", "\"stood\"")).has_error());
  CHECK(decode_grouped_feed(bytes.substr(0, bytes.size() - 1)).has_error());
  // Few bytes do not become any number of verdicts.
  std::string many = "[0,0,0,0";
  for (std::size_t i = 1; i < grouped_items_max; ++i) many += ",0,0,0,0";
  const std::string full = replaced(bytes, "[2,4,3,7,2,4,3,8", many);
  CHECK(decode_grouped_feed(full)->items.size() == grouped_items_max);
  CHECK(decode_grouped_feed(replaced(full, "[0,", "[0,0,0,0,0,")).error().text == &troubles::out_of_range);
}

}  // namespace gongji::record
