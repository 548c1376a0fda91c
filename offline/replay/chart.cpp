#include "offline/replay/chart.h"

#include <fmt/format.h>

#include <algorithm>

#include "offline/base/markup.h"

namespace gongji::replay {

namespace {

constexpr std::int64_t wide = 960;

// value x length / whole, for 0 <= value <= whole.
std::int64_t scaled(std::int64_t value, std::int64_t whole, std::int64_t length) {
  __extension__ using Wide = __int128;
  return whole == 0 ? 0 : static_cast<std::int64_t>(static_cast<Wide>(value) * length / whole);
}

std::string opened(std::int64_t height, const std::string& title) {
  return fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\"><title>{}</title>\n", wide, height,
                     escape_markup(title), escape_markup(title));
}

std::string rectangle(std::string_view style, std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height,
                      const std::string& tip) {
  return fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>\n",
                     style, x, y, width, height, escape_markup(tip));
}

std::string words(std::string_view style, std::int64_t x, std::int64_t y, const std::string& text) {
  return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n", style, x, y, escape_markup(text));
}

std::string rule(std::string_view style, std::int64_t x1, std::int64_t y1, std::int64_t x2, std::int64_t y2) {
  return fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>\n", style, x1, y1, x2, y2);
}

}  // namespace

std::string paired_bars(const std::vector<Pair>& pairs, const std::string& most_text, const std::string& title) {
  constexpr std::int64_t height = 310, top = 36, ground = 270;
  std::int64_t most = 1;
  for (const Pair& pair : pairs) most = std::max({most, pair.base, pair.other});
  std::string out = opened(height, title);
  out += rule("grid", 0, top, wide, top) + words("small start", 2, top - 8, most_text);
  const auto count = static_cast<std::int64_t>(std::max<std::size_t>(1, pairs.size()));
  const std::int64_t step = wide / count, bar = std::clamp<std::int64_t>(step * 36 / 100, 1, 60);
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(pairs.size()); ++i) {
    const Pair& pair = pairs[static_cast<std::size_t>(i)];
    const std::int64_t middle = i * step + step / 2;
    const std::int64_t base = scaled(pair.base, most, ground - top), other = scaled(pair.other, most, ground - top);
    out += rectangle("base", middle - bar - 1, ground - base, bar, base, pair.base_text);
    out += rectangle("other", middle + 1, ground - other, bar, other, pair.other_text);
    // of many months only some have room for their name
    if (count <= 14 || i % (count / 12 + 1) == 0) out += words("middle", middle, ground + 22, pair.label);
  }
  return out + rule("axis", 0, ground, wide, ground) + "</svg>\n";
}

std::string bars(const std::vector<Bar>& all, const std::string& title) {
  constexpr std::int64_t height = 320, top = 30, ground = 260;
  std::int64_t most = 1;
  for (const Bar& each : all) most = std::max(most, each.value);
  std::string out = opened(height, title);
  constexpr std::int64_t margin = 24;
  const std::int64_t step = (wide - 2 * margin) / static_cast<std::int64_t>(std::max<std::size_t>(1, all.size()));
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(all.size()); ++i) {
    const Bar& each = all[static_cast<std::size_t>(i)];
    const std::int64_t tall = each.value == 0 ? 0 : std::max<std::int64_t>(1, scaled(each.value, most, ground - top));
    out += rectangle(each.style, margin + i * step + 2, ground - tall, step - 4, tall, each.label + ": " + each.text);
    out += words("middle", margin + i * step + step / 2, ground - tall - 6, each.text);
    // labels that stand on two levels do not touch
    out += words("middle small", margin + i * step + step / 2, ground + (i % 2 == 0 ? 20 : 38), each.label);
  }
  return out + rule("axis", 0, ground, wide, ground) + "</svg>\n";
}

std::string waterfall(const std::vector<Fall>& falls, const std::string& sum_label, const std::string& sum_text,
                      const std::string& title) {
  constexpr std::int64_t row = 34, thick = 20, left = 430, right = 850;
  std::int64_t low = 0, high = 0, at = 0;
  for (const Fall& fall : falls) {
    at += fall.change;
    low = std::min(low, at);
    high = std::max(high, at);
  }
  const std::int64_t range = std::max<std::int64_t>(1, high - low);
  const auto place = [&](std::int64_t value) { return left + scaled(value - low, range, right - left); };
  const auto rows = static_cast<std::int64_t>(falls.size());
  std::string out = opened((rows + 1) * row + 10, title);
  const auto draw = [&](std::int64_t i, std::string_view style, const std::string& label, std::int64_t from,
                        std::int64_t to, const std::string& text) {
    const std::int64_t y = i * row + 8, x = place(std::min(from, to));
    const std::int64_t width = std::max<std::int64_t>(1, place(std::max(from, to)) - x);
    out += words("end", left - 12, y + 15, label);
    out += rectangle(style, x, y, width, thick, label + ": " + text);
    out += words("start", x + width + 8, y + 15, text);
  };
  at = 0;
  for (std::int64_t i = 0; i < rows; ++i) {
    const Fall& fall = falls[static_cast<std::size_t>(i)];
    draw(i, fall.change >= 0 ? "gain" : "lose", fall.label, at, at + fall.change, fall.text);
    at += fall.change;
  }
  draw(rows, "sum", sum_label, 0, at, sum_text);
  return out + rule("axis", place(0), 0, place(0), (rows + 1) * row + 4) + "</svg>\n";
}

}  // namespace gongji::replay
