#include "offline/packs/catalogue.h"

#include <catch2/catch.hpp>

#include "offline/packs/troubles.h"
#include "tests/packs/pack_text.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::packs;
using namespace gongji::testing;
using nlohmann::json;
using settlement::LineClass;
using settlement::LineKind;

namespace {

json item(const char* code, const char* first_day, json last_day) {
  return {{"code", code},
          {"name", "甲"},
          {"kind", "device"},
          {"chrgitm_lv", "02"},
          {"selfpay_prop_ppm", 150'000},
          {"pric_uplmt_millionths", 20'000'000},
          {"excluded", true},
          {"first_day", first_day},
          {"last_day", std::move(last_day)}};
}

json catalogue_of(std::initializer_list<json> items) {
  return {{"format", "gongji.catalogue.v1"}, {"note", ""}, {"items", items}};
}

}  // namespace

TEST_CASE("the demonstration catalogue loads and keeps unknown classes unknown") {
  const auto catalogue = Catalogue::load(file_text("offline/packs/catalogue/demo.json"), "demo");
  REQUIRE(catalogue.has_value());
  CHECK(catalogue->size() > 30);
  const CatalogueItem* aspirin = catalogue->find("XB01ACA056A012020279489", day("2023-03-01"));
  REQUIRE(aspirin != nullptr);
  CHECK(aspirin->chrgitm_lv == LineClass::a);
  const CatalogueItem* visit = catalogue->find("001102000010000", day("2023-03-01"));
  REQUIRE(visit != nullptr);
  CHECK(visit->kind == LineKind::service);
  CHECK(!visit->chrgitm_lv.has_value());
}

TEST_CASE("a code is what it was on that day") {
  const json later = item("B", "2024-01-01", nullptr);
  const auto catalogue = Catalogue::load(
      catalogue_of({later, item("B", "2023-01-01", "2023-06-30"), item("A", "2023-01-01", nullptr)}).dump(), "t");
  REQUIRE(catalogue.has_value());
  CHECK(catalogue->find("B", day("2022-12-31")) == nullptr);
  CHECK(catalogue->find("B", day("2023-01-01")) != nullptr);
  CHECK(catalogue->find("B", day("2023-06-30")) != nullptr);
  CHECK(catalogue->find("B", day("2023-07-01")) == nullptr);
  CHECK(catalogue->find("B", day("2024-01-01"))->first_day == day("2024-01-01"));
  CHECK(catalogue->find("C", day("2024-01-01")) == nullptr);
  CHECK(catalogue->find("", day("2024-01-01")) == nullptr);
}

TEST_CASE("a line gets everything but its amounts from the catalogue") {
  const auto catalogue = Catalogue::load(catalogue_of({item("B", "2023-01-01", nullptr)}).dump(), "t");
  REQUIRE(catalogue.has_value());
  settlement::Line sold = line("1", Money::yuan(5));
  sold.med_list_codg = "B";
  sold.name.clear();
  REQUIRE(catalogue->fill(sold, day("2023-03-01"), UnknownGoods::refuse, "x").has_value());
  CHECK(sold.kind == LineKind::device);
  CHECK(sold.chrgitm_lv == LineClass::b);
  CHECK(sold.selfpay_prop == Rate::ppm(150'000));
  CHECK(sold.pric_uplmt_amt == settlement::Price{20'000'000});
  CHECK(sold.excluded);
  CHECK(sold.name == "甲");
  CHECK(sold.det_item_fee_sumamt == Money::yuan(5));
}

TEST_CASE("unknown goods are refused by line, or sold as own cost where the site says so") {
  json unclassed = item("U", "2023-01-01", nullptr);
  unclassed["chrgitm_lv"] = nullptr;
  const auto catalogue = Catalogue::load(catalogue_of({unclassed}).dump(), "t");
  REQUIRE(catalogue.has_value());
  settlement::Line sold = line("1", Money::yuan(5));

  sold.med_list_codg = "nowhere";
  const auto refused = catalogue->fill(sold, day("2023-03-01"), UnknownGoods::refuse, "drugdetail[2]");
  REQUIRE(refused.has_error());
  CHECK(refused.error().text == &troubles::goods_unknown);
  CHECK(refused.error().path == "drugdetail[2]");
  REQUIRE(catalogue->fill(sold, day("2023-03-01"), UnknownGoods::own_cost, "x").has_value());
  CHECK(sold.chrgitm_lv == LineClass::c);
  CHECK(sold.kind == LineKind::other);

  sold.med_list_codg = "U";
  CHECK(catalogue->fill(sold, day("2023-03-01"), UnknownGoods::refuse, "x").error().text == &troubles::class_unknown);
  REQUIRE(catalogue->fill(sold, day("2023-03-01"), UnknownGoods::own_cost, "x").has_value());
  CHECK(sold.chrgitm_lv == LineClass::c);
  CHECK(sold.kind == LineKind::device);
}

TEST_CASE("a catalogue with a fault is not loaded, and the place is named") {
  struct Row {
    const char* member;
    json value;
    const char* detail;
  };
  const Row rows[] = {{"code", "", "is empty"},
                      {"kind", "food", "is not one of"},
                      {"chrgitm_lv", "2", "is not one of"},
                      {"selfpay_prop_ppm", 1'000'001, "above"},
                      {"selfpay_prop_ppm", 150'050, "four decimals"},
                      {"pric_uplmt_millionths", -1, "below"},
                      {"excluded", 1, "true or false"},
                      {"last_day", "2022-12-31", "before first_day"},
                      {"price", 1, "not a known member"}};
  for (const Row& row : rows) {
    json wrong = item("B", "2023-01-01", nullptr);
    wrong[row.member] = row.value;
    const auto catalogue = Catalogue::load(catalogue_of({wrong}).dump(), "t");
    INFO(row.member);
    REQUIRE(catalogue.has_error());
    CHECK(catalogue.error().path.find(std::string("catalogue t · items[0].") + row.member) == 0);
    CHECK(catalogue.error().detail.find(row.detail) != std::string::npos);
  }
  const auto overlap =
      Catalogue::load(catalogue_of({item("B", "2023-01-01", nullptr), item("B", "2024-01-01", nullptr)}).dump(), "t");
  REQUIRE(overlap.has_error());
  CHECK(overlap.error().detail.find("2024-01-01") != std::string::npos);
}
