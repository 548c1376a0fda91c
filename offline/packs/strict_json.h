// strict_json.h — JSON files read without mercy: every member known, of the right type, in its range; no fractions.
//
// Reading code stays free of error handling: the first fault is thrown as Fault and becomes a Trouble in `reading`,
// the only place that catches it.  Nothing leaves this module by exception.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/result.h"

namespace gongji::packs {

struct Fault {
  const TroubleText* text;
  std::string path, detail;
};

// Parses; a repeated member or a fraction anywhere is a Fault.  `origin` begins every path.
nlohmann::json parse_strictly(std::string_view text, const std::string& origin);

// A value and where it stands: "pack wuhan-employee@2023-02-01 · rows[3].value".
class Node {
 public:
  Node(const nlohmann::json& value, std::string path) : value_(&value), path_(std::move(path)) {}

  [[noreturn]] void fail(std::string detail) const;
  const std::string& path() const { return path_; }
  bool is_null() const { return value_->is_null(); }

  // The member `name` of this object; absent: fault.
  Node operator[](std::string_view name) const;
  // This must be an object with exactly these members.
  const Node& exactly(std::initializer_list<std::string_view> names) const;
  // Members in the order of the file, for objects whose names are data.
  std::vector<std::pair<std::string, Node>> members() const;
  std::vector<Node> elements() const;

  std::string written() const { return value_->dump(); }  // as JSON, members in alphabetical order
  std::string text() const;                               // not empty
  std::string any_text() const;                           // may be empty
  bool flag() const;
  std::int64_t whole(std::int64_t least, std::int64_t most) const;
  Day day() const;
  std::optional<Day> day_or_null() const;
  std::vector<std::string> texts() const;
  // Index of the text in `names`.
  std::size_t one_of(std::initializer_list<std::string_view> names) const;

 private:
  const nlohmann::json* value_;
  std::string path_;
};

// Runs `read` and turns a Fault into the error side.
template <class Read>
auto reading(Read read) -> Result<decltype(read())> {
  try {
    if constexpr (std::is_void_v<decltype(read())>) {
      read();
      return {};
    } else {
      return read();
    }
  } catch (const Fault& fault) {
    return trouble(*fault.text, fault.path, fault.detail);
  }
}

}  // namespace gongji::packs
