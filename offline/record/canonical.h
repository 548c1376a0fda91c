// canonical.h — one value, one spelling: the subset of RFC 8785 (JSON Canonicalization Scheme) that records use.
//
// Objects with ASCII member names in ascending order, arrays, UTF-8 strings, and integers of at most 2^53 - 1 either
// way (I-JSON).  No floating point, no true, false or null: a flag is 0 or 1, what is absent is left out.  No blanks.
// Strings escape only what RFC 8785 says: \" \\ \b \t \n \f \r, other controls as \u00xx in lower case.
//
// The reader accepts exactly what the writer makes: whatever it reads, writing it again gives the same bytes.  It is a
// pull reader: the caller says which member comes next, so that order, gaps and strangers show at once, with their
// path.
//
// Thread safety: one thread an object.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "offline/base/result.h"

namespace gongji::record {

inline constexpr std::int64_t integer_max = (std::int64_t{1} << 53U) - 1;
inline constexpr std::size_t depth_max = 12;
inline constexpr std::size_t bytes_max = 4U << 20U;  // of one public part, personal part, snapshot, terms or feed batch

// Misuse (members out of order, bytes that are not UTF-8, integers beyond the range) is a GONGJI_CHECK.
class CanonicalWriter {
 public:
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);  // a literal: it is kept until the object ends
  void text(std::string_view value);
  void integer(std::int64_t value);

  std::string take();  // the finished document; at most bytes_max (CHECK)

 private:
  struct Level {
    bool is_object = false;
    bool empty = true;
    std::string_view last_key;
  };
  void begin(bool is_object, char bracket);
  void end(bool is_object, char bracket);
  void separate();

  std::string out_;
  std::array<Level, depth_max> levels_;
  std::size_t depth_ = 0;
};

// After the first failure every call does nothing and answers with the least that its caller can take.
class CanonicalReader {
 public:
  // `bytes` must outlive the reader; `root` is put in front of every path ("personal", or "").
  explicit CanonicalReader(std::string_view bytes, std::string_view root = {});

  void begin_object();
  void end_object();                         // fails on a member that nobody asked for
  bool optional_key(std::string_view name);  // true, and past it, when it comes next.  A literal.
  void key(std::string_view name);           // fails when it does not come next.  A literal.
  void begin_array();
  bool next_element();  // false: the array has ended (and is left), or the reader failed
  std::string text();
  std::int64_t integer(std::int64_t min, std::int64_t max);
  void finish();  // nothing may follow

  void fail(const TroubleText& text, std::string detail);
  bool failed() const { return trouble_.text != nullptr; }
  const Trouble& error() const { return trouble_; }

 private:
  struct Level {
    bool is_object = false;
    bool empty = true;
    std::string_view key;   // of an object: the member being read
    std::size_t index = 0;  // of an array: the element being read
  };
  bool take(char expected);
  bool at(char expected) const { return at_ < bytes_.size() && bytes_[at_] == expected; }
  void begin(bool is_object, char bracket);
  bool escape(std::string& out);
  std::string path(std::string_view last = {}) const;

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::string root_;
  std::array<Level, depth_max> levels_;
  std::size_t depth_ = 0;
  Trouble trouble_;
};

}  // namespace gongji::record
