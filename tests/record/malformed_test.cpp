// What is not exactly the canonical form is trouble that names the place; nothing of the input is repeated.
#include <catch2/catch.hpp>

#include "offline/record/canonical.h"
#include "offline/record/kept_form.h"
#include "offline/record/order.h"
#include "offline/record/snapshot.h"
#include "offline/record/troubles.h"
#include "offline/record/verdict.h"
#include "tests/record/fixtures.h"

using namespace gongji;
using namespace gongji::record;

namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

struct Case {
  const char* from;
  const char* to;
  const TroubleText* expected;
  const char* path;
};

const Entry& sale_entry() {
  static const Entry entry = make_entry(fixtures::head(1), fixtures::sale(), fixtures::salt(0), Digest{});
  return entry;
}

}  // namespace

TEST_CASE("a malformed public part is refused with its path") {
  using namespace troubles;
  for (const Case& given : {
           // spelling
           Case{"{\"at\"", " {\"at\"", &not_canonical, ""},
           Case{"\"at\":1", "\"at\": 1", &not_canonical, "at"},
           Case{"\"epoch\":1", "\"epoch\":01", &not_canonical, "epoch"},
           Case{"\"epoch\":1", "\"epoch\":1.0", &not_canonical, "epoch"},
           Case{"\"epoch\":1", "\"epoch\":1e0", &not_canonical, "epoch"},
           Case{"\"epoch\":1", "\"epoch\":+1", &not_canonical, "epoch"},
           Case{"\"epoch\":1", "\"epoch\":-0", &not_canonical, "epoch"},
           Case{"\"epoch\":1", "\"epoch\":\"1\"", &not_canonical, "epoch"},
           Case{"\"epoch\":1", "\"epoch\":true", &not_canonical, "epoch"},
           Case{"\"epoch\":1", "\"epoch\":null", &not_canonical, "epoch"},
           Case{"\"opter\":\"0007\"", "\"opter\":7", &not_canonical, "sale.opter"},
           Case{"\"opter\":\"0007\"", "\"opter\":\"\\u0030007\"", &not_canonical, "sale.opter"},
           Case{"\"opter\":\"0007\"", "\"opter\":\"\\u000a\"", &not_canonical, "sale.opter"},
           Case{"\"opter\":\"0007\"", "\"opter\":\"\\u001F\"", &not_canonical, "sale.opter"},
           Case{"\"opter\":\"0007\"", "\"opter\":\"\\/\"", &not_canonical, "sale.opter"},
           Case{"\"opter\":\"0007\"", "\"opter\":\"\n\"", &not_canonical, "sale.opter"},
           Case{"\"opter\":\"0007\"", "\"opter\":\"\xff\"", &not_canonical, ""},
           Case{"\"opter\":\"0007\"", "\"opter\":\"\xed\xa0\x80\"", &not_canonical, ""},
           Case{"\"T-99999900001-01\"}", "\"T-99999900001-01\"}\n", &not_canonical, ""},
           Case{"\"T-99999900001-01\"}", "\"T-99999900001-01\"]", &not_canonical, ""},
           Case{"\"diseases\":[", "\"diseases\":[,", &not_canonical, "sale.claim.visit.diseases[0]"},
           Case{"\"I10.x00\"]", "\"I10.x00\",]", &not_canonical, "sale.claim.visit.diseases[1]"},
           // members
           Case{"\"epoch\":1,", "", &missing_member, "epoch"},
           Case{"\"opter\":\"0007\",", "", &missing_member, "sale.opter"},
           Case{"\"cnt\":20000,", "", &missing_member, "sale.claim.lines[0].cnt"},
           Case{"\"epoch\":1,", "\"bonus\":1,\"epoch\":1,", &unknown_member, ""},
           Case{"\"epoch\":1,", "\"epoch\":1,\"epoch\":1,", &unknown_member, ""},
           Case{"\"T-99999900001-01\"}", "\"T-99999900001-01\",\"z\":1}", &unknown_member, ""},
           Case{"\"cnt\":20000,", "\"aside\":0,\"cnt\":20000,", &unknown_member, "sale.claim.lines[0]"},
           Case{"\"person\":{", "\"person\":{\"brdy\":1,", &unknown_member, "sale.claim.person"},
           Case{"\"psn_type\":\"21\"", "\"psn_no\":\"x\",\"psn_type\":\"21\"", &unknown_member, "sale.claim.person"},
           Case{",\"sale\":{", ",\"sell\":{", &missing_member, "sale"},
           Case{",\"sale\":{", ",\"refund\":{", &unknown_member, ""},
           // ranges
           Case{"\"at\":1795141875000", "\"at\":-1", &out_of_range, "at"},
           Case{"\"at\":1795141875000", "\"at\":9007199254740991", &out_of_range, "at"},
           Case{"\"epoch\":1", "\"epoch\":0", &out_of_range, "epoch"},
           Case{"\"epoch\":1", "\"epoch\":4294967296", &out_of_range, "epoch"},
           Case{",\"seq\":1,", ",\"seq\":0,", &out_of_range, "seq"},
           Case{",\"seq\":1,", ",\"seq\":9007199254740992,", &out_of_range, "seq"},
           Case{",\"seq\":1,", ",\"seq\":99999999999999999999999,", &out_of_range, "seq"},
           Case{"\"backing\":3", "\"backing\":4", &out_of_range, "sale.backing"},
           Case{"\"presence\":2", "\"presence\":0", &out_of_range, "sale.presence"},
           Case{"\"presence\":2", "\"presence\":7", &out_of_range, "sale.presence"},
           Case{"\"excluded\":0", "\"excluded\":2", &out_of_range, "sale.claim.lines[0].excluded"},
           Case{"\"chrgitm_lv\":3", "\"chrgitm_lv\":0", &out_of_range, "sale.claim.lines[1].chrgitm_lv"},
           Case{"\"det_item_fee_sumamt\":5700", "\"det_item_fee_sumamt\":-5700", &out_of_range,
                "sale.claim.lines[0].det_item_fee_sumamt"},
           Case{"\"det_item_fee_sumamt\":5700", "\"det_item_fee_sumamt\":1000000000000", &out_of_range,
                "sale.claim.lines[0].det_item_fee_sumamt"},
           Case{"\"pric\":\"28500000\"", "\"pric\":\"9999999999990001\"", &out_of_range, "sale.claim.lines[0].pric"},
           Case{"\"pric\":\"28500000\"", "\"pric\":\"028500000\"", &out_of_range, "sale.claim.lines[0].pric"},
           Case{"\"pric\":\"28500000\"", "\"pric\":\"28.5\"", &out_of_range, "sale.claim.lines[0].pric"},
           Case{"\"pric\":\"28500000\"", "\"pric\":\"\"", &out_of_range, "sale.claim.lines[0].pric"},
           Case{"\"selfpay_prop\":100000", "\"selfpay_prop\":1000001", &out_of_range,
                "sale.claim.lines[0].selfpay_prop"},
           Case{"\"second\":37815", "\"second\":86400", &out_of_range, "sale.claim.begntime.second"},
           Case{"\"entitled_from\":11323", "\"entitled_from\":376200", &out_of_range,
                "sale.claim.person.entitled_from"},
           Case{"\"sale_id\":\"01KAG00000E008000000000001\"", "\"sale_id\":\"01kag00000e008000000000001\"",
                &out_of_range, "sale.sale_id"},
           Case{"\"digest\":\"c000", "\"digest\":\"C000", &out_of_range, "sale.key.digest"},
           Case{"\"digest\":\"c000", "\"digest\":\"c0", &out_of_range, "sale.key.digest"},
           Case{"\"person_key\":\"147c", "\"person_key\":\"999999195501010014", &out_of_range, "sale.person_key"},
           Case{"\"terminal\":\"T-99999900001-01\"", "\"terminal\":\"\"", &out_of_range, "terminal"},
           Case{"\"terminal\":\"T-99999900001-01\"", "\"terminal\":\"T\\u0000\"", &out_of_range, "terminal"},
           // owners
           Case{"\"owner\":\"family-1\"", "\"owner\":\"family-2\"", &parts_differ, "personal.family"},
           Case{"\"owner\":\"family-1\"", "\"owner\":\"family-01\"", &parts_differ, "personal.family"},
           Case{"\"owner\":\"family-1\"", "\"owner\":\"99999900000000000000000029\"", &parts_differ, "personal.family"},
       }) {
    CAPTURE(given.from, given.to);
    const auto result = decode(replaced(sale_entry().public_bytes, given.from, given.to), sale_entry().personal_bytes);
    REQUIRE(result.has_error());
    CHECK(result.error().text->code == given.expected->code);
    CHECK(result.error().path == given.path);
  }
}

