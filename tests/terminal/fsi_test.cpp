// The national interface from its envelope to the checkout's question, and from the stored entry to its answer.
#include "terminal/fsi/fsi_input.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sync/protocol/fsi_troubles.h"
#include "terminal/fsi/fsi_output.h"
#include "terminal/fsi/fsi_service.h"
#include "terminal/troubles.h"

using namespace gongji;
using namespace gongji::terminal;
using nlohmann::json;
namespace fsi = gongji::protocol::fsi_troubles;

namespace {

packs::Catalogue catalogue() {
  const char* text = R"({"format":"gongji.catalogue.v1","note":"test","items":[]})";
  auto loaded = packs::Catalogue::load(text, "test");
  return loaded ? *loaded : packs::Catalogue();
}

json line(const char* sn, const char* amount) {
  return {{"feedetl_sn", sn}, {"med_list_codg", "XTEST"},      {"medins_list_codg", "1"}, {"pric", amount},
          {"cnt", "1"},       {"det_item_fee_sumamt", amount}, {"rx_circ_flag", "0"}};
}

json message() {
  return {{"infno", "2102"},
          {"msgid", "P42010000001202611210930000001"},
          {"fixmedins_code", "P42010000001"},
          {"opter", "01"},
          {"input",
           {{"druginfo",
             {{"psn_no", "42010000000000000001"},
              {"mdtrt_cert_type", "03"},
              {"mdtrt_cert_no", "A42010015"},
              {"card_sn", "AB"},
              {"begntime", "2026-11-21 09:30:00"},
              {"medfee_sumamt", "30.00"},
              {"insutype", "310"},
              {"acct_used_flag", "1"},
              {"med_type", "41"}}},
            {"drugdetail", json::array({line("1", "10.00"), line("2", "20.00")})}}}};
}

Result<SaleDraft> draft(const json& what, packs::UnknownGoods unknown = packs::UnknownGoods::own_cost) {
  auto request = protocol::parse_fsi_request(what.dump(), "");
  if (!request) return request.error();
  return fsi_sale(*request, catalogue(), unknown);
}

std::pair<std::string, std::string> fault(const json& what) {
  auto sale = draft(what);
  if (sale) return {"well", ""};
  return {std::string(sale.error().text->code), sale.error().path};
}

json changed(const char* pointer, const json& value) {
  json out = message();
  out[json::json_pointer(pointer)] = value;
  return out;
}

using Fault = std::pair<std::string, std::string>;

}  // namespace

TEST_CASE("a purchase becomes a draft, line by line") {
  auto sale = draft(message());
  REQUIRE(sale.has_value());
  CHECK(sale->key.msgid == "P42010000001202611210930000001");
  CHECK(sale->key.infno == "2102");
  CHECK(sale->claim.lines.size() == 2);
  CHECK(sale->claim.lines[1].det_item_fee_sumamt == Money::yuan(20));
  CHECK(sale->claim.acct_used_flag == settlement::AccountUse::own);
  CHECK(sale->credential.numbers.mdtrt_cert_type == "03");
}

TEST_CASE("what tills send in the field is understood") {
  json odd = message();
  odd["Input"] = odd["input"].dump();  // a capital letter, and JSON within JSON
  odd.erase("input");
  CHECK(draft(odd).has_value());
  CHECK(draft(changed("/input/druginfo/medfee_sumamt", 30.0)).has_value());
  CHECK(draft(changed("/input/drugdetail/0/cnt", 1)).has_value());
  CHECK(draft(changed("/input/druginfo", json::array({message()["input"]["druginfo"]}))).has_value());
  CHECK(draft(changed("/input/druginfo/mdtrt_id", "null")).has_value());
  CHECK(draft(changed("/input/druginfo/exp_content", "free text of another system")).has_value());
  CHECK(draft(changed("/opter_type", 1)).has_value());
}

TEST_CASE("numbers as text or as numbers are one request; another amount is another") {
  const auto digest = [](const json& what) {
    return protocol::parse_fsi_request(what.dump(), "").value().input_digest;
  };
  CHECK(digest(changed("/input/drugdetail/0/cnt", 1)) == digest(changed("/input/drugdetail/0/cnt", "1")));
  CHECK(digest(message()) != digest(changed("/input/drugdetail/0/cnt", "2")));
  CHECK(digest(message()) == digest(changed("/inf_time", "2026-11-21 09:31:00")));
}

