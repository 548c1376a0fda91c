#include "terminal/quote/quote.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "offline/settlement/claim_json.h"
#include "tests/packs/pack_text.h"
#include "tests/quote/run.h"
#include "tests/settlement/claims.h"

using namespace gongji;
using namespace gongji::terminal;
using namespace gongji::testing;
using nlohmann::json;

namespace {

// The example of the command's contract.
const std::string example =
    R"({"id": "a-1", "pack": "wuhan-employee@2023-02-01", "begntime": "2023-03-15 10:30:00",
 "site": {"fixmedins_code": "H42010000001", "fixmedins_type": "1", "admdvs": "420100", "dedc_hosp_lv": "3", "designated": true},
 "person": {"psn_no": "99999900000000000001", "insutype": "310", "psn_type": "11", "brdy": "1980-05-01",
            "retired_on": null, "employment": "unit", "insuplc_admdvs": "420100"},
 "visit": {"med_type": "11", "region": "local", "rx_circ_flag": "0", "rx_hosp_lv": null, "diseases": [], "place": null},
 "acct_used_flag": "2",
 "lines": [{"feedetl_sn": "1", "med_list_codg": "XC08CAB037A001020180517", "name": "demo", "kind": "drug",
            "chrgitm_lv": "02", "selfpay_prop": null, "pric": "25.000000", "cnt": "4", "pric_uplmt_amt": null,
            "det_item_fee_sumamt": "100.00", "excluded": false}],
 "ytd": {"op.deductible": "700.00", "op.fund": "0.00"},
 "accounts": [{"owner": "self", "kind": "prior", "balc": "30.00"},
              {"owner": "99999900000000000002", "relation": "spouse", "kind": "prior", "balc": "100.00"}]})";

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text + "\n";
}

std::string good_line() {
  return settlement::claim_to_json(plain_claim()) + "\n";
}

}  // namespace

TEST_CASE("the example of the contract is answered to the letter") {
  QuoteOptions options;
  options.trace = false;
  const Run run = quote(one_line(example), options);
  CHECK(run.status == 0);
  REQUIRE(run.lines.size() == 1);
  const std::string digest = run.answer(0)["pack_digest"];
  CHECK(digest.starts_with("sm3:"));
  CHECK(digest.size() == 68);
  CHECK(run.lines[0] ==
        R"({"id":"a-1","pack":"wuhan-employee@2023-02-01","pack_digest":")" + digest +
            R"(","setlinfo":{"medfee_sumamt":100.00,"fulamt_ownpay_amt":0.00,"overlmt_selfpay":0.00,)"
            R"("preselfpay_amt":10.00,"inscp_scp_amt":90.00,"act_pay_dedc":0.00,"hifp_pay":45.00,)"
            R"("pool_prop_selfpay":0.5,"hifob_pay":0.00,"fund_pay_sumamt":45.00,"psn_part_amt":55.00,"acct_pay":55.00,)"
            R"("acct_mulaid_pay":25.00,"psn_cash_pay":0.00,"balc":0.00},)"
            R"("accounts":[{"owner":"self","kind":"prior","paid":30.00},)"
            R"({"owner":"99999900000000000002","kind":"prior","paid":25.00}],)"
            R"("lines":[{"feedetl_sn":"1","fulamt_ownpay_amt":0.00,"overlmt_amt":0.00,"preselfpay_amt":10.00,)"
            R"("inscp_scp_amt":90.00,"fund":45.00,"account":55.00,"cash":0.00}],)"
            R"("ytd":{"op.deductible":"700.00","op.fund":"45.00"}})");
}

