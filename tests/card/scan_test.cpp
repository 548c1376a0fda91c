#include "card/scan.h"

#include <catch2/catch.hpp>
#include <string>

#include "card/troubles.h"
#include "card/voucher_replay.h"
#include "tests/support/print_trouble.h"

namespace gongji::card {
namespace {

const std::string voucher = "4240123456789012345678420000";

ScanKind kind(const std::string& text) {
  return classify(Secret(text)).kind;
}

// Not collision-resistant, but different for codes that differ in their first 32 bytes.
Digest plain(ByteView text) {
  Digest out{};
  for (std::size_t i = 0; i < std::min(text.size(), out.size()); ++i) out[i] = text[i];
  return out;
}

}  // namespace

TEST_CASE("codes are told apart by their form") {
  CHECK(kind(voucher) == ScanKind::voucher);
  CHECK(kind(voucher + "\r\n") == ScanKind::voucher);
  CHECK(kind("425" + voucher.substr(3)) == ScanKind::other);
  CHECK(kind(voucher + "0") == ScanKind::other);
  CHECK(kind(voucher.substr(1)) == ScanKind::other);
  CHECK(kind("opc" + voucher.substr(3)) == ScanKind::other);
  CHECK(kind("81000000000000000001") == ScanKind::trace_code);
  CHECK(kind("8100000000000000000A") == ScanKind::other);
  CHECK(kind("6901234567892") == ScanKind::article);
  CHECK(kind("6901234567893") == ScanKind::other);
  CHECK(kind("") == ScanKind::other);
  CHECK(kind(" \r\n") == ScanKind::other);
}

TEST_CASE("an offline voucher is told by its length and its first three bytes, and never printed") {
  const std::string group = "20066456590942208";  // "GJV", version 1, algorithm 1, and two more bytes
  const std::string code = group + std::string(272, '0');
  CHECK(kind(code) == ScanKind::offline_voucher);
  CHECK(kind(" " + code + "\r\n") == ScanKind::offline_voucher);
  CHECK(kind(code + "0") == ScanKind::other);
  CHECK(kind(code.substr(1)) == ScanKind::other);
  CHECK(kind("21" + code.substr(2)) == ScanKind::other);
  CHECK(kind("x" + code.substr(1)) == ScanKind::other);
  CHECK(masked(classify(Secret(code))) == "(offline voucher)");
}

TEST_CASE("payment codes are recognised at the edges of their ranges, and not beyond") {
  CHECK(kind("10" + std::string(16, '0')) == ScanKind::payment);  // WeChat Pay
  CHECK(kind("15" + std::string(16, '0')) == ScanKind::payment);
  CHECK(kind("16" + std::string(16, '0')) == ScanKind::other);
  CHECK(kind("09" + std::string(16, '0')) == ScanKind::other);
  CHECK(kind("10" + std::string(15, '0')) == ScanKind::other);
  CHECK(kind("62" + std::string(17, '0')) == ScanKind::payment);  // UnionPay
  CHECK(kind("62" + std::string(16, '0')) == ScanKind::other);
  CHECK(kind("25" + std::string(14, '0')) == ScanKind::payment);  // Alipay
  CHECK(kind("30" + std::string(22, '0')) == ScanKind::payment);
  CHECK(kind("30" + std::string(23, '0')) == ScanKind::other);
  CHECK(kind("25" + std::string(13, '0')) == ScanKind::other);
  CHECK(kind("24" + std::string(14, '0')) == ScanKind::other);
  CHECK(kind("31" + std::string(14, '0')) == ScanKind::other);
}

TEST_CASE("a voucher is printed by its ends only, and other codes of persons not at all") {
  CHECK(masked(classify(Secret(voucher))) == "424…420000");
  CHECK(masked(classify(Secret("134567890123456789"))) == "13…89");
  CHECK(masked(classify(Secret("6901234567892"))) == "6901234567892");
  CHECK(masked(classify(Secret("999999198005010027"))) == "(18 bytes)");
}

TEST_CASE("the same voucher is good for one use within the window") {
  VoucherReplayWindow window(plain, std::chrono::minutes(10));
  const SteadyTime start{1'000};
  CHECK(window.admit(Secret(voucher), start));
  const auto again = window.admit(Secret(voucher + "\r"), start.plus(std::chrono::milliseconds(599'999)));
  REQUIRE_FALSE(again);
  CHECK(again.error().text == &troubles::voucher_used_again);
  CHECK(again.error().detail.find("0123456") == std::string::npos);
  CHECK(window.admit(Secret("424" + std::string(25, '7')), start));
  CHECK(window.admit(Secret(voucher), start.plus(std::chrono::milliseconds(600'000))));
}

TEST_CASE("a code whose sale was not made may be shown again") {
  VoucherReplayWindow window(plain);
  REQUIRE(window.admit(Secret(voucher), SteadyTime{}));
  window.give_back(Secret("424" + std::string(25, '7')));
  CHECK_FALSE(window.admit(Secret(voucher), SteadyTime{1}));
  window.give_back(Secret(voucher + "\n"));
  CHECK(window.admit(Secret(voucher), SteadyTime{2}));
}

TEST_CASE("what is no voucher is never admitted") {
  VoucherReplayWindow window(plain);
  CHECK(window.admit(Secret("6901234567892"), SteadyTime{}).error().text == &troubles::not_a_voucher);
  CHECK(window.admit(Secret("134567890123456789"), SteadyTime{}).error().text == &troubles::payment_code);
  CHECK(window.size() == 0);
}

TEST_CASE("a full window refuses new codes instead of forgetting old ones") {
  VoucherReplayWindow window(plain, std::chrono::minutes(1), 3);
  const auto code = [](int i) { return Secret("424" + std::string(24, '0') + std::to_string(i)); };
  for (int i = 0; i < 3; ++i) REQUIRE(window.admit(code(i), SteadyTime{i}));
  CHECK(window.admit(code(3), SteadyTime{3}).error().text == &troubles::voucher_window_full);
  CHECK(window.admit(code(0), SteadyTime{3}).error().text == &troubles::voucher_used_again);
  CHECK(window.admit(code(3), SteadyTime{60'000}));
  CHECK(window.size() == 3);
}

}  // namespace gongji::card
