#include "tests/centre/fixture.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>

#include <catch2/catch.hpp>

#include "offline/settlement/settle.h"
#include "sync/database/postgres_connection.h"
#include "sync/http/certificates.h"

namespace gongji::centre {
namespace {

const WallTime start = wall_time_of({*parse_day("2026-11-21"), 9 * 3600});

const packs::PackSet& the_packs() {
  static const packs::PackSet packs = packs::built_in_packs();
  return packs;
}

}  // namespace

Folder::Folder() {
  std::string name = (std::filesystem::temp_directory_path() / "gongji-centre-XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

TestDatabase::TestDatabase() {
  const char* server = std::getenv("GONGJI_TEST_DATABASE");
  if (server == nullptr || *server == '\0') return;
  static int count = 0;
  server_ = server;
  schema_ = "centre_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
  auto connection = database::open_postgres(server_);
  REQUIRE(connection.has_value());
  REQUIRE((*connection)->execute("CREATE SCHEMA " + schema_).has_value());
  address = server_ + "&options=-csearch_path%3D" + schema_;
}

TestDatabase::~TestDatabase() {
  if (schema_.empty()) return;
  if (auto connection = database::open_postgres(server_); connection.has_value()) {
    static_cast<void>((*connection)->execute("DROP SCHEMA " + schema_ + " CASCADE"));
  }
}

TestCentre::TestCentre(std::uint64_t seed, const std::string& file, const GrantPlan& grants,
                       const std::vector<record::ReserveSlice>& reserve)
    : people_file(file.empty() ? "sync/centre/people.json" : file), random(seed), clock(start) {
  const auto people = read_text_file(people_file, people_bytes_max);
  REQUIRE(people.has_value());
  const auto made = init_centre(folder.path / "centre", {*people, {}, database.address}, clock.wall(), random);
  REQUIRE(made.has_value());
  auto parts = open_centre(folder.path / "centre", random);
  REQUIRE(parts.has_value());
  parts->plan.grants = grants;
  if (!reserve.empty()) parts->plan.reserve = reserve;
  service = std::make_unique<CentreService>(*std::move(parts), random);
}

http::Response TestCentre::post(const std::string& path, const std::string& body, const std::string& peer,
                                const std::string& fingerprint, std::uint32_t version) {
  http::Request request;
  request.method = "POST";
  request.target = path;
  request.body = body;
  request.peer_name = peer;
  request.peer_fingerprint = fingerprint;
  if (version > protocol::lowest_version) {
    request.headers.push_back({std::string(protocol::version_header), "1-" + std::to_string(version)});
  }
  // With GONGJI_TEST_AHEAD every case is one of calls that are prepared before they are booked (`centre-ahead`).
  static const bool ahead = std::getenv("GONGJI_TEST_AHEAD") != nullptr;
  if (!ahead) return service->handle(request, clock.wall());
  Call call = service->prepare(request, clock.wall());
  service->book(call, clock.wall());
  return service->finish(std::move(call));
}

std::string TestCentre::new_code(const std::string& site, const std::string& terminal) {
  const auto code = service->make_enrolment_code(site, terminal, clock.wall());
  REQUIRE(code.has_value());
  return code->secret.reveal();
}

Money TestCentre::balance(const std::string& account) {
  Money balance;
  REQUIRE(service->ledger()
              .transaction([&] { balance = service->ledger().balance(service->ledger().account(account, true)); })
              .has_value());
  return balance;
}

Money TestCentre::counter(const std::string& psn_no, const std::string& name, Day day) {
  std::optional<Person> person;
  std::vector<settlement::Counted> rows;
  REQUIRE(service->ledger()
              .transaction([&] {
                person = service->ledger().find_person(psn_no);
                rows = service->ledger().counters(psn_no, day.plus_days(-366));
              })
              .has_value());
  const auto* policy = policy_of(person->facts, day, the_packs());
  REQUIRE(policy != nullptr);
  return settlement::value_of(settlement::counters_on(*policy, rows, day), name);
}

bool TestCentre::in_balance() {
  bool balanced = false;
  REQUIRE(service->ledger().transaction([&] { balanced = service->ledger().in_balance(); }).has_value());
  return balanced;
}

record::Paper paper(TestCentre& centre) {
  record::Paper paper;
  paper.paper_id = make_id(centre.clock.wall(), centre.random);
  paper.key = {pharmacy, to_string(paper.paper_id), "2102", {}};
  paper.opter = "clerk";
  paper.reasons = {"snapshot_absent"};
  paper.claim.begntime = civil_time_at(centre.clock.wall());
  paper.claim.site = {pharmacy, 2, "420100", 9, true, false};
  auto& line = paper.claim.lines.emplace_back();
  line.feedetl_sn = "1";
  line.name = "demo";
  line.pric = {1'000'000};
  line.cnt = {10'000};
  line.det_item_fee_sumamt = Money::fen(100);
  return paper;
}

TestTill::TestTill(TestCentre& the_centre, const std::string& site, const std::string& terminal) : centre(the_centre) {
  const auto directory = centre.folder.path / to_string(make_id(centre.clock.wall(), centre.random));
  keys = *seal::KeyStore::open(directory, centre.random);
  protocol::EnrolRequest request;
  request.code = Secret(centre.new_code(site, terminal));
  request.csr_pem = http::make_signing_request("till")->csr_pem;
  request.sign_public_key = keys->public_key();
  request.software = "gongji test";
  const auto response = centre.post("/v1/enrol", protocol::encode(request));
  REQUIRE(response.status == 200);
  enrolled = *protocol::decode_enrol_answer(response.body);
  fingerprint = *http::sha256_fingerprint(enrolled.certificate_pem);
  REQUIRE(seal::verify(enrolled.authority_public_key, record::terms_tag, as_bytes(enrolled.terms.bytes),
                       enrolled.terms.signature));
  terms = *record::decode_terms(enrolled.terms.bytes);
}

http::Response TestTill::post(const std::string& path, const std::string& body) {
  return centre.post(path, body, enrolled.terminal, fingerprint, version);
}

std::optional<record::Snapshot> TestTill::person(const std::string& psn_no) {
  // By ID number, as found in the file of invented people.
  const auto people = read_people(*read_text_file(centre.people_file, people_bytes_max));
  for (const auto& person : people->persons) {
    if (person.facts.psn_no != psn_no) continue;
    const auto response =
        post("/v1/person", protocol::encode(protocol::PersonRequest{{"02", person.certno, Secret()}}));
    REQUIRE(response.status == 200);
    const auto answer = protocol::decode_person_answer(response.body);
    REQUIRE(answer.has_value());
    REQUIRE(seal::verify(enrolled.centre_public_key, record::snapshot_tag, as_bytes(answer->snapshot.bytes),
                         answer->snapshot.signature));
    return *record::decode_snapshot(answer->snapshot.bytes);
  }
  return std::nullopt;
}

record::Sale TestTill::sale(const record::Snapshot& snapshot, const Basket& basket) {
  centre.clock.advance(std::chrono::seconds(1));  // each sale has its own place in the order of service
  record::Sale sale;
  sale.sale_id = make_id(centre.clock.wall(), centre.random);
  sale.mdtrt_id = make_id(centre.clock.wall(), centre.random);
  sale.key = {terms.fixmedins_code, to_string(sale.sale_id), terms.fixmedins_type == 2 ? "2102" : "2207", {}};
  sale.opter = "clerk";
  sale.presence = record::Presence::card_read_here;
  sale.person_key = std::string(64, 'a');
  sale.snapshot_as_of = snapshot.as_of;

  settlement::Claim& claim = sale.claim;
  claim.id = to_string(sale.sale_id);
  claim.begntime = basket.served.value_or(civil_time_at(centre.clock.wall()));
  claim.site.fixmedins_code = terms.fixmedins_code;
  claim.site.fixmedins_type = terms.fixmedins_type;
  claim.site.admdvs = terms.admdvs;
  claim.site.dedc_hosp_lv = terms.dedc_hosp_lv;
  claim.site.designated = terms.designated;
  claim.person = snapshot.person;
  claim.visit.med_type = terms.fixmedins_type == 2 ? "41" : "11";
  claim.acct_used_flag = basket.accounts;
  settlement::Line line;
  line.feedetl_sn = "1";
  line.med_list_codg = "XC08CAB037A001020180517";
  line.name = "demo";
  line.pric = {basket.amount.in_fen() * 10'000};
  line.cnt = {10'000};
  line.det_item_fee_sumamt = basket.amount;
  claim.lines = {line};
  claim.accounts = snapshot.accounts;

  const auto choice = the_packs().choose(claim);
  REQUIRE(std::holds_alternative<packs::Chosen>(choice));
  const auto& policy = *std::get<packs::Chosen>(choice).policy;
  sale.pack = policy.name;
  sale.pack_digest = policy.digest;
  claim.ytd = settlement::counters_on(policy, snapshot.counters, claim.begntime.day);
  const auto outcome = settlement::settle(claim, policy, settlement::TraceWish::none);
  REQUIRE(std::holds_alternative<settlement::Settlement>(outcome));
  sale.settlement = std::get<settlement::Settlement>(outcome);
  sale.counted = settlement::counted_between(policy, claim.ytd, sale.settlement.ytd, claim.begntime.day);
  const auto shares = record::payer_shares(sale.settlement);
  sale.backing = shares.cash == basket.amount ? record::Backing::nothing : record::Backing::reserve;
  return sale;
}

protocol::HoldRequest TestTill::hold_request(const record::Sale& sale) const {
  protocol::HoldRequest request;
  request.sale_id = sale.sale_id;
  request.psn_no = sale.claim.person.psn_no;
  request.counters = sale.counted;
  request.fund = sale.settlement.totals.fund_pay_sumamt;
  for (const auto& payment : sale.settlement.accounts) {
    request.accounts.push_back({payment.owner, payment.kind, payment.paid});
  }
  if (version >= protocol::openings_since) request.opening = opening;
  return request;
}

http::Response TestTill::hold(record::Sale& sale) {
  auto response = post("/v1/hold", protocol::encode(hold_request(sale)));
  if (response.status == 200) {
    sale.backing = record::Backing::hold;
    sale.backing_id = protocol::decode_hold_answer(response.body)->hold_id;
  }
  return response;
}

record::Entry TestTill::append(const record::Body& body) {
  record::Salt salt{};
  centre.random.fill(salt);
  const record::Head head{enrolled.terminal, enrolled.epoch, log.size() + 1, centre.clock.wall()};
  log.push_back(record::make_entry(head, body, salt, log.empty() ? Digest{} : log.back().hash, form));
  return log.back();
}

record::Body TestTill::cancel_of(const record::Entry& entry, const record::Sale& sale) const {
  record::Cancel cancel;
  cancel.cancel_id = make_id(centre.clock.wall(), centre.random);
  cancel.sale_id = sale.sale_id;
  cancel.sale_seq = entry.head.seq;
  cancel.key = {terms.fixmedins_code, to_string(cancel.cancel_id), "2103", {}};
  cancel.opter = "clerk";
  cancel.person_key = sale.person_key;
  cancel.reason = "customer";
  return cancel;
}

protocol::SyncRequest TestTill::sync_request(std::optional<std::uint64_t> from) const {
  protocol::SyncRequest request;
  request.terminal = enrolled.terminal;
  request.epoch = enrolled.epoch;
  request.from = from.value_or(acknowledged + 1);
  for (std::size_t i = request.from - 1; i < log.size(); ++i) request.entries.push_back(log[i]);
  if (!log.empty()) request.head_hash = log.back().hash;
  if (!log.empty()) {
    request.head_signature = keys->sign(
        record::head_tag, record::head_statement(enrolled.terminal, enrolled.epoch, log.size(), request.head_hash));
  }
  request.feed_cursor = feed_cursor;
  request.run = opening.run;
  request.run_from = opening.from;
  request.closed_grants = to_close;
  return request;
}

protocol::SyncAnswer TestTill::sync() {
  const auto response = send(sync_request());
  INFO(response.body);
  REQUIRE(response.status == 200);
  auto answer = *protocol::decode_sync_answer(response.body);
  REQUIRE(
      seal::verify(enrolled.centre_public_key, record::feed_tag, as_bytes(answer.feed.bytes), answer.feed.signature));
  const auto batch = record::decode_feed(answer.feed.bytes);
  REQUIRE(batch.has_value());
  REQUIRE(batch->terminal == enrolled.terminal);
  REQUIRE(batch->from == feed_cursor + 1);
  for (const auto& item : batch->items) {
    ++feed_cursor;
    if (const auto* verdict = std::get_if<record::Verdict>(&item)) verdicts.push_back(*verdict);
    if (const auto* grant = std::get_if<record::Grant>(&item)) grants.push_back(*grant);
    if (const auto* stop = std::get_if<record::Stop>(&item)) stops.push_back(*stop);
    if (const auto* order = std::get_if<record::OrderNotice>(&item)) orders.push_back(order->order);
  }
  acknowledged = answer.acknowledged_seq;
  return answer;
}

const record::Verdict& TestTill::verdict_of(std::uint64_t seq) const {
  const record::Verdict* found = nullptr;
  for (const auto& verdict : verdicts) {
    if (verdict.seq != seq) continue;
    REQUIRE(found == nullptr);  // exactly one verdict an entry
    found = &verdict;
  }
  REQUIRE(found != nullptr);
  return *found;
}

const record::Verdict& TestTill::last_verdict_of(std::uint64_t seq) const {
  const auto found =
      std::find_if(verdicts.rbegin(), verdicts.rend(), [&](const auto& verdict) { return verdict.seq == seq; });
  REQUIRE(found != verdicts.rend());
  return *found;
}

std::size_t TestTill::verdict_count_of(std::uint64_t seq) const {
  return static_cast<std::size_t>(
      std::count_if(verdicts.begin(), verdicts.end(), [&](const auto& verdict) { return verdict.seq == seq; }));
}

std::string code_of(const http::Response& response) {
  const auto problem = protocol::decode_problem(response.body);
  REQUIRE(problem.has_value());
  return problem->code;
}

}  // namespace gongji::centre
