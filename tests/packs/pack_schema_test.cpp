#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>

#include "offline/packs/packs.h"
#include "tests/packs/pack_text.h"

using gongji::testing::file_text;
using nlohmann::json;

namespace {

class PackSchema {
 public:
  PackSchema() : json_(json::parse(file_text("offline/packs/schema/pack.schema.json"))) {
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(json_), schema_);
  }
  bool accepts(const json& pack) {
    valijson::Validator validator;
    return validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(pack), nullptr);
  }

 private:
  json json_;
  valijson::Schema schema_;
};

}  // namespace

TEST_CASE("every pack in the tree is as its schema says") {
  PackSchema schema;
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator("offline/packs")) {
    const auto& path = entry.path();
    if (path.extension() != ".json" || path.filename() == "sources.json") continue;
    const json pack = json::parse(file_text(path.string()));
    if (pack.value("format", "") != "gongji.pack.v1") continue;
    INFO(path);
    CHECK(schema.accepts(pack));
    ++seen;
  }
  CHECK(seen == gongji::packs::built_in_packs().packs().size());
}

TEST_CASE("the schema refuses a misspelt key and a rate above the whole, as the loader does") {
  PackSchema schema;
  const json pack = json::parse(file_text(gongji::testing::wuhan_path));
  REQUIRE(schema.accepts(pack));
  json renamed = pack;
  renamed["rows"][3].erase("article");
  renamed["rows"][3]["artcle"] = "x";
  CHECK_FALSE(schema.accepts(renamed));
  json rate = pack;
  for (auto& row : rate["rows"]) {
    if (row["unit"] == "ppm") row["value"] = 1'200'000;
  }
  CHECK_FALSE(schema.accepts(rate));
}
