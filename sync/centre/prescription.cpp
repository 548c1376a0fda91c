#include "sync/centre/prescription.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "offline/base/check.h"
#include "sync/centre/troubles.h"
#include "sync/protocol/json_reader.h"

namespace gongji::centre {

namespace {

constexpr std::size_t prescriptions_max = 1'000;  // of one file
constexpr std::size_t quantity_decimals = 4;
constexpr std::int64_t quantity_max = 10'000'000'000;  // a million of anything

// "2", "1.5": above 0, at most four decimals.
std::optional<settlement::Quantity> parse_quantity(std::string_view text) {
  const auto point = text.find('.');
  std::string digits(text.substr(0, point));
  if (digits.empty()) return std::nullopt;
  std::string decimals(point == std::string_view::npos ? "" : text.substr(point + 1));
  if (decimals.size() > quantity_decimals || (point != std::string_view::npos && decimals.empty())) return std::nullopt;
  decimals.resize(quantity_decimals, '0');
  digits += decimals;
  if (digits.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  settlement::Quantity quantity;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), quantity.ten_thousandths);
  const bool fits = read.ec == std::errc() && quantity.ten_thousandths > 0 && quantity.ten_thousandths <= quantity_max;
  return fits ? std::optional(quantity) : std::nullopt;
}

Prescription read_one(protocol::JsonReader& reader) {
  Prescription out;
  out.number = reader.text("number", 64, 1);
  out.psn_no = reader.text("psn_no", 30, 1);
  const std::string kind = reader.one_of("site_kind", {"any", "clinic", "pharmacy"});
  out.site_type = kind == "clinic" ? 1 : kind == "pharmacy" ? 2 : 0;
  out.from = reader.day("from");
  out.until = reader.day("until");
  if (!reader.failed() && out.until < out.from) reader.refuse("until", "expected a day not before `from`");
  for (auto& inner : reader.objects("items", prescription_items_max)) {
    PrescriptionItem item;
    item.code = inner.text("code", 50, 1);
    const auto quantity = parse_quantity(inner.text("quantity", 20, 1));
    if (!inner.failed() && !quantity) {
      inner.refuse("quantity", "expected a number above 0 with at most four decimals, as text");
    }
    item.quantity = quantity.value_or(settlement::Quantity{});
    reader.take(inner);
    out.items.push_back(std::move(item));
  }
  if (!reader.failed() && out.items.empty()) reader.refuse("items", "expected at least one");
  return out;
}

}  // namespace

std::string_view fault_of(const std::optional<Prescription>& prescription, const std::string& psn_no,
                          std::uint8_t site_type, Day served) {
  if (!prescription || prescription->psn_no != psn_no || prescription->withdrawn) return "prescription_unknown";
  if (prescription->site_type != 0 && prescription->site_type != site_type) return "prescription_not_here";
  if (served < prescription->from || served > prescription->until) return "prescription_expired";
  return {};
}

Allotted allot(const Prescription& prescription, std::vector<settlement::Quantity> left,
               const std::vector<protocol::Goods>& goods) {
  GONGJI_CHECK(left.size() == prescription.items.size());
  Allotted out;
  out.taken.resize(left.size());
  std::vector<std::size_t> places(left.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = i;
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return prescription.items[a].code.size() > prescription.items[b].code.size();
  });
  for (const auto& good : goods) {
    std::int64_t wanted = good.cnt.ten_thousandths;
    bool named = false;
    for (const std::size_t place : places) {
      if (!good.med_list_codg.starts_with(prescription.items[place].code)) continue;
      named = true;
      const std::int64_t taken = std::min(wanted, left[place].ten_thousandths);
      left[place].ten_thousandths -= taken;
      out.taken[place].ten_thousandths += taken;
      wanted -= taken;
    }
    if (out.reason.empty() && !named) out.reason = "prescription_other_goods";
    if (out.reason.empty() && wanted > 0) out.reason = "prescription_used_up";
  }
  return out;
}

std::vector<protocol::Goods> goods_of(const settlement::Claim& claim) {
  std::vector<protocol::Goods> goods;
  for (const auto& line : claim.lines) goods.push_back({line.med_list_codg, line.cnt});
  return goods;
}

Result<std::vector<Prescription>> read_prescriptions(std::string_view text) {
  auto parsed = protocol::parse_object(text, prescription_file_bytes_max);
  if (parsed.has_error()) return trouble(troubles::prescription_invalid, parsed.error().path, parsed.error().detail);
  protocol::JsonReader reader(*parsed);
  std::vector<Prescription> out;
  std::set<std::string> numbers;
  for (auto& inner : reader.objects("prescriptions", prescriptions_max)) {
    out.push_back(read_one(inner));
    if (!inner.failed() && !numbers.insert(out.back().number).second) inner.refuse("number", "occurs twice");
    reader.take(inner);
  }
  if (auto outcome = reader.finish(); outcome.has_error()) {
    const Trouble& found = outcome.error();
    return trouble(troubles::prescription_invalid, found.path,
                   found.detail.empty() ? std::string(found.text->en) : found.detail);
  }
  return out;
}

}  // namespace gongji::centre
