#include "offline/settlement/claim_json.h"

#include <rapidcheck/catch.h>
#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>
#include <functional>
#include <set>

#include "offline/base/bytes.h"
#include "offline/settlement/json_probe.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;
using nlohmann::json;

namespace {

json plain_json() {
  json claim = json::parse(claim_to_json(plain_claim()));
  claim["lines"][0]["pric_uplmt_amt"] = nullptr;
  claim["accounts"] = json::array({{{"owner", "f1"}, {"relation", "spouse"}, {"kind", "prior"}, {"balc", "5.00"}}});
  claim["ytd"] = {{"op.fund", "1.00"}};
  return claim;
}

std::optional<ClaimError> fault_of(const std::string& text) {
  const auto read = claim_from_json(text);
  if (std::holds_alternative<Claim>(read)) return std::nullopt;
  return std::get<ClaimError>(read);
}

void require_fault(const std::string& text, ClaimFault fault, const std::string& path) {
  INFO(text);
  const auto error = fault_of(text);
  REQUIRE(error.has_value());
  CHECK(name_of(error->fault) == name_of(fault));
  CHECK(error->path == path);
  CHECK(!error->message_zh.empty());
  CHECK(!error->message_en.empty());
}

}  // namespace

TEST_CASE("a claim written is the claim that is read") {
  rc::prop("any claim", [] {
    Claim claim = *any_claim();
    claim.id = *rc::gen::elementOf(std::vector<std::string>{"", "a\"b\\c\n\x01", "编号-1", "😀"});
    claim.pack = *rc::gen::elementOf(std::vector<std::optional<std::string>>{std::nullopt, "a@b"});
    const auto read = claim_from_json(claim_to_json(claim));
    RC_ASSERT(std::holds_alternative<Claim>(read));
    RC_ASSERT(std::get<Claim>(read) == claim);
  });
}

TEST_CASE("a reader that is used again forgets the claim before") {
  rc::prop("two claims", [] {
    const Claim first = *any_claim();
    const Claim second = *any_claim();
    ClaimReader reader;
    Claim out;
    RC_ASSERT(!reader.read(claim_to_json(first), out).has_value());
    RC_ASSERT(!reader.read(claim_to_json(second), out).has_value());
    RC_ASSERT(out == second);
  });
}

TEST_CASE("a claim means the same, and is as wrong, written plainly or with an escape, in any order, damaged or not") {
  rc::prop("any claim", [] {
    json claim = json::parse(claim_to_json(*any_claim()));
    std::vector<std::string> names;
    for (const auto& [name, value] : claim.items()) names.push_back(name);
    const auto moved = *rc::gen::inRange<std::size_t>(0, names.size());
    std::rotate(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(moved), names.end());
    // the one to be escaped: an answer to a wrong claim tells only an id that is written plainly
    if (names[0] == "id") std::swap(names[0], names[1]);
    const std::string gap = *rc::gen::elementOf(std::vector<std::string>{"", " ", "\t\r "});
    std::string plain;
    for (const std::string& name : names) {
      plain += (plain.empty() ? "" : "," + gap) + "\"" + name + "\"" + gap + ":" + gap + claim[name].dump();
    }
    plain += "}" + gap;
    const auto cuts = *rc::gen::elementOf(std::vector<int>{0, 0, 1, 2});
    for (int i = 0; i < cuts; ++i) {
      const auto at_byte = *rc::gen::inRange<std::size_t>(names[0].size() + 2, plain.size());
      plain[at_byte] = *rc::gen::elementOf(std::string("{}[]\",:0123456789.-+\\ntfu\t x\x01\xe4"));
    }
    std::string escaped = plain;
    const char first = names[0][0];
    escaped.replace(1, 1, std::string("\\u00") + "0123456789abcdef"[first >> 4] + "0123456789abcdef"[first & 15]);
    // the careful scan reads every escaped text, the plain one those without
    RC_ASSERT(claim_from_json("{" + plain) == claim_from_json("{" + escaped));
  });
}

