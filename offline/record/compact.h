// compact.h — one value, one spelling, in few bytes: the subset of CBOR (RFC 8949) that entries use.
//
// The same values as canonical.h, with members in the same order (of their names), so that a record is described once
// for both.  A third of the bytes: what is digested, sent and kept is that much less.
//
//   object    map of definite length, at most 23 members; a member's name is its number in member_names.h
//   list      array of definite length
//   text      text string, UTF-8
//   octets    byte string (digests, ids, nonces: hex or base 32 in canonical.h)
//   integer   unsigned or negative integer of at most 63 bits, in the fewest bytes
//
// Nothing else: no floating point, no true, false or null, no tags, no indefinite lengths.  The reader accepts exactly
// what the writer makes.  A document begins with a map's byte (0xA0 to 0xB7), one of canonical.h with '{': whoever has
// the bytes knows the form.
//
// Thread safety: one thread an object.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/base/result.h"
#include "offline/record/canonical.h"
#include "offline/record/member_names.h"

namespace gongji::record {

// Whether these bytes begin as a document of this form does.
bool is_compact(std::string_view bytes);

// Misuse (members out of order, more than 23 of them, bytes that are not UTF-8) is a GONGJI_CHECK.
class CompactWriter {
 public:
  void begin_object();
  void end_object();
  void begin_array(std::size_t count);
  void end_array() {}
  void key(MemberName name);
  void text(std::string_view value);
  void octets(ByteView value);
  void integer(std::int64_t value);

  std::string take();  // the finished document; at most bytes_max (CHECK)

 private:
  struct Level {
    std::size_t head = 0;  // where the byte with the number of members stands
    std::size_t members = 0;
    std::uint16_t last_rank = 0;  // of the last member's name
  };
  void head(std::uint8_t major, std::uint64_t value);
  // Where `count` further bytes go.
  char* room(std::size_t count) {
    if (out_.size() - size_ < count) out_.resize(2 * out_.size() + count);
    char* const at = out_.data() + size_;
    size_ += count;
    return at;
  }

  std::string out_;  // longer than what is written
  std::size_t size_ = 0;
  std::array<Level, depth_max> levels_;
  std::size_t depth_ = 0;
};

// After the first failure every call does nothing and answers with the least that its caller can take.
class CompactReader {
 public:
  // `bytes` must outlive the reader; `root` is put in front of every path ("personal", or "").
  explicit CompactReader(std::string_view bytes, std::string_view root = {});

  void begin_object();
  void end_object();                   // fails on a member that nobody asked for
  bool optional_key(MemberName name);  // true, and past it, when it comes next
  void key(MemberName name);           // fails when it does not come next
  void begin_array();
  bool next_element();  // false: the array has ended (and is left), or the reader failed
  std::string text();
  bool at_octets() const;  // whether octets come next
  ByteView octets();       // valid as long as the bytes
  std::int64_t integer(std::int64_t min, std::int64_t max);
  void finish();  // nothing may follow

  void fail(const TroubleText& text, std::string detail);
  bool failed() const { return trouble_.text != nullptr; }
  const Trouble& error() const { return trouble_; }

 private:
  struct Level {
    bool is_object = false;
    std::uint64_t left = 0;  // members or elements that are still to come
    std::string_view key;    // of an object: the member being read
    std::size_t index = 0;   // of an array: the element being read, from 1
  };
  struct Head {
    std::uint8_t major = 0;
    std::uint64_t value = 0;
    std::size_t size = 0;  // 0: no head stands here
  };
  Head head() const;
  bool begin(bool is_object);
  std::string_view string(std::uint8_t major, const char* expected);
  std::string path(std::string_view last = {}) const;
  std::string here() const { return " at byte " + std::to_string(at_); }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string_view root_;
  std::array<Level, depth_max> levels_;
  std::size_t depth_ = 0;
  Trouble trouble_;
};

}  // namespace gongji::record
