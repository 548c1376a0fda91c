// claim_scan.h — the careful scan of a claim's JSON: any text, any fault; inside this module only.
#pragma once

#include <simdjson.h>

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/claim_members.h"
#include "offline/settlement/claim_words.h"
#include "offline/settlement/text_words.h"

namespace gongji::settlement::scan {

using namespace words;
namespace ondemand = simdjson::ondemand;

// Scans any text, and notes the first fault with its path.
class CarefulScan {
 public:
  using Value = ondemand::value;

  explicit CarefulScan(ClaimError& error) : error_(error) {}

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
  template <const Members& known, class Whole, class Read>
  bool members(Whole& whole, Read read) {
    ondemand::object object;
    if (!got(whole.get_object().get(object), want_object)) return false;
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

  static std::string_view token(Value& value) {
    std::string_view raw = value.raw_json_token();
    while (!raw.empty() && (raw.back() == ' ' || raw.back() == '\t' || raw.back() == '\r' || raw.back() == '\n')) {
      raw.remove_suffix(1);
    }
    return raw;
  }
  static bool is_null(Value& value) { return token(value) == "null"; }

  // The view lives until the next claim is read.
  bool text(Value& value, std::string_view& out, const Words& wanted) {
    const std::string_view raw = token(value);
    if (raw.empty() || raw[0] != '"') return fail(ClaimFault::bad_value, wanted);
    if (raw.find('\\') == std::string_view::npos) {
      if (raw.size() < 2 || raw.back() != '"') return fail(ClaimFault::bad_json, not_json);
      out = raw.substr(1, raw.size() - 2);
      return true;
    }
    if (!got(value.get_string().get(out), wanted)) return false;
    // a lone surrogate written as an escape is no character
    return is_utf8(out) || fail(ClaimFault::bad_json, not_json);
  }

  // The first 16 bytes of a text, zeros where there are fewer.
  static std::array<Word, 2> first_words(std::string_view text) {
    return {word_of(text), text.size() <= 8 ? 0 : word_of(text.substr(8))};
  }

  bool flag(Value& value, bool& out) {
    const std::string_view raw = token(value);
    if (raw != "true" && raw != "false") return fail(ClaimFault::bad_value, want_flag);
    out = raw == "true";
    return true;
  }

  // digits[.d{1,decimals}] as a whole number of 10^-decimals; a JSON number or a string.
  bool decimal(Value& value, int decimals, std::int64_t limit, const Words& wanted, const Words& over,
               std::int64_t& out) {
    std::string_view written = token(value);
    if (!written.empty() && written[0] == '"') {
      if (!text(value, written, want_text)) return false;
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

  // Calls `meet(name)`, then `read(name, value)`, for each member of an object whose members anybody may name.
  template <class Meet, class Read>
  bool pairs(Value& whole, Meet meet, Read read) {
    ondemand::object object;
    if (!got(whole.get_object().get(object), want_object)) return false;
    for (auto field : object) {
      std::string_view name;
      if (!got(field.unescaped_key().get(name), want_object)) return false;
      if (!meet(name)) return false;
      Value value;
      if (!got(field.value().get(value), want_amount)) return false;
      if (!read(name, value)) return false;
    }
    return true;
  }

  // Calls `read(index, value)` for each element.
  template <class Read>
  bool elements(Value& value, Read read) {
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