TEST_CASE("members with a default may be left out, all others may not") {
  const std::vector<std::string> with_default = {"/pack",
                                                 "/site/designated",
                                                 "/site/dual_channel",
                                                 "/person/retired_on",
                                                 "/person/employment",
                                                 "/person/entitled_from",
                                                 "/person/entitled_to",
                                                 "/person/paid_on",
                                                 "/person/enrol_kind",
                                                 "/visit/region",
                                                 "/visit/rx_hosp_lv",
                                                 "/visit/diseases",
                                                 "/visit/place",
                                                 "/visit/settled",
                                                 "/visit/presented_on",
                                                 "/visit/benefit",
                                                 "/visit/cause",
                                                 "/visit/approved",
                                                 "/lines/0/selfpay_prop",
                                                 "/lines/0/excluded",
                                                 "/ytd",
                                                 "/accounts",
                                                 "/accounts/0/kind",
                                                 "/ytd/op.fund",
                                                 "/accounts/0/scheme",
                                                 "/accounts/0/listed"};
  std::size_t seen = 0;
  const std::function<void(const json::json_pointer&, const json&)> walk = [&](const json::json_pointer& at,
                                                                               const json& value) {
    if (!value.is_object() && !value.is_array()) return;
    for (const auto& [name, child] : value.items()) {
      const json::json_pointer here = value.is_array() ? at / static_cast<std::size_t>(std::stoul(name)) : at / name;
      walk(here, child);
      if (value.is_array()) continue;
      json claim = plain_json();
      claim.at(at).erase(name);
      const auto error = fault_of(claim.dump());
      INFO(here.to_string());
      const bool has_default =
          std::find(with_default.begin(), with_default.end(), here.to_string()) != with_default.end();
      CHECK(error.has_value() == !has_default);
      if (error.has_value()) {
        CHECK(name_of(error->fault) == "missing");
        CHECK(error->path.ends_with(name));
        CHECK(error->id.has_value() == (here.to_string() != "/id"));
      }

      json misspelt = plain_json();
      misspelt.at(at)[name + "_"] = child;
      if (here.to_string() == "/ytd/op.fund") continue;  // counters are the pack's to know
      const auto unknown = fault_of(misspelt.dump());
      REQUIRE(unknown.has_value());
      CHECK(name_of(unknown->fault) == "unknown_member");
      CHECK(unknown->path.ends_with(name + "_"));
      ++seen;
    }
  };
  walk(json::json_pointer(), plain_json());
  CHECK(seen > 45);
}