TEST_CASE("a malformed personal part is refused with its path") {
  using namespace troubles;
  for (const Case& given : {
           Case{"\"brdy\":-5479", "\"brdy\":-62092", &out_of_range, "personal.brdy"},
           Case{"\"psn_name\":", "\"psn_nick\":", &missing_member, "personal.holder.psn_name"},
           Case{"\"gend\":\"1\",", "", &missing_member, "personal.holder.gend"},
           Case{"\"holder\":{", "\"holder\":{\"age\":71,", &unknown_member, "personal.holder"},
           Case{"\"family\":[\"99999900000000000000000029\"]", "\"family\":[]", &parts_differ, "personal.family"},
           Case{"\"family\":[", "\"family\":[\"another\",", &parts_differ, "personal.family"},
           Case{"\"family\":[\"99999900000000000000000029\"]", "\"family\":[\"self\"]", &parts_differ,
                "personal.family"},
       }) {
    CAPTURE(given.from, given.to);
    const auto result = decode(sale_entry().public_bytes, replaced(sale_entry().personal_bytes, given.from, given.to));
    REQUIRE(result.has_error());
    CHECK(result.error().text->code == given.expected->code);
    CHECK(result.error().path == given.path);
  }
  CHECK(decode(sale_entry().public_bytes, "").error().text == &not_canonical);
  CHECK(decode(sale_entry().public_bytes, "{}").error().path == "personal.family");
  const Entry cancel = make_entry(fixtures::head(2), fixtures::cancel(), fixtures::salt(0), Digest{});
  CHECK(decode(cancel.public_bytes, sale_entry().personal_bytes).error().text == &unknown_member);
}

