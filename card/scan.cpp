#include "card/scan.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "card/check_digits.h"

namespace gongji::card {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool is_payment(std::string_view digits) {
  if (digits.size() < 16) return false;
  const int start = (digits[0] - '0') * 10 + (digits[1] - '0');
  if (digits.size() == 18 && start >= 10 && start <= 15) return true;  // WeChat Pay
  if (digits.size() == 19 && start == 62) return true;                 // UnionPay
  return digits.size() <= 24 && start >= 25 && start <= 30;            // Alipay
}

// Seven bytes are 17 digits: the first three of the first seven are "GJV".
bool is_offline_voucher(std::string_view digits) {
  constexpr std::size_t length = 289, group = 17;
  constexpr std::uint64_t magic = 0x474A56;
  if (digits.size() != length) return false;
  std::uint64_t first = 0;
  for (const char digit : digits.substr(0, group)) first = first * 10 + static_cast<std::uint64_t>(digit - '0');
  return first >> 32 == magic;
}

ScanKind kind_of(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return ScanKind::other;
  }
  if (text.size() == 28 && text.starts_with("424")) return ScanKind::voucher;
  if (is_offline_voucher(text)) return ScanKind::offline_voucher;
  if (is_payment(text)) return ScanKind::payment;
  if (text.size() == 20) return ScanKind::trace_code;
  if (is_ean13(text)) return ScanKind::article;
  return ScanKind::other;
}

}  // namespace

Scan classify(const Secret& scanned) {
  const std::string_view text = trimmed(scanned.reveal());
  return {kind_of(text), Secret(std::string(text))};
}

std::string masked(const Scan& scan) {
  const std::string& text = scan.text.reveal();
  switch (scan.kind) {
    case ScanKind::voucher:
      return "424…" + text.substr(text.size() - 6);
    case ScanKind::offline_voucher:
      return "(offline voucher)";
    case ScanKind::payment:
      return text.substr(0, 2) + "…" + text.substr(text.size() - 2);
    case ScanKind::trace_code:
    case ScanKind::article:
      return text;
    case ScanKind::other:
      break;
  }
  return "(" + std::to_string(text.size()) + " bytes)";
}

}  // namespace gongji::card