TEST_CASE("a value that is not as it must be names its path") {
  struct Row {
    const char* pointer;
    json value;
    ClaimFault fault;
    const char* path;
  };
  const Row rows[] = {
      {"/id", 5, ClaimFault::bad_value, "id"},
      {"/pack", "wuhan-employee", ClaimFault::bad_value, "pack"},
      {"/begntime", "2023-03-15", ClaimFault::bad_value, "begntime"},
      {"/begntime", "2023-02-29 10:00:00", ClaimFault::bad_value, "begntime"},
      {"/site", json::array(), ClaimFault::bad_value, "site"},
      {"/site/admdvs", "42010", ClaimFault::bad_value, "site.admdvs"},
      {"/site/dedc_hosp_lv", "5", ClaimFault::bad_value, "site.dedc_hosp_lv"},
      {"/site/dedc_hosp_lv", 3, ClaimFault::bad_value, "site.dedc_hosp_lv"},
      {"/site/designated", "true", ClaimFault::bad_value, "site.designated"},
      {"/site/designated", nullptr, ClaimFault::bad_value, "site.designated"},
      {"/person/brdy", "1980-13-01", ClaimFault::bad_value, "person.brdy"},
      {"/person/employment", "self", ClaimFault::bad_value, "person.employment"},
      {"/visit/region", "abroad", ClaimFault::bad_value, "visit.region"},
      {"/visit/rx_circ_flag", "2", ClaimFault::bad_value, "visit.rx_circ_flag"},
      {"/visit/rx_hosp_lv", "7", ClaimFault::bad_value, "visit.rx_hosp_lv"},
      {"/visit/diseases", "renal_failure", ClaimFault::bad_value, "visit.diseases"},
      {"/visit/diseases", json::array({"a", 1}), ClaimFault::bad_value, "visit.diseases[1]"},
      {"/acct_used_flag", "3", ClaimFault::bad_value, "acct_used_flag"},
      {"/lines", json::object(), ClaimFault::bad_value, "lines"},
      {"/lines", json::array(), ClaimFault::bad_value, "lines"},
      {"/lines/0", "x", ClaimFault::bad_value, "lines[0]"},
      {"/lines/0/kind", "food", ClaimFault::bad_value, "lines[0].kind"},
      {"/lines/0/chrgitm_lv", "04", ClaimFault::bad_value, "lines[0].chrgitm_lv"},
      {"/lines/0/pric", "-1", ClaimFault::bad_value, "lines[0].pric"},
      {"/lines/0/pric", -1, ClaimFault::bad_value, "lines[0].pric"},
      {"/lines/0/pric", "1e3", ClaimFault::bad_value, "lines[0].pric"},
      {"/lines/0/pric", "+1", ClaimFault::bad_value, "lines[0].pric"},
      {"/lines/0/pric", "", ClaimFault::bad_value, "lines[0].pric"},
      {"/lines/0/pric", ".5", ClaimFault::bad_value, "lines[0].pric"},
      {"/lines/0/pric", "5.", ClaimFault::bad_value, "lines[0].pric"},
      {"/lines/0/pric", " 5", ClaimFault::bad_value, "lines[0].pric"},
      {"/lines/0/pric", "1.0000001", ClaimFault::bad_value, "lines[0].pric"},
      {"/lines/0/pric", "9999999999.990001", ClaimFault::out_of_range, "lines[0].pric"},
      {"/lines/0/pric", "99999999999999999999999999", ClaimFault::out_of_range, "lines[0].pric"},
      {"/lines/0/cnt", "1.00001", ClaimFault::bad_value, "lines[0].cnt"},
      {"/lines/0/cnt", nullptr, ClaimFault::bad_value, "lines[0].cnt"},
      {"/lines/0/selfpay_prop", "0.12345", ClaimFault::bad_value, "lines[0].selfpay_prop"},
      {"/lines/0/selfpay_prop", "1.0001", ClaimFault::out_of_range, "lines[0].selfpay_prop"},
      {"/lines/0/det_item_fee_sumamt", "1000.001", ClaimFault::bad_value, "lines[0].det_item_fee_sumamt"},
      {"/lines/0/det_item_fee_sumamt", "10000000000.00", ClaimFault::out_of_range, "lines[0].det_item_fee_sumamt"},
      {"/lines/0/det_item_fee_sumamt", "1000.02", ClaimFault::line_amount_mismatch, "lines[0].det_item_fee_sumamt"},
      {"/lines/0/det_item_fee_sumamt", "999.98", ClaimFault::line_amount_mismatch, "lines[0].det_item_fee_sumamt"},
      {"/lines/0/excluded", 0, ClaimFault::bad_value, "lines[0].excluded"},
      {"/ytd/op.fund", "-0.01", ClaimFault::bad_value, "ytd.op.fund"},
      {"/ytd/op.fund", "10000000000", ClaimFault::out_of_range, "ytd.op.fund"},
      {"/accounts/0/balc", "x", ClaimFault::bad_value, "accounts[0].balc"},
      {"/accounts/0/kind", "next", ClaimFault::bad_value, "accounts[0].kind"},
      {"/accounts/0/relation", "cousin", ClaimFault::bad_value, "accounts[0].relation"},
      {"/accounts/0/relation", nullptr, ClaimFault::missing, "accounts[0].relation"},
      {"/person/psn_type", "15", ClaimFault::missing, "accounts[0].scheme"},
  };
  for (const Row& row : rows) {
    json claim = plain_json();
    claim[json::json_pointer(row.pointer)] = row.value;
    require_fault(claim.dump(), row.fault, row.path);
  }
}

