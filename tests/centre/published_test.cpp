// Terms and rules that are published while tills are out there: who is told, what they get, and what the centre itself
// settles by.
#include <catch2/catch.hpp>

#include "offline/packs/signed_file.h"
#include "offline/packs/troubles.h"
#include "offline/seal/sm3.h"
#include "sync/centre/troubles.h"
#include "tests/centre/fixture.h"
#include "tests/packs/signed_text.h"

namespace gongji::centre {
namespace {

constexpr const char* both_versions = "1-2";

// A till of today: it says which versions it speaks.
struct NewTill : TestTill {
  using TestTill::TestTill;
  http::Response ask(const std::string& path, const std::string& body, const std::string& versions = both_versions) {
    http::Request request;
    request.method = "POST";
    request.target = path;
    request.body = body;
    request.headers.push_back({std::string(protocol::version_header), versions});
    request.peer_name = enrolled.terminal;
    request.peer_fingerprint = fingerprint;
    return centre.service->handle(request, centre.clock.wall());
  }
  // The items that came with one sync.
  std::vector<record::FeedItem> fetch(const std::string& versions = both_versions) {
    const auto response = ask("/v1/sync", protocol::encode(sync_request()), versions);
    INFO(response.body);
    REQUIRE(response.status == 200);
    const auto answer = protocol::decode_sync_answer(response.body);
    REQUIRE(answer.has_value());
    const auto batch = record::decode_feed(answer->feed.bytes);
    REQUIRE(batch.has_value());
    feed_cursor += batch->items.size();
    acknowledged = answer->acknowledged_seq;
    return batch->items;
  }
  template <class Kind>
  std::vector<Kind> fetch_all(const std::string& versions = both_versions) {
    std::vector<Kind> out;
    for (auto& item : fetch(versions)) {
      if (auto* one = std::get_if<Kind>(&item)) out.push_back(std::move(*one));
    }
    return out;
  }
};

std::string terms_text(const TestCentre& centre, const char* per_sale) {
  TermsPlan plan = centre.service->plan();
  plan.reserve.front().per_sale_max = *parse_money(per_sale);
  return to_json_text(plan);
}

record::Terms read(const record::TermsNotice& notice, const TestTill& till) {
  REQUIRE(record::verify(till.enrolled.authority_public_key, record::terms_tag, notice.terms));
  return *record::decode_terms(notice.terms.bytes);
}

seal::Sm2PrivateKey authority_of(const TestCentre& centre) {
  auto key = packs::read_authority_key(centre.folder.path / "centre" / "authority" / "sign.pem");
  REQUIRE(key.has_value());
  return std::move(*key);
}

// Wuhan's ratio at a clinic, invented: the fund pays everything above the deductible.  `bytes` of padding.
std::string signed_supplement(const seal::Sm2PrivateKey& key, std::size_t bytes = 0) {
  nlohmann::json supplement = testing::small_supplement();
  supplement["scheme"] = "wuhan-employee";
  supplement["sources"][0]["note"] = std::string(bytes, 'x');
  supplement["rows"] = {testing::supplement_row("ratio.level_1.on_job", "ppm", 1'000'000, "2026-01-01")};
  return packs::sign_file(key, packs::SignedKind::supplement, supplement.dump());
}

}  // namespace

TEST_CASE("published terms reach every till with its next sync, once, and a new till at its enrolment") {
  TestCentre centre;
  NewTill till(centre, pharmacy), old(centre, clinic);
  CHECK(till.fetch_all<record::TermsNotice>().empty());  // it has those of its enrolment
  centre.clock.advance(std::chrono::seconds(5));
  REQUIRE(centre.service->publish_terms(terms_text(centre, "123.00"), centre.clock.wall()).has_value());

  const auto told = till.fetch_all<record::TermsNotice>();
  REQUIRE(told.size() == 1);
  const record::Terms terms = read(told.front(), till);
  CHECK(terms.reserve.front().per_sale_max == Money::yuan(123));
  CHECK(terms.issued > till.terms.issued);
  CHECK(terms.terminal == till.enrolled.terminal);
  CHECK(till.fetch_all<record::TermsNotice>().empty());

  // A till that has never heard of versions gets them, too.
  const auto to_old = old.fetch_all<record::TermsNotice>("1");
  REQUIRE(to_old.size() == 1);
  CHECK(read(to_old.front(), old).reserve.front().per_sale_max == Money::yuan(123));

  NewTill later(centre, pharmacy);
  CHECK(later.terms.reserve.front().per_sale_max == Money::yuan(123));
  CHECK(later.fetch_all<record::TermsNotice>().empty());
}

TEST_CASE("terms are signed anew when half of their life is over") {
  TestCentre centre;
  NewTill till(centre, pharmacy);
  const auto half = std::chrono::hours(12) * centre.service->plan().valid_days;
  centre.clock.advance(half - std::chrono::hours(1));
  CHECK(till.fetch_all<record::TermsNotice>().empty());
  centre.clock.advance(std::chrono::hours(2));
  const auto told = till.fetch_all<record::TermsNotice>();
  REQUIRE(told.size() == 1);
  CHECK(read(told.front(), till).expires > till.terms.expires);
}

TEST_CASE("terms that cannot be read are not published") {
  TestCentre centre;
  const auto done = centre.service->publish_terms("{\"reserve\": 1}", centre.clock.wall());
  REQUIRE(done.has_error());
  CHECK(done.error().text == &troubles::terms_invalid);
}

TEST_CASE("published rules are told to each till once, and fetched byte for byte, in parts where they are large") {
  TestCentre centre;
  NewTill till(centre, pharmacy);
  till.fetch();
  const auto key = authority_of(centre);
  const std::string text = signed_supplement(key, 300'000);
  REQUIRE(text.size() > 2 * protocol::rules_part_bytes_max);
  const auto published = centre.service->publish_rules(text, centre.clock.wall());
  INFO((published ? "" : to_string(published.error(), Language::en)));
  REQUIRE(published.has_value());
  CHECK(published->kind == "supplement");

  const auto told = till.fetch_all<record::RulesNotice>();
  REQUIRE(told.size() == 1);
  CHECK(told.front().digest == seal::sm3(as_bytes(text)));
  CHECK(told.front().bytes == text.size());
  CHECK(till.fetch_all<record::RulesNotice>().empty());

  std::string got;
  std::size_t parts = 0;
  while (got.size() < told.front().bytes) {
    const auto response =
        till.ask("/v1/rules", protocol::encode(protocol::RulesRequest{told.front().digest, got.size()}));
    REQUIRE(response.status == 200);
    const auto answer = protocol::decode_rules_answer(response.body);
    REQUIRE(answer.has_value());
    CHECK(answer->total == text.size());
    REQUIRE_FALSE(answer->part.empty());
    got += as_text(answer->part);
    ++parts;
  }
  CHECK(got == text);
  CHECK(parts >= 3);

  const auto beyond =
      till.ask("/v1/rules", protocol::encode(protocol::RulesRequest{told.front().digest, text.size() + 1}));
  CHECK(beyond.status == 404);
  CHECK(till.ask("/v1/rules", protocol::encode(protocol::RulesRequest{{}, 0})).status == 404);
}

TEST_CASE("what is withdrawn is told to those who had it, and to nobody else") {
  TestCentre centre;
  NewTill till(centre, pharmacy);
  const auto published = centre.service->publish_rules(signed_supplement(authority_of(centre)), centre.clock.wall());
  REQUIRE(published.has_value());
  REQUIRE(till.fetch_all<record::RulesNotice>().size() == 1);
  REQUIRE(centre.service->withdraw_rules(published->digest, centre.clock.wall()).has_value());
  const auto told = till.fetch_all<record::RulesNotice>();
  REQUIRE(told.size() == 1);
  CHECK(told.front().withdrawn);
  CHECK(to_hex(told.front().digest) == published->digest);
  NewTill later(centre, clinic);
  CHECK(later.fetch_all<record::RulesNotice>().empty());
  const auto again = centre.service->withdraw_rules(published->digest, centre.clock.wall());
  REQUIRE(again.has_error());
  CHECK(again.error().text == &troubles::rules_unknown);
}

TEST_CASE("rules that another authority signed, or that fit nothing, are not published") {
  TestCentre centre;
  const auto other = seal::Sm2PrivateKey::generate();
  const auto foreign = centre.service->publish_rules(signed_supplement(other), centre.clock.wall());
  REQUIRE(foreign.has_error());
  CHECK(foreign.error().text == &packs::troubles::unknown_authority);
  const auto key = authority_of(centre);
  REQUIRE(centre.service->publish_rules(signed_supplement(key), centre.clock.wall()).has_value());
  // A second supplement for the same row and day.
  const auto clash = centre.service->publish_rules(signed_supplement(key, 10), centre.clock.wall());
  REQUIRE(clash.has_error());
  CHECK(clash.error().text == &packs::troubles::conflict);
  CHECK(centre.service->rule_files()->size() == 1);
}

TEST_CASE(
    "the centre settles by what was published from its next request on, also where another process published it") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const auto snapshot = *till.person(wang_fang);
  auto parts = open_centre(centre.folder.path / "centre", centre.random);
  REQUIRE(parts.has_value());
  CentreService other(*std::move(parts), centre.random);
  REQUIRE(other.publish_rules(signed_supplement(authority_of(centre)), centre.clock.wall()).has_value());
  // The till's own rules are those of before.
  const record::Sale sale = till.sale(snapshot, {Money::yuan(2'000)});
  REQUIRE(record::payer_shares(sale.settlement).fund > Money());
  till.append(sale);
  till.sync();
  CHECK(till.verdict_of(1).reason == "pack_mismatch");

  // And a centre that starts now knows them.
  auto fresh = open_centre(centre.folder.path / "centre", centre.random);
  REQUIRE(fresh.has_value());
  CHECK(fresh->packs.added().size() == 1);
}

TEST_CASE("a new epoch hears of all rules again") {
  TestCentre centre;
  NewTill till(centre, pharmacy);
  REQUIRE(centre.service->publish_rules(signed_supplement(authority_of(centre)), centre.clock.wall()).has_value());
  REQUIRE(till.fetch_all<record::RulesNotice>().size() == 1);
  NewTill again(centre, pharmacy, till.enrolled.terminal);
  REQUIRE(again.enrolled.epoch == 2);
  CHECK(again.fetch_all<record::RulesNotice>().size() == 1);
}

TEST_CASE("an old till with a new centre: it works as ever, and is sent nothing that it does not know") {
  TestCentre centre;
  NewTill till(centre, pharmacy);
  REQUIRE(centre.service->publish_rules(signed_supplement(authority_of(centre)), centre.clock.wall()).has_value());
  // Without the header, in the words of before.
  till.append(till.sale(*till.person(wang_fang), {Money::yuan(100)}));
  const auto response = till.post("/v1/sync", protocol::encode(till.sync_request()));
  REQUIRE(response.status == 200);
  CHECK(response.find(protocol::version_header) == "1");
  const auto batch = record::decode_feed(protocol::decode_sync_answer(response.body)->feed.bytes);
  REQUIRE(batch.has_value());
  REQUIRE_FALSE(batch->items.empty());
  for (const auto& item : batch->items) {
    CHECK_FALSE(std::holds_alternative<record::RulesNotice>(item));
    CHECK_FALSE(std::holds_alternative<record::RootsNotice>(item));
  }
  CHECK(till.post("/v1/rules", protocol::encode(protocol::RulesRequest{})).status == 404);
}

TEST_CASE(
    "a till that went back to an older version loses no number of its feed, and hears of the rules when it is new "
    "again") {
  TestCentre centre;
  NewTill till(centre, pharmacy);
  till.fetch();
  REQUIRE(centre.service->publish_rules(signed_supplement(authority_of(centre)), centre.clock.wall()).has_value());
  // The notice was put into the feed, but its answer was lost; then somebody installs the version of before.
  REQUIRE(till.ask("/v1/sync", protocol::encode(till.sync_request())).status == 200);
  const auto before = till.feed_cursor;
  const auto items = till.fetch("1");
  REQUIRE(items.size() == 1);
  CHECK(std::holds_alternative<record::TermsNotice>(items.front()));
  CHECK(till.feed_cursor == before + 1);
  CHECK(till.fetch_all<record::RulesNotice>().size() == 1);
}

TEST_CASE("who speaks no common version is told which side is too old and what to do, and nothing happens to its log") {
  TestCentre centre;
  NewTill till(centre, pharmacy);
  till.append(till.sale(*till.person(wang_fang), {Money::yuan(100)}));
  const auto too_new = till.ask("/v1/sync", protocol::encode(till.sync_request()), "7-9");
  CHECK(too_new.status == 426);
  CHECK(code_of(too_new) == "protocol_too_new");
  CHECK(too_new.find(protocol::version_header) == protocol::to_string(protocol::spoken));

  auto parts = open_centre(centre.folder.path / "centre", centre.random);
  REQUIRE(parts.has_value());
  parts->speaks = {2, 2};  // a centre that has left version 1 behind
  centre.service = std::make_unique<CentreService>(*std::move(parts), centre.random);
  const auto too_old = till.post("/v1/sync", protocol::encode(till.sync_request()));
  CHECK(too_old.status == 426);
  CHECK(code_of(too_old) == "protocol_too_old");
  const auto problem = *protocol::decode_problem(too_old.body);
  CHECK(problem.zh.find("请升级终端软件") != std::string::npos);
  CHECK(problem.en.find("Upgrade the terminal's software") != std::string::npos);

  CHECK(till.ask("/v1/sync", "", "nonsense").status == 400);
  // Upgraded, it goes on where it was.
  till.fetch();
  CHECK(till.acknowledged == 1);
}

TEST_CASE("the centre remembers what software a till says that it runs") {
  TestCentre centre;
  NewTill till(centre, pharmacy);
  auto request = till.sync_request();
  request.software = "gongji 0.2.0";
  REQUIRE(till.ask("/v1/sync", protocol::encode(request, 2)).status == 200);
  std::string software;
  REQUIRE(centre.service->ledger()
              .transaction([&] { software = centre.service->ledger().find_terminal(till.enrolled.terminal)->software; })
              .has_value());
  CHECK(software == "gongji 0.2.0");
  // The same words in an exchange of version 1 are unknown.
  CHECK(till.ask("/v1/sync", protocol::encode(request, 2), "1").status == 400);
}

}  // namespace gongji::centre
