#include "sync/protocol/version.h"

#include <algorithm>
#include <charconv>

namespace gongji::protocol {

namespace {

constexpr std::uint32_t version_max = 9'999;

std::optional<std::uint32_t> parse_one(std::string_view text) {
  std::uint32_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  if (value < lowest_version || value > version_max) return std::nullopt;
  return value;
}

}  // namespace

std::string to_string(const Versions& versions) {
  return std::to_string(versions.lowest) + "-" + std::to_string(versions.highest);
}

std::optional<Versions> parse_versions(std::string_view text) {
  const auto dash = text.find('-');
  const auto lowest = parse_one(text.substr(0, dash));
  const auto highest = dash == std::string_view::npos ? lowest : parse_one(text.substr(dash + 1));
  if (!lowest || !highest || *lowest > *highest) return std::nullopt;
  return Versions{*lowest, *highest};
}

std::optional<std::uint32_t> common_version(const Versions& one, const Versions& other) {
  const std::uint32_t version = std::min(one.highest, other.highest);
  if (version < std::max(one.lowest, other.lowest)) return std::nullopt;
  return version;
}

}  // namespace gongji::protocol
