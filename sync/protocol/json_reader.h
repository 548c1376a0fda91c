// json_reader.h — reads one JSON object strictly: every member known, present, of its type and in its range.
//
// The first thing that is wrong is kept with its path ("accounts[2].amount"); after that each read gives an empty
// value, so that callers read straight through and ask once, in finish().  Members that nobody read are an error of
// finish().
//
// Threads: a value with a borrowed document; one thread.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/day.h"
#include "offline/base/ids.h"
#include "offline/base/money.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"

namespace gongji::protocol {

inline constexpr int json_depth_max = 16;
inline constexpr std::int64_t json_integer_max = (std::int64_t{1} << 53) - 1;  // what every JSON library keeps exact

// Errors, in this order: too_large, not_json (also: not UTF-8, deeper than json_depth_max, a member twice, not an
// object).
Result<nlohmann::json> parse_object(std::string_view text, std::size_t bytes_max);

class JsonReader {
 public:
  explicit JsonReader(const nlohmann::json& object, std::string path = {});

  bool has(std::string_view name) const;

  std::string text(std::string_view name, std::size_t bytes_max, std::size_t bytes_min = 0);
  std::string one_of(std::string_view name, std::initializer_list<std::string_view> allowed);
  Secret secret(std::string_view name, std::size_t bytes_max, std::size_t bytes_min = 0);
  std::int64_t integer(std::string_view name, std::int64_t smallest = 0, std::int64_t largest = json_integer_max);
  bool flag(std::string_view name);
  Money money(std::string_view name, Money smallest = Money{}, Money largest = amount_max);
  Day day(std::string_view name);
  WallTime time(std::string_view name);
  Id id(std::string_view name);
  Bytes base64(std::string_view name, std::size_t bytes_max, std::size_t bytes_min = 0);
  Digest digest(std::string_view name);
  std::vector<std::string> texts(std::string_view name, std::size_t count_max, std::size_t bytes_max);
  JsonReader object(std::string_view name);
  // Readers of the elements, each of which must be an object.
  std::vector<JsonReader> objects(std::string_view name, std::size_t count_max);

  // Reports something that only the caller can judge.
  void refuse(std::string_view name, std::string expected);
  // Takes over what a reader of object() or objects() found.
  void take(JsonReader& inner);

  bool failed() const { return trouble_.has_value(); }
  // The first trouble, or a member that nobody asked for, or nothing.
  Result<void> finish();

 private:
  const nlohmann::json* find(std::string_view name);
  std::string path_of(std::string_view name) const;
  void fail(const TroubleText& text, std::string path, std::string detail);
  void check_members();

  const nlohmann::json* object_;
  std::string path_;
  std::set<std::string, std::less<>> asked_;
  std::optional<Trouble> trouble_;
};

}  // namespace gongji::protocol
