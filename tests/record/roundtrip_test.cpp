// Whatever is written is read back as it was; whatever is read is written as it was; nothing else is read.
#include <catch2/catch.hpp>

#include "offline/record/kept_form.h"
#include "tests/record/fixtures.h"
#include "tests/record/generators.h"

using namespace gongji;
using namespace gongji::record;

namespace {

template <class Property>
void holds_for_all(const char* what, Property property) {
  CHECK(rc::check(what, property));
}

// One small damage at a place the seed chooses: a byte changed, removed, put in, or a piece cut out or doubled.
std::string damaged(std::string bytes, SeededRandom& random) {
  const auto below = [&](std::size_t count) {
    std::array<std::uint8_t, 4> raw{};
    random.fill(raw);
    std::size_t value = 0;
    for (const std::uint8_t octet : raw) value = value << 8U | octet;
    return count == 0 ? 0 : value % count;
  };
  static constexpr std::string_view likely = "{}[],:\"\\0123456789-+.eE \nau";
  const auto some_byte = [&] { return below(2) == 0 ? likely[below(likely.size())] : static_cast<char>(below(256)); };
  const std::size_t at = below(bytes.size());
  switch (below(5)) {
    case 0:
      bytes[at] = some_byte();
      break;
    case 1:
      bytes.erase(at, 1);
      break;
    case 2:
      bytes.insert(at, 1, some_byte());
      break;
    case 3:
      bytes.erase(at, below(40));
      break;
    default:
      bytes.insert(at, bytes.substr(at, below(40)));
      break;
  }
  return bytes;
}

}  // namespace

TEST_CASE("any entry decodes to what it was made of") {
  holds_for_all("decode(make_entry(h, b)) == (h, b)", [] {
    const Head head = any::head();
    const Body body = any::body();
    for (const Form form : {Form::canonical, Form::compact}) {
      const Entry entry = make_entry(head, body, any::salt(), Digest{}, form);
      RC_ASSERT(entry.kind == kind_of(body));
      RC_ASSERT(form_of(entry.public_bytes) == form);
      RC_ASSERT(form_of(entry.personal_bytes) == form);
      const auto decoded = decode(entry.public_bytes, entry.personal_bytes);
      RC_ASSERT(decoded.has_value());
      RC_ASSERT(decoded->head == head);
      RC_ASSERT(decoded->body == body);
    }
  });
}

TEST_CASE("any snapshot, any terms and any feed decode to what they were made of") {
  holds_for_all("decode_snapshot(encode(s)) == s", [] {
    const Snapshot snapshot = any::snapshot();
    const auto read = decode_snapshot(encode(snapshot));
    const auto kept = decode_compact_snapshot(encode_compact(snapshot));
    RC_ASSERT(kept.has_value());
    RC_ASSERT(encode(*kept) == encode(snapshot));  // what was signed can be had back
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == snapshot);
  });
  holds_for_all("decode_terms(encode(t)) == t", [] {
    const Terms terms = any::terms();
    const auto read = decode_terms(encode(terms));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == terms);
  });
  holds_for_all("decode_order(encode(o)) == o", [] {
    const EmergencyOrder order = any::order();
    const auto read = decode_order(encode(order));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == order);
    const Signed made{encode(order), Bytes(64, 7)};
    const auto file = decode_signed(encode(made));
    RC_ASSERT(file.has_value());
    RC_ASSERT(*file == made);
  });
  holds_for_all("decode_feed(encode(f)) == f", [] {
    const FeedBatch feed = any::feed();
    const auto read = decode_feed(encode(feed));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == feed);
  });
}

TEST_CASE("a damaged entry is refused, or is the only form of another") {
  const Form form = GENERATE(Form::canonical, Form::compact);
  SeededRandom random(20'261'120);
  std::size_t accepted = 0, refused = 0;
  for (const Entry& entry : fixtures::chain(form)) {
    for (int i = 0; i < 4'000; ++i) {
      const bool hit_public = i % 4 != 0;
      const std::string open = hit_public ? damaged(entry.public_bytes, random) : entry.public_bytes;
      const std::string personal = hit_public ? entry.personal_bytes : damaged(entry.personal_bytes, random);
      const auto decoded = decode(open, personal);
      if (!decoded) {
        ++refused;
        REQUIRE(decoded.error().text != nullptr);
        continue;
      }
      ++accepted;
      const Entry again = make_entry(decoded->head, decoded->body, entry.salt, Digest{}, form);
      REQUIRE(again.public_bytes == open);
      REQUIRE(again.personal_bytes == personal);
    }
  }
  CHECK(accepted > 100);  // a digit of an amount, a letter of a name: the test reaches both sides
  CHECK(refused > 1'000);
}

TEST_CASE("a damaged snapshot, terms or feed is refused, or is the canonical form of another") {
  Snapshot snapshot;
  snapshot.person = fixtures::claim().person;
  snapshot.psn_name = "王小草";
  snapshot.accounts = fixtures::claim().accounts;
  snapshot.counters = {{"invented-employee", "op.deductible", *Day::from_civil(2026, 1, 1), Money::fen(50'000)},
                       {"", "op.fund", *Day::from_civil(2026, 1, 1), Money::fen(123'456)}};
  Terms terms;
  terms.terminal = "T-1";
  terms.reserve = {{Presence::card_authenticated, Money::yuan(200), Money::yuan(300), Money::yuan(5'000), 50, 72},
                   {Presence::declared, Money::yuan(20), Money::yuan(30), Money::yuan(500), 5, 2}};
  FeedBatch feed;
  feed.terminal = "T-1";
  feed.items = {
      Verdict{1, 1, VerdictKind::refused, "stopped", "第一条", {}, {Money::fen(-5), {}, {}, {}}, snapshot.counters, {}},
      TermsNotice{{encode(terms), Bytes(64, 9)}}};
  SeededRandom random(42);
  for (int i = 0; i < 3'000; ++i) {
    const std::string kept = damaged(encode_compact(snapshot), random);
    if (const auto read = decode_compact_snapshot(kept)) REQUIRE(encode_compact(*read) == kept);
    const std::string one = damaged(encode(snapshot), random);
    if (const auto read = decode_snapshot(one)) {
      REQUIRE(encode(*read) == one);
      const auto again = decode_compact_snapshot(encode_compact(*read));
      REQUIRE(again.has_value());
      REQUIRE(encode(*again) == one);  // whatever was signed can be kept compact
    }
    const std::string two = damaged(encode(terms), random);
    if (const auto read = decode_terms(two)) REQUIRE(encode(*read) == two);
    const std::string three = damaged(encode(feed), random);
    if (const auto read = decode_feed(three)) REQUIRE(encode(*read) == three);
  }
}

TEST_CASE("no beginning of a record is a record") {
  const Form form = GENERATE(Form::canonical, Form::compact);
  for (const Entry& entry : fixtures::chain(form)) {
    for (std::size_t size = 0; size < entry.public_bytes.size(); ++size)
      REQUIRE(decode(entry.public_bytes.substr(0, size), entry.personal_bytes).has_error());
    for (std::size_t size = 0; size < entry.personal_bytes.size(); ++size)
      REQUIRE(decode(entry.public_bytes, entry.personal_bytes.substr(0, size)).has_error());
  }
}
