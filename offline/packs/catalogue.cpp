#include "offline/packs/catalogue.h"

#include <algorithm>

#include "offline/packs/strict_json.h"
#include "offline/packs/troubles.h"

namespace gongji::packs {

using settlement::LineClass;
using settlement::LineKind;

namespace {

CatalogueItem read_item(const Node& node) {
  node.exactly({"code", "name", "kind", "chrgitm_lv", "selfpay_prop_ppm", "pric_uplmt_millionths", "excluded",
                "first_day", "last_day"});
  CatalogueItem item;
  item.code = node["code"].text();
  item.name = node["name"].text();
  item.kind = static_cast<LineKind>(node["kind"].one_of({"drug", "device", "consumable", "service", "other"}));
  if (!node["chrgitm_lv"].is_null()) {
    item.chrgitm_lv = static_cast<LineClass>(node["chrgitm_lv"].one_of({"01", "02", "03"}) + 1);
  }
  if (!node["selfpay_prop_ppm"].is_null()) {
    item.selfpay_prop = Rate::ppm(node["selfpay_prop_ppm"].whole(0, ppm_whole));
    // claims carry it with four decimals
    if (item.selfpay_prop->in_ppm() % 100 != 0) node["selfpay_prop_ppm"].fail("has more than four decimals");
  }
  if (!node["pric_uplmt_millionths"].is_null()) {
    item.pric_uplmt_amt = settlement::Price{node["pric_uplmt_millionths"].whole(0, amount_max.in_fen() * 10'000)};
  }
  item.excluded = node["excluded"].flag();
  item.first_day = node["first_day"].day();
  item.last_day = node["last_day"].day_or_null();
  if (item.last_day.has_value() && *item.last_day < item.first_day) node["last_day"].fail("is before first_day");
  return item;
}

}  // namespace

Result<Catalogue> Catalogue::load(std::string_view text, std::string_view origin) {
  return reading([&] {
    const std::string where = "catalogue " + std::string(origin);
    const nlohmann::json json = parse_strictly(text, where);
    const Node root(json, where);
    root.exactly({"format", "note", "items"})["format"].one_of({"gongji.catalogue.v1"});
    root["note"].any_text();
    Catalogue catalogue;
    for (const Node& node : root["items"].elements()) catalogue.items_.push_back(read_item(node));
    auto& items = catalogue.items_;
    std::sort(items.begin(), items.end(), [](const CatalogueItem& a, const CatalogueItem& b) {
      return a.code != b.code ? a.code < b.code : a.first_day < b.first_day;
    });
    for (std::size_t i = 1; i < items.size(); ++i) {
      const CatalogueItem& before = items[i - 1];
      if (before.code != items[i].code) continue;
      if (!before.last_day.has_value() || *before.last_day >= items[i].first_day) {
        root["items"].fail("two rows of " + before.code + " hold on " + to_string(items[i].first_day));
      }
    }
    return catalogue;
  });
}

const CatalogueItem* Catalogue::find(std::string_view code, Day day) const {
  auto after =
      std::upper_bound(items_.begin(), items_.end(), std::pair(code, day), [](const auto& key, const auto& item) {
        return key.first != item.code ? key.first < item.code : key.second < item.first_day;
      });
  if (after == items_.begin()) return nullptr;
  const CatalogueItem& item = *--after;
  if (item.code != code || (item.last_day.has_value() && *item.last_day < day)) return nullptr;
  return &item;
}

Result<void> Catalogue::fill(settlement::Line& line, Day day, UnknownGoods unknown, std::string_view path) const {
  const CatalogueItem* item = find(line.med_list_codg, day);
  if (item == nullptr) {
    if (unknown == UnknownGoods::refuse) return trouble(troubles::goods_unknown, std::string(path), line.med_list_codg);
    line.kind = LineKind::other;
    line.chrgitm_lv = LineClass::c;
    line.selfpay_prop.reset();
    line.pric_uplmt_amt.reset();
    line.excluded = false;
    return {};
  }
  if (!item->chrgitm_lv.has_value() && unknown == UnknownGoods::refuse) {
    return trouble(troubles::class_unknown, std::string(path), line.med_list_codg);
  }
  line.kind = item->kind;
  line.chrgitm_lv = item->chrgitm_lv.value_or(LineClass::c);
  line.selfpay_prop = item->selfpay_prop;
  line.pric_uplmt_amt = item->pric_uplmt_amt;
  line.excluded = item->excluded;
  if (line.name.empty()) line.name = item->name;
  return {};
}

}  // namespace gongji::packs
