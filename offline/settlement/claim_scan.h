// claim_scan.h — reading values of a claim's JSON strictly: members, texts, codes, decimals; inside this module only.
//
// Every function returns false after it has noted the fault; callers put their part of the path before the inner one on
// the way out, so nothing is spent on paths while all is well.
#pragma once

#include <simdjson.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/claim_names.h"
#include "offline/settlement/claim_words.h"

namespace gongji::settlement::scan {

using namespace words;
using names::Named;
namespace ondemand = simdjson::ondemand;

// The members of one kind of object; a bit of `required` for each that has no default.
struct Members {
  std::span<const std::string_view> names;
  std::uint32_t required;
};

constexpr std::uint32_t bits(std::initializer_list<unsigned> indexes) {
  std::uint32_t all = 0;
  for (const unsigned index : indexes) all |= 1u << index;
  return all;
}

class Scan {
 public:
  explicit Scan(ClaimError& error) : error_(error) {}

  bool fail(ClaimFault fault, const Words& words) {
    error_.fault = fault;
    error_.message_zh = words.zh;
    error_.message_en = words.en;
    return false;
  }

 protected:
  bool got(simdjson::error_code code, const Words& wanted) {
    if (code == simdjson::SUCCESS) return true;
    if (code == simdjson::INCORRECT_TYPE) return fail(ClaimFault::bad_value, wanted);
    return fail(ClaimFault::bad_json, not_json);
  }

  bool inside(std::string_view part) {
    std::string path(part);
    if (!error_.path.empty() && error_.path[0] != '[') path += '.';
    error_.path = path + error_.path;
    return false;
  }
  bool inside(std::size_t index) {
    std::string path = "[" + std::to_string(index) + "]";
    if (!error_.path.empty() && error_.path[0] != '[') path += '.';
    error_.path = path + error_.path;
    return false;
  }

  // Calls `read(index, value)` for each member; faults: unknown, twice, missing.
  template <class Read>
  bool members(ondemand::object& object, const Members& known, Read read) {
    std::uint32_t seen = 0;
    std::size_t next = 0;  // members mostly come in the order of the table
    for (auto field : object) {
      ondemand::raw_json_string raw;
      if (!got(field.key().get(raw), want_object)) return false;
      std::size_t index = next;
      if (index >= known.names.size() || !is_written(raw, known.names[index])) {
        index = 0;
        while (index < known.names.size() && !is_written(raw, known.names[index])) ++index;
      }
      if (index == known.names.size() && !find_escaped(field, known, index)) return false;
      next = index + 1;
      const std::uint32_t bit = 1u << index;
      if ((seen & bit) != 0) {
        fail(ClaimFault::bad_json, not_json);
        return inside(known.names[index]);
      }
      seen |= bit;
      ondemand::value value;
      if (!got(field.value().get(value), want_object)) return false;
      if (!read(index, value)) return inside(known.names[index]);
    }
    const std::uint32_t lacking = known.required & ~seen;
    if (lacking != 0) {
      fail(ClaimFault::missing, no_member);
      return inside(known.names[static_cast<std::size_t>(std::countr_zero(lacking))]);
    }
    return true;
  }

  // Whether a key is written exactly so.  Keys end with a quote, and the padding makes any name's length readable.
  static bool is_written(ondemand::raw_json_string raw, std::string_view name) {
    const char* text = raw.raw();
    return text[0] == name[0] && text[name.size()] == '"' && std::memcmp(text, name.data(), name.size()) == 0;
  }
  // The same for a key that may be written with escapes; unknown names are the fault.
  bool find_escaped(simdjson::simdjson_result<ondemand::field>& field, const Members& known, std::size_t& index) {
    std::string_view key;
    if (!got(field.unescaped_key().get(key), want_object)) return false;
    index = 0;
    while (index < known.names.size() && known.names[index] != key) ++index;
    if (index < known.names.size()) return true;
    fail(ClaimFault::unknown_member, not_known);
    return inside(std::string(key));
  }

  static std::string_view token(ondemand::value& value) {
    std::string_view raw = value.raw_json_token();
    while (!raw.empty() && (raw.back() == ' ' || raw.back() == '\t' || raw.back() == '\r' || raw.back() == '\n')) {
      raw.remove_suffix(1);
    }
    return raw;
  }
  static bool is_null(ondemand::value& value) { return token(value) == "null"; }

  // Eight bytes at a time: most strings are a few characters, too short for a call.
  static bool has_escape(std::string_view raw) {
    const char* at = raw.data();
    const char* end = at + raw.size();
    for (; end - at >= 8; at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      word ^= 0x5C5C5C5C5C5C5C5Cu;
      if (((word - 0x0101010101010101u) & ~word & 0x8080808080808080u) != 0) return true;
    }
    for (; at < end; ++at) {
      if (*at == '\\') return true;
    }
    return false;
  }