TEST_CASE("the steps cite rule, value, article and source; sentences come when asked for") {
  const json plain = quote(one_line(example)).answer(0);
  REQUIRE(plain["trace"].size() >= 4);
  CHECK(plain["trace"][0] ==
        json::parse(R"({"step": "class_b_first_part", "line": "1", "before": 100.00, "after": 90.00,
      "rule": "first_part.class_b", "value": "10%", "article": "第十五条", "source": "wuhan-2023"})"));

  for (const Language language : {Language::zh, Language::en}) {
    QuoteOptions options;
    options.explain = language;
    const json answer = quote(one_line(example), options).answer(0);
    for (const json& step : answer["trace"]) {
      const std::string text = step["text"];
      INFO(text);
      CHECK(text.find(step["article"].get<std::string>()) != std::string::npos);
      CHECK(text.find("2023-02-01") != std::string::npos);
      CHECK(text.find_first_of("{}") == std::string::npos);
    }
    const std::string first = answer["trace"][0]["text"];
    CHECK(first.find("10.00") != std::string::npos);
  }
}

TEST_CASE("one answer a line, in order, whatever the line holds") {
  const std::string input = "nonsense\n" + good_line() + "\n" + std::string("\0\n", 2) + "{\"id\":\"\xff\"}\n" +
                            good_line().substr(0, good_line().size() - 1);
  const Run run = quote(input);
  CHECK(run.status == 1);
  REQUIRE(run.lines.size() == 6);
  for (const std::size_t index : {0u, 2u, 3u, 4u}) {
    CHECK(run.answer(index)["error"]["code"] == "bad_json");
    CHECK(run.answer(index)["id"].is_null());
  }
  CHECK(run.answer(1).contains("setlinfo"));
  CHECK(run.answer(5).contains("setlinfo"));
}

TEST_CASE("no input is no answer and a success") {
  const Run run = quote("");
  CHECK(run.status == 0);
  CHECK(run.lines.empty());
}

TEST_CASE("a line above 1 MiB is out of range; the next is answered; one at the limit is a claim") {
  std::string at_limit = good_line();
  at_limit.pop_back();
  at_limit.resize(1u << 20, ' ');
  const std::string input =
      at_limit + "\n" + at_limit + " \n" + std::string(5u << 20, 'x') + "\n" + good_line() + std::string(3u << 20, 'y');
  const Run run = quote(input);
  CHECK(run.status == 1);
  REQUIRE(run.lines.size() == 5);
  CHECK(run.answer(0).contains("setlinfo"));
  CHECK(run.answer(1)["error"]["code"] == "out_of_range");
  CHECK(run.answer(2)["error"]["code"] == "out_of_range");
  CHECK(run.answer(2)["id"].is_null());
  CHECK(run.answer(3).contains("setlinfo"));
  CHECK(run.answer(4)["error"]["code"] == "out_of_range");
}

TEST_CASE("a refusal is an answer, a wrong claim is not; both say who, why and where") {
  settlement::Claim refused = plain_claim();
  refused.site.designated = false;
  refused.acct_used_flag = settlement::AccountUse::own;
  const Run run = quote(settlement::claim_to_json(refused) + "\n");
  CHECK(run.status == 0);
  const json refusal = run.answer(0);
  CHECK(refusal["id"] == "t-1");
  CHECK(refusal["pack"] == "wuhan-employee@2023-02-01");
  CHECK(refusal["refused"]["code"] == "site_not_designated");
  CHECK(refusal["refused"]["article"] == "第八条");
  CHECK(refusal["refused"]["path"] == "site.designated");
  CHECK(refusal["refused"]["message"].get<std::string>().size() > 10);
  CHECK(refusal.size() == 3);

  json wrong = json::parse(good_line());
  wrong["lines"][0]["det_item_fee_sumamt"] = "999.00";
  const Run bad = quote(wrong.dump() + "\n");
  CHECK(bad.status == 1);
  CHECK(bad.answer(0)["id"] == "t-1");
  CHECK(bad.answer(0)["error"]["code"] == "line_amount_mismatch");
  CHECK(bad.answer(0)["error"]["path"] == "lines[0].det_item_fee_sumamt");
}