TEST_CASE("bytes that are no record at all are refused") {
  for (const std::string& bytes : {std::string(), std::string("{}"), std::string("[]"), std::string("\""),
                                   std::string("{"), std::string("null"), std::string(5, '\0'), std::string("{\"\":"),
                                   std::string("{\"at"), std::string(100'000, '['), std::string("\xef\xbb\xbf{}")}) {
    CHECK(decode(bytes, "{}").has_error());
    CHECK(decode_public(bytes).has_error());
    CHECK(decode_snapshot(bytes).has_error());
    CHECK(decode_terms(bytes).has_error());
    CHECK(decode_feed(bytes).has_error());
  }
}

TEST_CASE("an entry is of exactly one kind") {
  const Entry cancel = make_entry(fixtures::head(1), fixtures::cancel(), fixtures::salt(0), Digest{});
  const std::size_t from = cancel.public_bytes.find("\"cancel\""), to = cancel.public_bytes.find("\"epoch\"");
  const std::string member = cancel.public_bytes.substr(from, to - from);
  const std::string both = replaced(sale_entry().public_bytes, "\"epoch\"", member + "\"epoch\"");
  CHECK(decode(both, sale_entry().personal_bytes).error().text == &troubles::out_of_range);
  const std::string none = replaced(cancel.public_bytes, member, "");
  CHECK(decode(none, "{}").error().text == &troubles::missing_member);

  FeedBatch feed;
  feed.terminal = "T-1";
  feed.items = {Verdict{}};
  std::get<Verdict>(feed.items[0]).seq = 1;
  CHECK(decode_feed(encode(feed)).has_value());
  CHECK(decode_feed(replaced(encode(feed), "\"verdict\"", "\"verdicts\"")).error().path == "items[0].verdict");
  CHECK(decode_feed(replaced(encode(feed), "{\"verdict\"", "{\"odder\"")).error().text == &troubles::unknown_member);
}

TEST_CASE("a record of more than 4 MiB is refused unread, and 201 lines are too many") {
  const auto result = decode(std::string(bytes_max + 1, ' '), "{}");
  CHECK(result.error().text == &troubles::too_large);
  CHECK(decode(std::string(bytes_max, ' '), "{}").error().text == &troubles::not_canonical);

  Sale sale = fixtures::sale();
  sale.claim.lines.resize(settlement::lines_max, sale.claim.lines[0]);
  const Entry entry = make_entry(fixtures::head(1), sale, fixtures::salt(0), Digest{});
  CHECK(decode(entry.public_bytes, entry.personal_bytes).has_value());
  const std::size_t from = entry.public_bytes.find("{\"chrgitm_lv\""), to = entry.public_bytes.find("},", from) + 2;
  const std::string line = entry.public_bytes.substr(from, to - from);
  const auto many = decode(replaced(entry.public_bytes, line, line + line), entry.personal_bytes);
  REQUIRE(many.has_error());
  CHECK(many.error().text == &troubles::out_of_range);
  CHECK(many.error().path == "sale.claim.lines[200]");
}

TEST_CASE("terms and feeds keep their own rules") {
  Terms terms;
  terms.terminal = "T-1";
  terms.reserve = {{Presence::declared, Money::yuan(1), Money::yuan(2), Money::yuan(3), 4, 5}};
  const std::string bytes = encode(terms);
  const std::size_t from = bytes.find("[{"), to = bytes.find("}]");
  const std::string slice = bytes.substr(from + 1, to - from);
  const auto twice = decode_terms(replaced(bytes, slice, slice + "," + slice));
  REQUIRE(twice.has_error());
  CHECK(twice.error().text == &troubles::out_of_range);
  CHECK(twice.error().path == "reserve");

  FeedBatch feed;
  feed.terminal = "T-1";
  feed.items = {TermsNotice{{bytes, Bytes(64, 0xab)}}};
  const auto short_signature = decode_feed(replaced(encode(feed), "\"signature\":\"ab", "\"signature\":\""));
  REQUIRE(short_signature.has_error());
  CHECK(short_signature.error().path == "items[0].terms.signature");
  CHECK(decode_feed(replaced(encode(feed), "\"from\":1", "\"from\":0")).error().path == "from");
}

TEST_CASE("a grant names each account and counter once, its owners by hash, its life from 1") {
  Grant grant;
  grant.terminal = "T-1";
  grant.life = {1, 7};
  grant.person_key = std::string(64, 'a');
  grant.accounts = {{"self", settlement::AccountKind::prior, Money::yuan(1)},
                    {std::string(64, 'b'), settlement::AccountKind::prior, Money::yuan(2)}};
  grant.fund = {{"invented", "op.fund", *Day::from_civil(2026, 1, 1), Money::yuan(3)}};
  const std::string bytes = encode(grant);
  REQUIRE(decode_grant(bytes).has_value());
  CHECK(*decode_grant(bytes) == grant);
  CHECK(decode_compact_grant(encode_compact(grant)).value() == grant);
  CHECK(decode_compact_grant(bytes).has_error());
  CHECK(decode_grant(encode_compact(grant)).has_error());
  const auto path_of = [](const std::string& changed) {
    const auto read = decode_grant(changed);
    REQUIRE(read.has_error());
    return read.error().path;
  };
  const std::string own = "{\"kind\":1,\"limit\":100}";
  CHECK(path_of(replaced(bytes, own, own + "," + own)) == "accounts");
  const std::string fund = bytes.substr(bytes.find("{\"counter\""),
                                        bytes.find("}]", bytes.find("\"fund\"")) + 1 - bytes.find("{\"counter\""));
  CHECK(path_of(replaced(bytes, fund, fund + "," + fund)) == "fund");
  CHECK(path_of(replaced(bytes, std::string(64, 'b'), "999999195501010014")) == "accounts[1].owner");
  CHECK(path_of(replaced(bytes, "\"run\":7", "\"run\":0")) == "run");
  CHECK(path_of(replaced(bytes, "\"epoch\":1", "\"epoch\":0")) == "epoch");
  CHECK(path_of(replaced(bytes, "\"limit\":100", "\"limit\":-1")) == "accounts[0].limit");

  Terms terms;
  terms.terminal = "T-1";
  CHECK(grant_presences_of(terms) ==
        std::vector<Presence>{Presence::card_authenticated, Presence::card_read_here, Presence::voucher_signed});
  terms.grant_presences = {Presence::declared};
  CHECK(grant_presences_of(terms) == std::vector<Presence>{Presence::declared});
  CHECK(path_of(bytes + " ").empty());
  const auto twice = decode_terms(replaced(encode(terms), "\"grant_presences\":[6]", "\"grant_presences\":[6,6]"));
  REQUIRE(twice.has_error());
  CHECK(twice.error().path == "grant_presences");
  CHECK(encode(terms).find("retention") == std::string::npos);  // what was signed before it was thought of
  terms.retention_months = 24;
  CHECK(decode_terms(encode(terms))->retention_months == 24U);
  const auto at_once = decode_terms(replaced(encode(terms), "\"retention_months\":24", "\"retention_months\":0"));
  REQUIRE(at_once.has_error());
  CHECK(at_once.error().path == "retention_months");
}

TEST_CASE("what terms leave out holds as if it had never been, and is written in one way") {
  Terms terms;
  terms.terminal = "T-1";
  const std::string bytes = encode(terms);
  for (const char* name : {"fund_basis", "split_window_minutes", "paper_days"})
    CHECK(bytes.find(name) == std::string::npos);
  terms.fund_basis = FundBasis::lowest;
  terms.split_window_minutes = 30;
  terms.paper_days = 90;
  const std::string all = encode(terms);
  CHECK(*decode_terms(all) == terms);
  CHECK(decode_terms(replaced(all, "\"fund_basis\":2", "\"fund_basis\":1")).error().path == "fund_basis");
  CHECK(decode_terms(replaced(all, "\"paper_days\":90", "\"paper_days\":0")).error().path == "paper_days");
  CHECK(decode_terms(replaced(all, "\"split_window_minutes\":30", "\"split_window_minutes\":0")).error().path ==
        "split_window_minutes");
}

TEST_CASE("an order names a place in digits or a site, ends after its start, and widens each presence once") {
  EmergencyOrder order;
  order.areas = {"9999"};
  order.start = {1'000};
  order.end = {1'001};
  order.reserve = {{Presence::declared, Money::yuan(1), Money::yuan(2), Money::yuan(3), 4, 5}};
  const std::string bytes = encode(order);
  REQUIRE(decode_order(bytes).has_value());
  const auto path_of = [](const std::string& changed) {
    const auto read = decode_order(changed);
    REQUIRE(read.has_error());
    return read.error().path;
  };
  CHECK(path_of(replaced(bytes, "\"9999\"", "")) == "sites");
  CHECK(path_of(replaced(bytes, "\"9999\"", "\"99x\"")) == "areas[0]");
  CHECK(path_of(replaced(bytes, "\"9999\"", "\"\"")) == "areas[0]");
  CHECK(path_of(replaced(bytes, "\"9999\"", "\"9999999\"")) == "areas[0]");
  CHECK(path_of(replaced(bytes, "\"end\":1001", "\"end\":1000")) == "start");
  const std::string slice = bytes.substr(bytes.find("[{") + 1, bytes.find("}]") - bytes.find("[{"));
  CHECK(path_of(replaced(bytes, slice, slice + "," + slice)) == "reserve");
  CHECK(names(order, "P1", "999912"));
  CHECK_FALSE(names(order, "P1", "999812"));
  order.sites = {"P1"};
  CHECK(names(order, "P1", "110000"));
}

TEST_CASE("trouble never repeats what stood in the record") {
  const std::string secret = "999999195501010014";
  for (const std::string& damaged :
       {replaced(sale_entry().personal_bytes, "\"certno\":\"", "\"" + secret + "\":1,\"certno\":\""),
        replaced(sale_entry().personal_bytes, "\"certno\":\"" + secret, "\"certno\":\"" + secret + "\n"),
        replaced(sale_entry().personal_bytes, "\"brdy\":-5479", "\"brdy\":" + secret)}) {
    const auto result = decode(sale_entry().public_bytes, damaged);
    REQUIRE(result.has_error());
    CHECK(to_string(result.error(), Language::en).find(secret) == std::string::npos);
  }
}

TEST_CASE("every trouble of a record says what happened and what to do, in both languages") {
  for (const TroubleText* row : troubles::all) {
    CHECK(row->code.substr(0, 3) == "G43");
    for (const std::string_view sentence : {row->zh, row->next_zh, row->en, row->next_en}) CHECK(sentence.size() > 10);
  }
}