  // The view lives until the next claim is read.
  bool text(ondemand::value& value, std::string_view& out, const Words& wanted = want_text) {
    const std::string_view raw = token(value);
    if (raw.empty() || raw[0] != '"') return fail(ClaimFault::bad_value, wanted);
    if (!has_escape(raw)) {
      if (raw.size() < 2 || raw.back() != '"') return fail(ClaimFault::bad_json, not_json);
      out = raw.substr(1, raw.size() - 2);
      return true;
    }
    if (!got(value.get_string().get(out), wanted)) return false;
    // a lone surrogate written as an escape is no character
    return is_utf8(out) || fail(ClaimFault::bad_json, not_json);
  }
  bool text(ondemand::value& value, std::string& out) {
    std::string_view view;
    if (!text(value, view)) return false;
    out = view;
    return true;
  }
  bool some_text(ondemand::value& value, std::string& out) {
    if (!text(value, out)) return false;
    return !out.empty() || fail(ClaimFault::bad_value, want_some_text);
  }
  bool division(ondemand::value& value, std::string& out) {
    if (!text(value, out)) return false;
    bool good = out.size() == 6;
    for (const char each : out) good = good && each >= '0' && each <= '9';
    return good || fail(ClaimFault::bad_value, want_division);
  }
  bool flag(ondemand::value& value, bool& out) {
    const std::string_view raw = token(value);
    if (raw != "true" && raw != "false") return fail(ClaimFault::bad_value, want_flag);
    out = raw == "true";
    return true;
  }
  // Codes are short and differ early.
  static bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && !b.empty() && a[0] == b[0] && a.substr(1) == b.substr(1);
  }
  template <class T, std::size_t n, class Out>
  bool code(ondemand::value& value, const Named<T> (&table)[n], Out& out) {
    std::string_view name;
    if (!text(value, name, want_code)) return false;
    for (const auto& row : table) {
      if (same(row.name, name)) {
        out = row.value;
        return true;
      }
    }
    return fail(ClaimFault::bad_value, want_code);
  }
  template <class T, std::size_t n>
  bool code_or_null(ondemand::value& value, const Named<T> (&table)[n], std::optional<T>& out) {
    return is_null(value) || code(value, table, out);
  }
  bool day(ondemand::value& value, std::optional<Day>& out) {
    if (is_null(value)) return true;
    std::string_view written;
    if (!text(value, written, want_day)) return false;
    out = parse_day(written);
    return out.has_value() || fail(ClaimFault::bad_value, want_day);
  }

  // digits[.d{1,decimals}] as a whole number of 10^-decimals; a JSON number or a string.
  bool decimal(ondemand::value& value, int decimals, std::int64_t limit, const Words& wanted, const Words& over,
               std::int64_t& out) {
    std::string_view written = token(value);
    if (!written.empty() && written[0] == '"') {
      if (!text(value, written)) return false;
    } else if (written.size() > 1 && written[0] == '0' && written[1] != '.') {
      return fail(ClaimFault::bad_value, wanted);
    }
    std::size_t at = 0;
    std::int64_t number = 0;
    bool large = false;
    const auto push = [&](char digit) {
      if (number > limit / 10) large = true;
      if (!large) number = number * 10 + (digit - '0');
    };
    const auto is_digit = [&] { return at < written.size() && written[at] >= '0' && written[at] <= '9'; };
    for (; is_digit(); ++at) push(written[at]);
    if (at == 0) return fail(ClaimFault::bad_value, wanted);
    int printed = 0;
    if (at < written.size() && written[at] == '.') {
      for (++at; is_digit() && printed < decimals; ++at, ++printed) push(written[at]);
      if (printed == 0) return fail(ClaimFault::bad_value, wanted);
    }
    if (at != written.size()) return fail(ClaimFault::bad_value, wanted);
    for (; printed < decimals; ++printed) push('0');
    if (large || number > limit) return fail(ClaimFault::out_of_range, over);
    out = number;
    return true;
  }
  bool money(ondemand::value& value, Money& out) {
    std::int64_t fen = 0;
    if (!decimal(value, 2, amount_max.in_fen(), want_amount, too_large, fen)) return false;
    out = Money::fen(fen);
    return true;
  }
  bool price(ondemand::value& value, Price& out) {
    return decimal(value, 6, amount_max.in_fen() * 10'000, want_price, too_large, out.millionths);
  }

  // Calls `read(index, value)` for each element.
  template <class Read>
  bool elements(ondemand::value& value, Read read) {
    ondemand::array array;
    if (!got(value.get_array().get(array), want_array)) return false;
    std::size_t index = 0;
    for (auto element : array) {
      ondemand::value each;
      if (!got(element.get(each), want_array)) return false;
      if (!read(index, each)) return false;
      ++index;
    }
    return true;
  }

 private:
  ClaimError& error_;
};

}  // namespace gongji::settlement::scan