TEST_CASE("questions about premiums and accruals are answered between claims") {
  const std::string premium =
      R"({"id":"p-1","ask":"premium","of":"account","day":"2023-03-15","scheme":"wuhan-employee","version":null,)"
      R"("kind":"resident","relation":"spouse","insuplc_admdvs":"420106","amount":"380.00","balc":"500.00"})";
  const Run run = quote(premium + "\n" + good_line() + R"({"id":"q","ask":"weather"})" + "\n");
  CHECK(run.status == 1);
  CHECK(run.answer(0)["id"] == "p-1");
  CHECK(printed(run.lines[0], "paid") == "380.00");
  CHECK(run.answer(1).contains("setlinfo"));
  CHECK(run.answer(2)["error"]["path"] == "ask");
}

TEST_CASE("a counter that the pack does not know is an error, not a zero") {
  settlement::Claim claim = plain_claim();
  claim.ytd = {{"op.deductable", Money::yuan(700)}};
  const Run run = quote(settlement::claim_to_json(claim) + "\n");
  CHECK(run.status == 1);
  CHECK(run.answer(0)["error"]["code"] == "unknown_member");
  CHECK(run.answer(0)["error"]["path"] == "ytd.op.deductable");
  CHECK(run.answer(0)["id"] == "t-1");
}

TEST_CASE("a pack forced outside its days says that it is only a what-if") {
  settlement::Claim claim = plain_claim();
  claim.begntime = at("2019-03-15 10:30:00");
  const Run by_day = quote(settlement::claim_to_json(claim) + "\n");
  CHECK(by_day.answer(0)["refused"]["code"] == "pack_not_yet_in_force");
  claim.pack = "wuhan-employee@2023-02-01";
  CHECK(quote(settlement::claim_to_json(claim) + "\n").answer(0)["what_if"] == true);
}

TEST_CASE("a partner that waits for each answer gets it") {
  int claims[2], answers[2];
  REQUIRE(::pipe(claims) == 0);
  REQUIRE(::pipe(answers) == 0);
  std::ostringstream errors;
  std::thread program([&] {
    run_quote({}, claims[0], answers[1], errors);
    ::close(answers[1]);
  });
  for (int i = 0; i < 3; ++i) {
    const std::string line = good_line();
    // in two pieces, so that a half line has to wait
    REQUIRE(::write(claims[1], line.data(), 100) == 100);
    REQUIRE(::write(claims[1], line.data() + 100, line.size() - 100) == static_cast<ssize_t>(line.size() - 100));
    std::string answer;
    char byte = 0;
    while (::read(answers[0], &byte, 1) == 1 && byte != '\n') answer += byte;
    CHECK(json::parse(answer).contains("setlinfo"));
  }
  ::close(claims[1]);
  program.join();
  ::close(claims[0]);
  ::close(answers[0]);
}

TEST_CASE("packs and supplements that cannot be loaded stop with status 2 before any answer") {
  namespace fs = std::filesystem;
  QuoteOptions options;
  options.packs = {"/nonexistent/packs"};
  const Run no_folder = quote(good_line(), options);
  CHECK(no_folder.status == 2);
  CHECK(no_folder.lines.empty());
  CHECK(no_folder.errors.find("G2003") != std::string::npos);

  const fs::path file = fs::temp_directory_path() / ("gongji-supplement-" + std::to_string(::getpid()) + ".json");
  std::ofstream(file) << R"({"format":"gongji.supplement.v1","scheme":"wuhan-employee","sources":[],"row":[]})";
  options.packs.clear();
  options.supplements = {file};
  const Run bad_supplement = quote(good_line(), options);
  fs::remove(file);
  CHECK(bad_supplement.status == 2);
  CHECK(bad_supplement.errors.find("G2002") != std::string::npos);
  CHECK(bad_supplement.errors.find("row") != std::string::npos);
}

TEST_CASE("an output that cannot be written ends with status 1") {
  const File in(good_line());
  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  std::ostringstream errors;
  CHECK(run_quote({}, in.fd(), full, errors) == 1);
  ::close(full);
  CHECK(errors.str().find("written") != std::string::npos);
}