TEST_CASE("amounts at their limits are read exactly, as text or number") {
  const auto line_of = [](const std::string& pric, const std::string& cnt, const std::string& amount) {
    json claim = plain_json();
    std::string text = claim.dump();
    claim["lines"][0]["pric"] = "PRIC";
    claim["lines"][0]["cnt"] = "CNT";
    claim["lines"][0]["det_item_fee_sumamt"] = "AMOUNT";
    text = claim.dump();
    for (const auto& [mark, value] : {std::pair{"\"PRIC\"", pric}, {"\"CNT\"", cnt}, {"\"AMOUNT\"", amount}}) {
      text.replace(text.find(mark), std::string(mark).size(), value);
    }
    const auto read = claim_from_json(text);
    REQUIRE(std::holds_alternative<Claim>(read));
    return std::get<Claim>(read).lines[0];
  };
  CHECK(line_of("9999999999.99", "1", "\"9999999999.99\"").det_item_fee_sumamt == amount_max);
  CHECK(line_of("\"9999999999.990000\"", "1.0000", "9999999999.99").pric.millionths == 9'999'999'999'990'000);
  // one tenth has no double
  CHECK(line_of("0.1", "3", "0.3").det_item_fee_sumamt == Money::fen(30));
  CHECK(line_of("0.000001", "0.0001", "0").pric.millionths == 1);
  CHECK(line_of("10.005", "1", "10.01").det_item_fee_sumamt == Money::fen(1001));
  CHECK(line_of("10.005", "1", "10.02").det_item_fee_sumamt == Money::fen(1002));
  CHECK(line_of("\"007\"", "1", "7").pric.millionths == 7'000'000);
}

TEST_CASE("text that is not JSON is told from a claim that is wrong") {
  const std::string good = plain_json().dump();
  const std::string bodies[] = {"",
                                " ",
                                "{",
                                "nonsense",
                                good.substr(0, good.size() - 1),
                                good + "}",
                                good + good,
                                good + " 1",
                                "{\"id\":\"a\",\"id\":\"b\"" + good.substr(good.find(',')),
                                "{\"id\":\"\xff\"" + good.substr(good.find(',')),
                                "{\"id\":\"\\ud800\"" + good.substr(good.find(',')),
                                "{\"id\":\"\\x\"" + good.substr(good.find(',')),
                                "{\"id\":\"a\nb\"" + good.substr(good.find(',')),
                                std::string("{\"id\":\"a\0b\"", 11) + good.substr(good.find(',')),
                                "{\"unknown\":1,}",
                                "{\"unknown\":01}",
                                "{\"unknown\":tru}",
                                "\xef\xbb\xbf" + good};
  for (const std::string& body : bodies) {
    INFO(body);
    const auto error = fault_of(body);
    REQUIRE(error.has_value());
    CHECK(name_of(error->fault) == "bad_json");
  }
  for (const char* body : {"[]", "5", "null", "\"text\"", "true"}) {
    INFO(body);
    const auto error = fault_of(body);
    REQUIRE(error.has_value());
    CHECK(name_of(error->fault) == "bad_value");
    CHECK(error->path.empty());
  }
}

TEST_CASE("the id is told even when it stands behind the fault") {
  json claim = plain_json();
  claim.erase("id");
  std::string text = claim.dump();
  text.insert(text.size() - 1, ",\"wrong\":1,\"id\":\"behind\"");
  const auto error = fault_of(text);
  REQUIRE(error.has_value());
  CHECK(name_of(error->fault) == "unknown_member");
  CHECK(error->id == "behind");
}

TEST_CASE("200 lines are a claim and 201 are not; 1 MiB is a claim's text and a byte more is not") {
  json claim = plain_json();
  const json line = claim["lines"][0];
  while (claim["lines"].size() < lines_max) claim["lines"].push_back(line);
  CHECK(!fault_of(claim.dump()).has_value());
  claim["lines"].push_back(line);
  require_fault(claim.dump(), ClaimFault::too_many_lines, "lines");

  std::string text = plain_json().dump();
  text.resize(claim_text_bytes_max, ' ');
  CHECK(!fault_of(text).has_value());
  text += ' ';
  require_fault(text, ClaimFault::out_of_range, "");
}

TEST_CASE("deep nesting is refused, not followed") {
  require_fault(std::string(100'000, '['), ClaimFault::bad_json, "");
  std::string deep = "{\"id\":" + std::string(400, '[') + std::string(400, ']') + "}";
  CHECK(is_json(deep));
  require_fault(deep, ClaimFault::bad_value, "id");
}

TEST_CASE("the second look agrees with a foreign parser on damaged claims") {
  rc::prop("any damage", [] {
    std::string text = plain_json().dump();
    const auto cuts = *rc::gen::inRange(1, 4);
    for (int i = 0; i < cuts; ++i) {
      const auto at_byte = *rc::gen::inRange<std::size_t>(0, text.size());
      text[at_byte] = *rc::gen::elementOf(std::string("{}[]\",:0123456789.-+\\ntfu\t x\x01"));
    }
    // a foreign parser keeps the last of two equal members; we call that broken
    bool twice = false;
    std::vector<std::set<std::string>> names;
    const auto watch = [&](int, json::parse_event_t event, json& parsed) {
      if (event == json::parse_event_t::object_start) names.emplace_back();
      if (event == json::parse_event_t::object_end) names.pop_back();
      if (event == json::parse_event_t::key) twice |= !names.back().insert(parsed.get<std::string>()).second;
      return true;
    };
    const json parsed = json::parse(text, watch, false);
    const bool foreign = !parsed.is_discarded() && !twice;
    RC_ASSERT(is_json(text) == foreign);
    const auto read = claim_from_json(text);
    if (!foreign) {
      RC_ASSERT(std::holds_alternative<ClaimError>(read));
      RC_ASSERT(std::get<ClaimError>(read).fault == ClaimFault::bad_json);
    }
  });
}
