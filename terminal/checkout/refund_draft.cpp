#include "terminal/checkout/refund_draft.h"

#include <fmt/format.h>

#include "offline/settlement/claim.h"
#include "sync/protocol/fsi_envelope.h"
#include "sync/protocol/fsi_troubles.h"

namespace gongji::terminal {

namespace fsi_troubles = protocol::fsi_troubles;
using nlohmann::json;

namespace {

constexpr std::size_t decimals = 4;
constexpr std::size_t whole_digits_max = 10;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Result<settlement::KeptLine> line_from_json(const json& row, const std::string& path) {
  if (!row.is_object()) return trouble(fsi_troubles::member_invalid, path, "an object is expected");
  for (const auto& [name, value] : row.items()) {
    if (name != "feedetl_sn" && name != "cnt") {
      return trouble(fsi_troubles::member_invalid, path + "." + name, "not known");
    }
  }
  auto number = protocol::fsi_required(row, path, "feedetl_sn");
  if (!number) return number.error();
  auto text = protocol::fsi_required(row, path, "cnt");
  if (!text) return text.error();
  const auto count = parse_quantity(*text);
  if (!count) return trouble(fsi_troubles::member_invalid, path + ".cnt", "a number with at most four decimals");
  return settlement::KeptLine{std::move(*number), *count};
}

}  // namespace

std::optional<settlement::Quantity> parse_quantity(std::string_view text) {
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || whole.size() > whole_digits_max || part.size() > decimals) return std::nullopt;
  if (point != std::string_view::npos && part.empty()) return std::nullopt;
  settlement::Quantity out;
  for (const std::string_view digits : {whole, part}) {
    for (const char c : digits) {
      if (!is_digit(c)) return std::nullopt;
      out.ten_thousandths = out.ten_thousandths * 10 + (c - '0');
    }
  }
  for (std::size_t i = part.size(); i < decimals; ++i) out.ten_thousandths *= 10;
  return out;
}

Result<void> refund_from_json(const json& body, RefundDraft& draft) {
  if (!body.is_object()) return trouble(fsi_troubles::member_invalid, {}, "an object is expected");
  for (const auto& [name, value] : body.items()) {
    if (name != "opter" && name != "reason" && name != "kept" && name != "returned") {
      return trouble(fsi_troubles::member_invalid, name, "not known");
    }
  }
  draft.lines_come_back = body.contains("returned");
  const char* name = draft.lines_come_back ? "returned" : "kept";
  if (!body.contains(name)) return trouble(fsi_troubles::member_missing, "kept", "or \"returned\"");
  if (draft.lines_come_back && body.contains("kept")) {
    return trouble(fsi_troubles::member_invalid, "kept", "either \"kept\" or \"returned\"");
  }
  const json& rows = body.at(name);
  if (!rows.is_array()) return trouble(fsi_troubles::member_invalid, name, "an array is expected");
  if (rows.size() > settlement::lines_max) return trouble(fsi_troubles::too_many_lines, name);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    auto line = line_from_json(rows[i], fmt::format("{}[{}]", name, i));
    if (!line) return line.error();
    draft.lines.push_back(std::move(*line));
  }
  draft.opter = protocol::fsi_text(body, "opter");
  draft.reason = protocol::fsi_text(body, "reason");
  if (draft.reason.empty()) draft.reason = "customer";
  return {};
}

}  // namespace gongji::terminal
