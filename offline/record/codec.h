// codec.h — one description of each record, run in both directions.
//
// A record is described once, as a list of members in ascending order of their names:
//
//   template <class Archive>
//   void describe(Archive& a, Subject<Archive, Site>& site) { member(a, "admdvs", site.admdvs); … }
//
// With Writing the members are written, with Reading they are read, so the two cannot drift apart; the writer checks
// the order.  WritingAs<CompactWriter> and ReadingAs<CompactReader> do the same in the compact form (compact.h). Ranges
// hold both ways: on writing they are a GONGJI_CHECK, on reading trouble.  Internal to this module.
#pragma once

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/check.h"
#include "offline/base/day.h"
#include "offline/base/ids.h"
#include "offline/base/money.h"
#include "offline/base/rate.h"
#include "offline/record/canonical.h"
#include "offline/record/compact.h"
#include "offline/record/member_names.h"
#include "offline/record/owners.h"
#include "offline/record/troubles.h"

namespace gongji::record {

// How personal members are treated.
enum class Identities : std::uint8_t {
  shown,     // in place, as they are
  withheld,  // left out; account owners other than "self" are called "family-1", …
};

// Into a form: CanonicalWriter or CompactWriter.
template <class Document>
class WritingAs {
 public:
  static constexpr bool reading = false;
  static constexpr bool compact = std::is_same_v<Document, CompactWriter>;

  explicit WritingAs(Identities identities, const std::vector<std::string>* family = nullptr)
      : identities_(identities), family_(family) {}

  Document& document() { return document_; }
  bool withheld() const { return identities_ == Identities::withheld; }
  void key(MemberName name) {
    if constexpr (compact) {
      document_.key(name);
    } else {
      document_.key(name.text());
    }
  }
  bool optional_key(MemberName name, bool has) {
    if (has) key(name);
    return has;
  }
  std::int64_t integer(std::int64_t value, std::int64_t min, std::int64_t max) {
    GONGJI_CHECK(value >= min && value <= max);
    document_.integer(value);
    return value;
  }
  void text(const std::string& value) { document_.text(value); }
  void begin_list(std::size_t count) {
    if constexpr (compact) {
      document_.begin_array(count);
    } else {
      document_.begin_array();
    }
  }
  void refuse_unless(bool holds, const char* why) { GONGJI_CHECK_WHY(holds, why); }
  void owner(const std::string& value) { text(family_ == nullptr ? value : public_owner(value, *family_)); }

 private:
  Document document_;
  Identities identities_;
  const std::vector<std::string>* family_;  // of `withheld`: the owners, in the order of their numbers
};
using Writing = WritingAs<CanonicalWriter>;

// From a form: CanonicalReader or CompactReader.
template <class Document>
class ReadingAs {
 public:
  static constexpr bool reading = true;
  static constexpr bool compact = std::is_same_v<Document, CompactReader>;

  ReadingAs(std::string_view bytes, Identities identities, std::string_view root = {})
      : document_(bytes, root), identities_(identities) {}

  Document& document() { return document_; }
  bool withheld() const { return identities_ == Identities::withheld; }
  void key(MemberName name) {
    if constexpr (compact) {
      document_.key(name);
    } else {
      document_.key(name.text());
    }
  }
  bool optional_key(MemberName name, bool) {
    if constexpr (compact) {
      return document_.optional_key(name);
    } else {
      return document_.optional_key(name.text());
    }
  }
  std::int64_t integer(std::int64_t, std::int64_t min, std::int64_t max) { return document_.integer(min, max); }
  void text(std::string& value) { value = document_.text(); }
  void refuse_unless(bool holds, const char* why) {
    if (!holds) document_.fail(troubles::out_of_range, why);
  }
  void owner(std::string& value) { text(value); }

