#include "offline/record/canonical.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>

#include "offline/record/troubles.h"
#include "tests/record/fixtures.h"

using namespace gongji;
using namespace gongji::record;

namespace {

std::string written(std::string_view text) {
  CanonicalWriter writer;
  writer.text(text);
  return writer.take();
}

// True when `work` is stopped by a GONGJI_CHECK.
bool is_stopped(const std::function<void()>& work) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    if (std::freopen("/dev/null", "w", stderr) == nullptr) ::_exit(2);
    std::signal(SIGABRT, SIG_DFL);
    work();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

}  // namespace

TEST_CASE("texts escape what RFC 8785 escapes, and nothing else") {
  CHECK(written("a\"b\\c/d") == R"("a\"b\\c/d")");
  CHECK(written("\b\t\n\f\r") == R"("\b\t\n\f\r")");
  CHECK(written(std::string_view("\x00\x01\x0b\x1f", 4)) == R"("\u0000\u0001\u000b\u001f")");
  CHECK(written("\x7f 张 𠮷 \u2028 €") == "\"\x7f 张 𠮷 \u2028 €\"");
  CHECK(written("") == "\"\"");
}

TEST_CASE("every control character reads back as itself") {
  for (int code = 0; code < 0x80; ++code) {
    const std::string text = "<" + std::string(1, static_cast<char>(code)) + ">";
    const std::string bytes = written(text);
    CanonicalReader reader(bytes);
    CHECK(reader.text() == text);
    reader.finish();
    CHECK_FALSE(reader.failed());
    CHECK(nlohmann::json::parse(bytes).get<std::string>() == text);
  }
}

TEST_CASE("what has to be escaped is found wherever it stands in a text of any length") {
  for (std::size_t length = 1; length < 40; ++length) {
    for (std::size_t at = 0; at < length; ++at) {
      for (const char odd : {'"', '\\', '\n', '\x1f', '\0'}) {
        std::string text(length, at % 2 == 0 ? 'x' : '\x7f');
        text[at] = odd;
        const std::string bytes = written(text);
        CHECK(nlohmann::json::parse(bytes).get<std::string>() == text);
        CanonicalReader reader(bytes);
        CHECK(reader.text() == text);
      }
    }
  }
}

TEST_CASE("integers are written and read to the edges of I-JSON") {
  for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{10}, integer_max, -integer_max}) {
    CanonicalWriter writer;
    writer.integer(value);
    const std::string bytes = writer.take();
    CHECK(bytes == std::to_string(value));
    CanonicalReader reader(bytes);
    CHECK(reader.integer(-integer_max, integer_max) == value);
    reader.finish();
    CHECK_FALSE(reader.failed());
  }
  for (const char* bytes : {"", "-", "00", "-0", "-01", "1.", ".1", "1e3", "0x10", " 1", "+1", "--1", "1 "}) {
    CanonicalReader reader(bytes);
    reader.integer(-integer_max, integer_max);
    CHECK(reader.error().text == &troubles::not_canonical);
  }
}

TEST_CASE("an independent reader sees the same values, in the same order of members") {
  for (const Entry& entry : fixtures::chain())
    for (const std::string& bytes : {entry.public_bytes, entry.personal_bytes})
      CHECK(nlohmann::json::parse(bytes).dump() == bytes);  // that library sorts members by name
}

TEST_CASE("a bug in a description stops the program instead of signing a second spelling") {
  CHECK_FALSE(is_stopped([] { written("fine"); }));
  CHECK(is_stopped([] { written("\xff"); }));
  CHECK(is_stopped([] { CanonicalWriter().integer(integer_max + 1); }));
  CHECK(is_stopped([] {
    CanonicalWriter writer;
    writer.begin_object();
    writer.key("b");
    writer.integer(1);
    writer.key("a");
  }));
  CHECK(is_stopped([] {
    CanonicalWriter writer;
    writer.begin_object();
    writer.take();
  }));
}

TEST_CASE("an entry that could not be read back is not made") {
  const auto stops = [](const std::function<void(Head&, Sale&)>& spoil) {
    Head head = fixtures::head(1);
    Sale sale = fixtures::sale();
    spoil(head, sale);
    return is_stopped([&] { make_entry(head, sale, fixtures::salt(0), Digest{}); });
  };
  CHECK_FALSE(stops([](Head&, Sale&) {}));
  CHECK(stops([](Head& head, Sale&) { head.seq = 0; }));
  CHECK(stops([](Head& head, Sale&) { head.seq = std::uint64_t{1} << 63U; }));
  CHECK(stops([](Head& head, Sale&) { head.terminal.clear(); }));
  CHECK(stops([](Head&, Sale& sale) { sale.person_key = "999999195501010014"; }));
  CHECK(stops([](Head&, Sale& sale) { sale.holder.psn_name = "\xcd\xf5"; }));
  CHECK(stops([](Head&, Sale& sale) { sale.settlement.trace.resize(1); }));
  CHECK(stops([](Head&, Sale& sale) { sale.settlement.totals.psn_cash_pay = Money::fen(-1); }));
  CHECK(stops([](Head&, Sale& sale) { sale.claim.lines.resize(settlement::lines_max + 1); }));
}
