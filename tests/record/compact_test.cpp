// The compact form: RFC 8949's own examples, and every way of not being what the writer makes.
#include "offline/record/compact.h"

#include <catch2/catch.hpp>

#include "offline/record/troubles.h"
#include "tests/record/fixtures.h"

using namespace gongji;
using namespace gongji::record;

namespace {

std::string bytes_of(const char* hex) {
  return std::string(as_text(from_hex(hex).value()));
}

// {"at": <value>}, as a document is at least an object.
template <class Write>
std::string in_object(Write write) {
  CompactWriter writer;
  writer.begin_object();
  writer.key("at");
  write(writer);
  writer.end_object();
  return writer.take();
}
std::string key_of(MemberName name) {
  CompactWriter writer;
  writer.integer(name.number());
  return writer.take();
}

struct Failure {
  const TroubleText* text = nullptr;
  std::string path;
};
template <class Read>
Failure failure_of(const std::string& bytes, Read read) {
  CompactReader reader(bytes);
  reader.begin_object();
  read(reader);
  reader.end_object();
  reader.finish();
  return {reader.error().text, reader.error().path};
}

std::string replaced(std::string bytes, const std::string& from, const std::string& to) {
  const std::size_t at = bytes.find(from);
  REQUIRE(at != std::string::npos);
  REQUIRE(bytes.find(from, at + 1) == std::string::npos);
  return bytes.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("values are written as RFC 8949 says, in the fewest bytes, and read back") {
  struct Example {
    std::int64_t value;
    const char* hex;
  };
  for (const Example& example : {Example{0, "00"},
                                 Example{1, "01"},
                                 Example{10, "0a"},
                                 Example{23, "17"},
                                 Example{24, "1818"},
                                 Example{25, "1819"},
                                 Example{100, "1864"},
                                 Example{255, "18ff"},
                                 Example{256, "190100"},
                                 Example{1'000, "1903e8"},
                                 Example{65'535, "19ffff"},
                                 Example{65'536, "1a00010000"},
                                 Example{1'000'000, "1a000f4240"},
                                 Example{4'294'967'295, "1affffffff"},
                                 Example{4'294'967'296, "1b0000000100000000"},
                                 Example{1'000'000'000'000, "1b000000e8d4a51000"},
                                 Example{-1, "20"},
                                 Example{-10, "29"},
                                 Example{-100, "3863"},
                                 Example{-1'000, "3903e7"},
                                 Example{std::numeric_limits<std::int64_t>::max(), "1b7fffffffffffffff"},
                                 Example{std::numeric_limits<std::int64_t>::min(), "3b7fffffffffffffff"}}) {
    CAPTURE(example.value);
    const std::string bytes = in_object([&](CompactWriter& writer) { writer.integer(example.value); });
    CHECK(bytes == bytes_of("a1") + key_of("at") + bytes_of(example.hex));
    CompactReader reader(bytes);
    reader.begin_object();
    reader.key("at");
    CHECK(reader.integer(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()) ==
          example.value);
    reader.end_object();
    reader.finish();
    CHECK_FALSE(reader.failed());
  }
  const std::string texts = in_object([](CompactWriter& writer) {
    writer.begin_array(4);
    writer.text("");
    writer.text("IETF");
    writer.text("水");
    writer.octets(Bytes{1, 2, 3, 4});
    writer.end_array();
  });
  CHECK(texts == bytes_of("a1") + key_of("at") +
                     bytes_of("84606449455446"
                              "63e6b0b4"
                              "4401020304"));
  CHECK(is_compact(texts));
  CHECK_FALSE(is_compact("{\"at\":1}"));
  CHECK_FALSE(is_compact(""));
}

TEST_CASE("what the writer would not write is refused with its place") {
  using namespace troubles;
  const auto integer = [](CompactReader& reader) {
    reader.key("at");
    reader.integer(0, 1'000'000);
  };
  const std::string head = bytes_of("a1") + key_of("at");
  // Longer than need be, no integer, a float, true, null, a tag, an indefinite length, cut short.
  for (const char* value : {"1817", "190018", "1900ff", "1a0000ffff", "1b00000000ffffffff", "60", "40", "80", "a0",
                            "f90000", "f5", "f6", "c100", "1c00", "1f", "18", "19ff", "1b00"}) {
    CAPTURE(value);
    const Failure failed = failure_of(head + bytes_of(value), integer);
    CHECK(failed.text == &not_canonical);
    CHECK(failed.path == "at");
  }
  for (const char* value : {"20", "1a000f4241", "1bffffffffffffffff", "3bffffffffffffffff"}) {
    CAPTURE(value);
    CHECK(failure_of(head + bytes_of(value), integer).text == &out_of_range);
  }
  const auto text = [](CompactReader& reader) {
    reader.key("at");
    reader.text();
  };
  for (const char* value : {"61", "62ff", "61ff", "63eda080", "7f616161ff", "4161", "780161", "7bffffffffffffffff"}) {
    CAPTURE(value);
    CHECK(failure_of(head + bytes_of(value), text).text == &not_canonical);
  }
  CHECK(failure_of(head + bytes_of("0100"), integer).text == &not_canonical);  // something behind the end
  CHECK(failure_of(bytes_of("bf") + key_of("at") + bytes_of("01ff"), integer).text == &not_canonical);
  CHECK(failure_of(bytes_of("b8"), integer).text == &not_canonical);
  CHECK(failure_of(std::string(bytes_max + 1, '\xa1'), integer).text == &too_large);
}

TEST_CASE("members that are missing, strange or in the wrong place are told apart") {
  using namespace troubles;
  const auto two = [](CompactReader& reader) {
    reader.key("day");
    reader.integer(0, 9);
    reader.key("second");
    reader.integer(0, 9);
  };
  const std::string day = key_of("day") + bytes_of("01"), second = key_of("second") + bytes_of("02");
  CHECK(failure_of(bytes_of("a2") + day + second, two).text == nullptr);
  const Failure missing = failure_of(bytes_of("a1") + day, two);
  CHECK(missing.text == &missing_member);
  CHECK(missing.path == "second");
  CHECK(failure_of(bytes_of("a1") + second, two).path == "day");
  CHECK(failure_of(bytes_of("a2") + second + day, two).text == &missing_member);
  CHECK(failure_of(bytes_of("a3") + day + second + key_of("value") + bytes_of("00"), two).text == &unknown_member);
  CHECK(failure_of(bytes_of("a3") + key_of("at") + bytes_of("00") + day + second, two).text == &unknown_member);
  CHECK(failure_of(bytes_of("a3") + bytes_of("1903e800") + day + second, two).text == &unknown_member);
  CHECK(failure_of(bytes_of("a3") + bytes_of("6161") + day + second, two).text == &not_canonical);
  CHECK(failure_of(bytes_of("a1") + day + second, two).text != nullptr);
}

TEST_CASE("a malformed compact entry is refused with its path, and so are parts of two forms") {
  using namespace troubles;
  const Entry entry = make_entry(fixtures::head(1), fixtures::sale(), fixtures::salt(0), Digest{}, Form::compact);
  REQUIRE(decode(entry.public_bytes, entry.personal_bytes).has_value());
  CHECK(entry.public_bytes.size() * 5 <
        make_entry(fixtures::head(1), fixtures::sale(), fixtures::salt(0), Digest{}).public_bytes.size() * 3);
  const auto error_of = [&](const std::string& from, const std::string& to) {
    const auto decoded = decode(replaced(entry.public_bytes, from, to), entry.personal_bytes);
    REQUIRE(decoded.has_error());
    return decoded.error();
  };
  CHECK(error_of(key_of("opter") + bytes_of("64") + "0007", key_of("opter") + bytes_of("6430ff3037")).path ==
        "sale.opter");
  CHECK(error_of(key_of("backing") + bytes_of("03"), key_of("backing") + bytes_of("04")).text == &out_of_range);
  // A digest that could be octets is octets, one of another length is none.
  const std::string digest = fixtures::sale().pack_digest;
  CAPTURE(digest);
  const Bytes octets = from_hex(std::string_view(digest).substr(4)).value();
  const std::string as_octets = bytes_of("5820") + std::string(as_text(octets));
  CHECK(error_of(as_octets, bytes_of("7844") + digest).path == "sale.pack_digest");
  CHECK(error_of(as_octets, bytes_of("43616263")).path == "sale.pack_digest");

  const Entry other = make_entry(fixtures::head(1), fixtures::sale(), fixtures::salt(0), Digest{}, Form::canonical);
  CHECK(decode(entry.public_bytes, other.personal_bytes).error().text == &parts_differ);
  CHECK(decode(other.public_bytes, entry.personal_bytes).error().text == &parts_differ);
}