 private:
  Document document_;
  Identities identities_;
};
using Reading = ReadingAs<CanonicalReader>;

// What a description is handed: the record to fill, or the record to read from.
template <class Archive, class Record>
using Subject = std::conditional_t<Archive::reading, Record, const Record>;

inline constexpr std::int64_t price_max_millionths = 9'999'999'999'990'000;
inline constexpr std::int64_t quantity_max = 99'999'999'999'900;
inline constexpr std::int64_t day_min =
    std::chrono::sys_days(std::chrono::year(1800) / 1 / 1).time_since_epoch().count();
inline constexpr std::int64_t day_max =
    std::chrono::sys_days(std::chrono::year(2999) / 12 / 31).time_since_epoch().count();
inline constexpr std::int64_t wall_ms_max = (day_max + 1) * 86'400'000 - 1;

template <class Archive, class Number>
void number(Archive& a, MemberName name, Number& value, std::int64_t min, std::int64_t max) {
  static_assert(std::is_integral_v<Number>);
  if constexpr (!Archive::reading && std::is_same_v<std::remove_const_t<Number>, std::uint64_t>)
    GONGJI_CHECK(value <= static_cast<std::uint64_t>(integer_max));
  a.key(name);
  const std::int64_t got = a.integer(static_cast<std::int64_t>(value), min, max);
  if constexpr (Archive::reading) value = static_cast<Number>(got);
}

template <class Archive, class Enum>
void enumeration_value(Archive& a, Enum& value, std::remove_const_t<Enum> first, std::remove_const_t<Enum> last) {
  const std::int64_t got =
      a.integer(static_cast<std::int64_t>(value), static_cast<std::int64_t>(first), static_cast<std::int64_t>(last));
  if constexpr (Archive::reading) value = static_cast<Enum>(got);
}

template <class Archive, class Enum>
void enumeration(Archive& a, MemberName name, Enum& value, std::remove_const_t<Enum> first,
                 std::remove_const_t<Enum> last) {
  a.key(name);
  enumeration_value(a, value, first, last);
}

template <class Archive>
void flag(Archive& a, MemberName name, Subject<Archive, bool>& value) {
  a.key(name);
  const std::int64_t got = a.integer(value ? 1 : 0, 0, 1);
  if constexpr (Archive::reading) value = got == 1;
}

// Left out where it is false: for flags that came later than the record.
template <class Archive>
void true_flag(Archive& a, MemberName name, Subject<Archive, bool>& value) {
  if (!a.optional_key(name, value)) return;
  a.integer(1, 1, 1);
  if constexpr (Archive::reading) value = true;
}

template <class Archive>
void money(Archive& a, MemberName name, Subject<Archive, Money>& value, std::int64_t min = 0,
           std::int64_t max = integer_max) {
  a.key(name);
  const std::int64_t got = a.integer(value.in_fen(), min, max);
  if constexpr (Archive::reading) value = Money::fen(got);
}

template <class Archive>
void describe_value(Archive& a, Subject<Archive, std::string>& value) {
  a.text(value);
}

template <class Archive>
void describe_value(Archive& a, Subject<Archive, Day>& value) {
  const std::int64_t got = a.integer(value.number(), day_min, day_max);
  if constexpr (Archive::reading) value = Day::from_number(static_cast<std::int32_t>(got));
}

template <class Archive>
void describe_value(Archive& a, Subject<Archive, WallTime>& value) {
  const std::int64_t got = a.integer(value.ms, 0, wall_ms_max);
  if constexpr (Archive::reading) value.ms = got;
}

template <class Archive>
void describe_value(Archive& a, Subject<Archive, Rate>& value) {
  const std::int64_t got = a.integer(value.in_ppm(), 0, ppm_whole);
  if constexpr (Archive::reading) value = Rate::ppm(got);
}

// Exactly `size` octets: as they are in the compact form, as lower case hex in the canonical one.
template <class Archive, class Octets>
void octets_value(Archive& a, Octets& value, std::size_t size) {
  static_assert(Archive::compact);
  if constexpr (Archive::reading) {
    const ByteView got = a.document().octets();
    a.refuse_unless(got.size() == size, "octets of the wrong number");
    if (got.size() != size) return;
    if constexpr (std::is_same_v<Octets, Bytes>) value.resize(size);
    std::copy(got.begin(), got.end(), value.begin());
  } else {
    GONGJI_CHECK(value.size() == size);
    a.document().octets(value);
  }
}
template <class Archive, class Octets>
void hex_value(Archive& a, Octets& value, std::size_t size) {
  if constexpr (Archive::compact) {
    octets_value(a, value, size);
  } else {
    std::string text;
    if constexpr (!Archive::reading) {
      GONGJI_CHECK(value.size() == size);
      text = to_hex(value);
    }
    a.text(text);
    if constexpr (Archive::reading) {
      const auto octets = from_hex(text);
      const bool holds = octets && octets->size() == size && to_hex(*octets) == text;
      a.refuse_unless(holds, "expected hex digits in lower case, of the right number");
      if (!holds) return;
      if constexpr (std::is_same_v<Octets, Bytes>) value.resize(size);
      std::copy(octets->begin(), octets->end(), value.begin());
    }
  }
}

template <class Archive>
void describe_value(Archive& a, Subject<Archive, Id>& value) {
  if constexpr (Archive::compact) {
    octets_value(a, value.bytes, value.bytes.size());
  } else {
    std::string text;
    if constexpr (!Archive::reading) text = to_string(value);
    a.text(text);
    if constexpr (Archive::reading) {
      const auto id = parse_id(text);
      a.refuse_unless(id.has_value() && to_string(*id) == text, "expected 26 characters of base 32");
      if (id) value = *id;
    }
  }
}

// A text of 64 hex digits in lower case: 32 octets in the compact form.
inline bool is_hex_of_digest(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
template <class Archive>
void hex_text(Archive& a, Subject<Archive, std::string>& value, const char* what) {
  if constexpr (!Archive::compact) {
    a.text(value);
    a.refuse_unless(is_hex_of_digest(value), what);
  } else if constexpr (Archive::reading) {
    Digest digest{};
    octets_value(a, digest, digest.size());
    value = to_hex(digest);
  } else {
    a.refuse_unless(is_hex_of_digest(value), what);
    const Digest digest = *digest_from_hex(value);
    octets_value(a, digest, digest.size());
  }
}

// Any text, of which one like "sm3:<64 hex digits>" is usual: that is 32 octets in the compact form.
template <class Archive>
void named_digest(Archive& a, Subject<Archive, std::string>& value) {
  constexpr std::string_view prefix = "sm3:";
  const auto is_usual = [&](std::string_view text) {
    return text.starts_with(prefix) && is_hex_of_digest(text.substr(prefix.size()));
  };
  if constexpr (!Archive::compact) {
    a.text(value);
  } else if constexpr (Archive::reading) {
    if (a.document().at_octets()) {
      Digest digest{};
      octets_value(a, digest, digest.size());
      value = std::string(prefix) + to_hex(digest);
    } else {
      a.text(value);
      a.refuse_unless(!is_usual(value), "a digest is octets");
    }
  } else if (is_usual(value)) {
    const Digest digest = *digest_from_hex(std::string_view(value).substr(prefix.size()));
    octets_value(a, digest, digest.size());
  } else {
    a.text(value);
  }
}

template <class Archive, class Value>
void member(Archive& a, MemberName name, Value& value) {
  a.key(name);
  describe_value(a, value);
}

template <class Archive, class Value>
void optional(Archive& a, MemberName name, std::optional<Value>& value) {
  if (a.optional_key(name, value.has_value())) describe_value(a, value.emplace());
}
template <class Archive, class Value>
void optional(Archive& a, MemberName name, const std::optional<Value>& value) {
  if (a.optional_key(name, value.has_value())) describe_value(a, *value);
}

// The list itself, behind a key that was written or found.
template <class Archive, class Items, class Each>
void list_here(Archive& a, Items& items, std::size_t count_max, Each each) {
  if constexpr (Archive::reading) {
    a.document().begin_array();
    while (a.document().next_element()) {
      a.refuse_unless(items.size() < count_max, "too many");
      each(items.emplace_back());
    }
  } else {
    GONGJI_CHECK(items.size() <= count_max);
    a.begin_list(items.size());
    for (const auto& item : items) each(item);
    a.document().end_array();
  }
}
template <class Archive, class Items, class Each>
void list(Archive& a, MemberName name, Items& items, std::size_t count_max, Each each) {
  a.key(name);
  list_here(a, items, count_max, each);
}
inline constexpr std::size_t any_count = std::numeric_limits<std::size_t>::max();  // bytes_max bounds it

template <class Archive, class Items>
void texts(Archive& a, MemberName name, Items& items) {
  list(a, name, items, any_count, [&](auto& item) { a.text(item); });
}

template <class Archive, class Inside>
void object(Archive& a, Inside inside) {
  a.document().begin_object();
  inside();
  a.document().end_object();
}

template <class Archive, class Inside>
void object(Archive& a, MemberName name, Inside inside) {
  a.key(name);
  object(a, inside);
}

// A terminal's name stands in front of a zero byte in signed statements, so it is printable ASCII, 1 to 64 characters.
template <class Archive>
void terminal_name(Archive& a, Subject<Archive, std::string>& value) {
  a.key("terminal");
  a.text(value);
  a.refuse_unless(!value.empty() && value.size() <= 64 &&
                      std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7f; }),
                  "a terminal is 1 to 64 printable ASCII characters");
}

}  // namespace gongji::record