TEST_CASE("a card's PIN is taken out of a message before it is digested, and leaves nothing of itself") {
  const auto parsed = [](const json& exp_content) {
    return protocol::parse_fsi_request(changed("/input/druginfo/exp_content", exp_content).dump(), "").value();
  };
  const auto plain = parsed(R"({"gongji":{"read":"card"}})");
  for (const json& with_pin :
       {json(R"({"gongji":{"read":"card","pin":"493817"}})"), json(R"({"gongji":{"pin":493817,"read":"card"}})")}) {
    const auto request = parsed(with_pin);
    CHECK(request.card_pin.reveal() == "493817");
    CHECK(request.input_digest == plain.input_digest);
    CHECK(request.input.dump().find("493817") == std::string::npos);
  }
  const auto as_object = parsed({{"gongji", {{"read", "card"}, {"pin", "0012"}}}, {"other", "493817"}});
  CHECK(as_object.card_pin.reveal() == "0012");
  CHECK(as_object.input.dump().find("0012") == std::string::npos);
  CHECK(as_object.input["druginfo"]["exp_content"]["other"] == "493817");
  CHECK(parsed("free text with a pin").card_pin.empty());
  CHECK(parsed(R"({"pin":"493817"})").card_pin.empty());  // not ours
  const auto sale = draft(changed("/input/druginfo/exp_content", R"({"gongji":{"read":"card","pin":"493817"}})"));
  REQUIRE(sale.has_value());
  CHECK(sale->credential.read_card);
  CHECK(sale->credential.pin.reveal() == "493817");
}

TEST_CASE("what is wrong is named by its place in the message") {
  const std::string missing(fsi::member_missing.code), invalid(fsi::member_invalid.code);
  CHECK(fault(changed("/input/drugdetail/1/pric", "")) == Fault{missing, "input.drugdetail[1].pric"});
  CHECK(fault(changed("/input/drugdetail/1/pric", "-1")) == Fault{invalid, "input.drugdetail[1].pric"});
  CHECK(fault(changed("/input/drugdetail/1/pric", "1e3")) == Fault{invalid, "input.drugdetail[1].pric"});
  CHECK(fault(changed("/input/druginfo/begntime", "yesterday")) == Fault{invalid, "input.druginfo.begntime"});
  CHECK(fault(changed("/input/druginfo/acct_used_flag", "7")) == Fault{invalid, "input.druginfo.acct_used_flag"});
  CHECK(fault(changed("/input/druginfo/medfee_sumamt", "30.01")) ==
        Fault{std::string(fsi::sum_differs.code), "input.druginfo.medfee_sumamt"});
  CHECK(fault(changed("/input/drugdetail/1/rx_circ_flag", "1")) ==
        Fault{std::string(fsi::mixed_prescription.code), "input.drugdetail[1]"});
  CHECK(fault(changed("/input/drugdetail", json::array())) == Fault{missing, "input.drugdetail"});
  CHECK(fault(changed("/msgid", nullptr)) == Fault{missing, "msgid"});
  CHECK(fault(changed("/msgid", std::string(65, '1'))) == Fault{invalid, "msgid"});
  CHECK(fault(changed("/infno", "21")) == Fault{invalid, "infno"});
  CHECK(fault(changed("/input", "{\"a\":")) == Fault{std::string(fsi::text_not_json.code), "input"});
}

TEST_CASE("a sale on an external prescription names it once; a number without the flag is the shop's own") {
  json what = message();
  what["input"]["drugdetail"][0]["rxno"] = "RX-1";
  CHECK(draft(what)->prescription.empty());
  for (auto& row : what["input"]["drugdetail"]) row["rx_circ_flag"] = "1";
  CHECK(draft(what)->prescription == "RX-1");
  what["input"]["drugdetail"][1]["rxno"] = "RX-1";
  CHECK(draft(what)->prescription == "RX-1");
  what["input"]["drugdetail"][1]["rxno"] = "RX-2";
  CHECK(fault(what) == Fault{std::string(fsi::several_prescriptions.code), "input.drugdetail[1].rxno"});
  what["input"]["drugdetail"][1]["rxno"] = std::string(65, '9');
  CHECK(fault(what) == Fault{std::string(fsi::member_invalid.code), "input.drugdetail[1].rxno"});
}

