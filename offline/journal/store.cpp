#include "offline/journal/store.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/base/day.h"

namespace gongji::journal {

Bytes key_bytes(std::string_view key) {
  const bool lower = std::none_of(key.begin(), key.end(), [](char c) { return c >= 'A' && c <= 'F'; });
  if (const auto digest = digest_from_hex(key); digest && lower) return to_bytes(*digest);
  return to_bytes(as_bytes(key));
}

std::string month_of(WallTime time) {
  const Day day = civil_time_at(time).day;
  const int year = day.year(), month = day.month();
  if (year < 0 || year > 9'999) return to_string(day).substr(0, 7);  // of a row that a hand has changed
  std::string text = "0000-00";
  const auto put = [&](std::size_t at, int digit) { text[at] = static_cast<char>('0' + digit); };
  put(0, year / 1'000);
  put(1, year / 100 % 10);
  put(2, year / 10 % 10);
  put(3, year % 10);
  put(5, month / 10);
  put(6, month % 10);
  return text;
}

std::string account_name(const std::string& patient_psn_no, const std::string& owner, settlement::AccountKind kind) {
  const char* name = kind == settlement::AccountKind::current ? "|current" : "|prior";
  return (owner == "self" ? patient_psn_no : owner) + name;
}

Bytes account_key(const seal::KeyStore& keys, const std::string& patient_psn_no, const std::string& owner,
                  settlement::AccountKind kind) {
  return key_bytes(keys.lookup_key("account", account_name(patient_psn_no, owner, kind)));
}

bool RowMac::holds(ByteView stored) const {
  if (stored.size() == seal::RowChecksum().size()) return is_equal(stored, made());
  const auto old = digest_from_hex(keys_.lookup_key(domain_, text_));
  return old && is_equal(stored, *old);
}

bool is_equal(ByteView a, ByteView b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

std::optional<Digest> digest_of(ByteView bytes) {
  Digest digest{};
  if (bytes.size() != digest.size()) return std::nullopt;
  std::copy(bytes.begin(), bytes.end(), digest.begin());
  return digest;
}

}  // namespace gongji::journal