TEST_CASE("a reversal names person, message and transaction, and only a 2102 can be reversed") {
  const auto reversal = [](const json& data) {
    json what = message();
    what["infno"] = "2601";
    what["input"] = {{"data", data}};
    auto request = protocol::parse_fsi_request(what.dump(), "");
    REQUIRE(request.has_value());
    return fsi_reverse(*request);
  };
  const auto good = reversal({{"psn_no", "4"}, {"omsgid", "P1"}, {"oinfno", "2102"}});
  REQUIRE(good.has_value());
  CHECK(good->msgid == "P1");
  CHECK(good->psn_no == "4");
  const auto of_cancel = reversal({{"psn_no", "4"}, {"omsgid", "P1"}, {"oinfno", "2103"}});
  REQUIRE_FALSE(of_cancel.has_value());
  CHECK(of_cancel.error().text == &troubles::not_reversible);
  const auto without = reversal({{"psn_no", "4"}, {"oinfno", "2102"}});
  REQUIRE_FALSE(without.has_value());
  CHECK(without.error().path == "input.data.omsgid");
}

TEST_CASE("200 lines are a sale, 201 are refused") {
  json rows = json::array();
  for (int i = 0; i < 200; ++i) rows.push_back(line(std::to_string(i + 1).c_str(), "1.00"));
  json most = changed("/input/drugdetail", rows);
  most["input"]["druginfo"]["medfee_sumamt"] = "200.00";
  CHECK(draft(most).has_value());
  most["input"]["drugdetail"].push_back(line("201", "1.00"));
  CHECK(fault(most) == Fault{std::string(fsi::too_many_lines.code), "input.drugdetail"});
}

TEST_CASE("a member sent twice, broken text and deep nesting are refused") {
  const auto code = [](std::string_view text) {
    auto request = protocol::parse_fsi_request(text, "");
    return request ? std::string_view("well") : request.error().text->code;
  };
  CHECK(code(R"({"infno":"2102","infno":"2103"})") == fsi::member_twice.code);
  CHECK(code("{\"infno\":\"\xC3\x28\"}") == fsi::text_not_utf8.code);
  CHECK(code(std::string(100, '[')) == fsi::text_too_deep.code);
  CHECK(code("[1]") == fsi::member_invalid.code);
  CHECK(code("") == fsi::text_not_json.code);
}

TEST_CASE("unknown goods stop the sale, naming the line, unless the site lets the patient pay them") {
  auto refused = draft(message(), packs::UnknownGoods::refuse);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().path == "input.drugdetail[0].med_list_codg");
  CHECK(draft(message(), packs::UnknownGoods::own_cost).has_value());
}

TEST_CASE("the interface's paths are told from others") {
  CHECK(is_fsi_path("/fsi/api/rsfComIfsService/callService"));
  CHECK(is_fsi_path("/csb/2102"));
  CHECK(infno_of_path("/csb/3505A") == "3505A");
  CHECK_FALSE(is_fsi_path("/csb/21"));
  CHECK_FALSE(is_fsi_path("/csb/2102x"));
  CHECK_FALSE(is_fsi_path("/"));
}

namespace {

record::Sale some_sale() {
  record::Sale sale;
  sale.key.msgid = "M1";
  sale.backing = record::Backing::reserve;
  sale.claim = draft(message()).value().claim;
  sale.claim.site.fixmedins_type = 2;
  sale.claim.site.admdvs = "420100";
  settlement::Settlement& settled = sale.settlement;
  settled = all_cash(sale.claim);
  settled.totals.acct_pay = Money::yuan(12);
  settled.totals.acct_mulaid_pay = Money::yuan(5);
  settled.totals.psn_cash_pay = Money::yuan(18);
  settled.accounts = {{"self", settlement::AccountKind::prior, Money::yuan(7)},
                      {"42010000000000000002", settlement::AccountKind::prior, Money::yuan(5)}};
  return sale;
}

}  // namespace

TEST_CASE("an answer has every member of the table, and its identities hold") {
  journal::StoredEntry entry;
  entry.head.seq = 17;
  entry.head.at = WallTime{1'795'000'000'000};
  entry.body = some_sale();
  const json answer = json::parse(render_sale(entry));
  const json& info = answer["setlinfo"];
  for (const char* name : {"setl_id",
                           "mdtrt_id",
                           "psn_no",
                           "psn_name",
                           "psn_cert_type",
                           "certno",
                           "gend",
                           "naty",
                           "brdy",
                           "age",
                           "insutype",
                           "psn_type",
                           "cvlserv_flag",
                           "setl_time",
                           "mdtrt_cert_type",
                           "med_type",
                           "medfee_sumamt",
                           "fulamt_ownpay_amt",
                           "overlmt_selfpay",
                           "preselfpay_amt",
                           "inscp_scp_amt",
                           "act_pay_dedc",
                           "hifp_pay",
                           "pool_prop_selfpay",
                           "cvlserv_pay",
                           "hifes_pay",
                           "hifmi_pay",
                           "hifob_pay",
                           "maf_pay",
                           "oth_pay",
                           "fund_pay_sumamt",
                           "psn_part_amt",
                           "acct_pay",
                           "psn_cash_pay",
                           "balc",
                           "acct_mulaid_pay",
                           "medins_setl_id",
                           "clr_optins",
                           "clr_way",
                           "clr_type",
                           "exp_content",
                           "hosp_part_amt",
                           "hifdm_pay"}) {
    INFO(name);
    CHECK(info.contains(name));
  }
  const auto fen = [&](const char* name) { return std::llround(info[name].get<long double>() * 100); };
  CHECK(info["medfee_sumamt"].is_number());
  CHECK(fen("medfee_sumamt") == fen("fund_pay_sumamt") + fen("psn_part_amt"));
  CHECK(fen("psn_part_amt") == fen("acct_pay") + fen("psn_cash_pay"));
  CHECK(info["medins_setl_id"] == "M1");
  CHECK(answer["detlcutinfo"].size() == 2);
  // exp_content is a text that holds JSON.
  const json state = json::parse(info["exp_content"].get<std::string>());
  CHECK(state["gongji"]["state"] == "provisional");
  CHECK(state["gongji"]["seq"] == 17);
}

TEST_CASE("an entry renders to the same bytes each time") {
  journal::StoredEntry entry;
  entry.head.seq = 17;
  entry.body = some_sale();
  CHECK(render_sale(entry) == render_sale(entry));
  // A later verdict does not change the first answer.
  journal::StoredEntry judged = entry;
  judged.state = journal::SaleState::refused;
  CHECK(render_sale(judged) == render_sale(entry));
}

TEST_CASE("a cancellation and its sale add up to zero") {
  Cancelled cancelled;
  cancelled.sale = some_sale();
  cancelled.cancel.body = record::Cancel{};
  const json sold = [&] {
    journal::StoredEntry entry;
    entry.body = cancelled.sale;
    return json::parse(render_sale(entry))["setlinfo"];
  }();
  const json given_back = json::parse(render_cancel(cancelled))["setlinfo"];
  for (const char* name :
       {"medfee_sumamt", "fund_pay_sumamt", "psn_part_amt", "acct_pay", "acct_mulaid_pay", "psn_cash_pay"}) {
    CHECK(std::llround(sold[name].get<long double>() * 100) ==
          -std::llround(given_back[name].get<long double>() * 100));
  }
}

TEST_CASE("a paper promises nothing: all in cash, with its reasons") {
  record::Paper paper;
  paper.claim = draft(message()).value().claim;
  paper.reasons = {"snapshot_absent"};
  journal::StoredEntry entry;
  entry.body = paper;
  const json info = json::parse(render_sale(entry))["setlinfo"];
  CHECK(info["psn_cash_pay"].dump() == "30.0");
  CHECK(info["fund_pay_sumamt"].dump() == "0.0");
  const json state = json::parse(info["exp_content"].get<std::string>());
  CHECK(state["gongji"]["state"] == "cash");
  CHECK(state["gongji"]["paper_reasons"] == json::array({"snapshot_absent"}));
}
