#include "tests/bench_sync/shop.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include <nlohmann/json.hpp>

#include "offline/settlement/counted.h"
#include "offline/settlement/settle.h"
#include "sync/centre/folder.h"
#include "sync/http/certificates.h"
#include "sync/protocol/messages.h"

namespace gongji::tests {

namespace fs = std::filesystem;

namespace {

constexpr const char* site_code = "H42010000001";
constexpr const char* terminal_name = "T-1";

std::string padded(int number, std::size_t width) {
  const std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

std::string certno_of(int person) {
  return "999999" + std::to_string(1940 + person % 60) + padded(person / 60 % 12 + 1, 2) + "01" +
         padded(person % 10'000, 4);
}

std::string people_text(int persons) {
  nlohmann::json people{{"about", "Invented people of a bench."}};
  people["sites"] = {{{"fixmedins_code", site_code},
                      {"fixmedins_name", "示范社区卫生服务站"},
                      {"fixmedins_type", 1},
                      {"admdvs", "420100"},
                      {"dedc_hosp_lv", 1},
                      {"designated", true},
                      {"dual_channel", false}}};
  people["persons"] = nlohmann::json::array();
  for (int person = 0; person < persons; ++person) {
    people["persons"].push_back({{"key", "person-" + std::to_string(person)},
                                 {"psn_no", "999999" + padded(person, 14)},
                                 {"name", "王小草" + std::to_string(person)},
                                 {"certno", certno_of(person)},
                                 {"gend", "1"},
                                 {"naty", "01"},
                                 {"brdy", "1970-01-01"},
                                 {"insutype", "310"},
                                 {"psn_type", "11"},
                                 {"insuplc_admdvs", "420100"},
                                 {"card_no", "Z" + padded(person, 8)},
                                 {"card_identifier", "999999D156000005" + padded(person, 16)},
                                 {"evouchers", nlohmann::json::array()},
                                 {"accounts", {{{"kind", "prior"}, {"balance", "900000.00"}}}},
                                 {"family", nlohmann::json::array()},
                                 {"counters", {{{"name", "op.deductible"}, {"value", "700.00"}}}}});
  }
  return people.dump();
}

http::Response post(centre::CentreService& centre, const std::string& path, const std::string& body,
                    const std::string& peer, const std::string& fingerprint) {
  http::Request request;
  request.method = "POST";
  request.target = path;
  request.body = body;
  request.peer_name = peer;
  request.peer_fingerprint = fingerprint;
  auto response = centre.handle(request, system_clock().wall());
  if (response.status != 200) give_up(path + ": " + response.body);
  return response;
}

settlement::Line line_of(std::uint64_t number) {
  const auto which = static_cast<int>(number * 7'919 % 400);
  settlement::Line line;
  line.feedetl_sn = std::to_string(number % 5 + 1);
  line.med_list_codg =
      std::string("X") + (which % 2 == 0 ? "C08CAB" : "A10BGL") + padded(which, 3) + "A0010" + padded(which % 97, 8);
  line.name = "缬沙坦胶囊 80mg×" + std::to_string(which);
  if (which % 2 == 1) {
    line.chrgitm_lv = settlement::LineClass::b;
    line.selfpay_prop = Rate::ppm(100'000);
  }
  const auto fen = static_cast<std::int64_t>(number * 104'729 % 4'000) + 150;
  line.pric = {fen * 10'000};
  line.cnt = {10'000};
  line.det_item_fee_sumamt = Money::fen(fen);
  return line;
}

std::string text_of(const fs::path& file) {
  return need(centre::read_text_file(file, 64u << 20), file.string());
}

void write_text(const fs::path& file, std::string_view text) {
  need(http::write_private_file(file.string(), text), file.string());
}

}  // namespace

void give_up(const std::string& what) {
  std::fprintf(stderr, "bench-sync: %s\n", what.c_str());
  std::exit(1);
}

void Shop::make(const fs::path& folder, int persons, const std::string& database) {
  const fs::path till = folder / "till";
  fs::create_directories(till / "tls");
  fs::create_directories(till / "keys");
  for (const auto& made : {till, till / "tls", till / "keys"}) fs::permissions(made, fs::perms::owner_all);
  const WallTime now = system_clock().wall();
  need(centre::init_centre(folder / "centre", {people_text(persons), {}, database}, now, system_random()),
       "the centre");
  centre::CentreService centre(need(centre::open_centre(folder / "centre", system_random()), "the centre"),
                               system_random());

  auto keys = need(seal::KeyStore::open(till / "keys", system_random()), "keys");
  const auto signing = need(http::make_signing_request("till"), "a request");
  protocol::EnrolRequest enrol;
  enrol.code = need(centre.make_enrolment_code(site_code, terminal_name, now), "a code").secret;
  enrol.csr_pem = signing.csr_pem;
  enrol.sign_public_key = keys->public_key();
  enrol.software = "bench";
  const auto enrolled = need(
      protocol::decode_enrol_answer(post(centre, "/v1/enrol", protocol::encode(enrol), {}, {}).body), "the enrolment");
  write_text(till / "tls" / "key.pem", signing.key_pem.reveal());
  write_text(till / "tls" / "certificate.pem", enrolled.certificate_pem);
  write_text(till / "tls" / "ca.pem", enrolled.ca_pem);
  write_text(till / "keys" / "site.key", as_text(enrolled.site_key));
  write_text(till / "centre_public_key", as_text(enrolled.centre_public_key));

  Shop shop(folder);
  auto journal = shop.open_journal();
  std::string known;
  std::vector<journal::Journal::Work> works;
  for (int person = 0; person < persons; ++person) {
    const protocol::PersonRequest asked{{"02", Secret(certno_of(person)), Secret()}};
    auto answer = need(protocol::decode_person_answer(
                           post(centre, "/v1/person", protocol::encode(asked), shop.terminal_, shop.fingerprint_).body),
                       "a person");
    const std::string key = seal::lookup_key(enrolled.site_key, "person", "999999" + padded(person, 14));
    known += key;
    works.push_back([key, snapshot = std::move(answer.snapshot)](journal::Turn& turn) {
      return turn.store_snapshot(key, {key}, snapshot);
    });
    if (works.size() == 500 || person + 1 == persons) {
      for (const auto& done : journal->commit(std::exchange(works, {}))) need(done, "a snapshot");
    }
  }
  write_text(till / "persons", known);
}

Shop::Shop(const fs::path& folder)
    : folder_(folder),
      keys_(need(seal::KeyStore::open(folder / "till" / "keys", system_random()), "keys")),
      packs_(packs::built_in_packs()),
      terminal_(terminal_name),
      fingerprint_(
          need(http::sha256_fingerprint(text_of(folder / "till" / "tls" / "certificate.pem")), "certificate")) {
  const std::string key = text_of(folder / "till" / "centre_public_key");
  const ByteView bytes = as_bytes(key);
  centre_public_key_.assign(bytes.begin(), bytes.end());
  constexpr std::size_t key_digits = 64;
  if (!fs::exists(folder / "till" / "persons")) return;
  const std::string known = text_of(folder / "till" / "persons");
  for (std::size_t at = 0; at < known.size(); at += key_digits) persons_.push_back(known.substr(at, key_digits));
}

std::unique_ptr<journal::Journal> Shop::open_journal() {
  auto journal = need(journal::Journal::open(folder_ / "till" / "journal.db", {terminal_, 1}, keys_, system_random()),
                      "the journal");
  journal->write_compact();
  sold_ = journal->end().seq;
  return journal;
}

std::unique_ptr<centre::CentreService> Shop::open_centre() const {
  return std::make_unique<centre::CentreService>(
      need(centre::open_centre(folder_ / "centre", system_random()), "the centre"), system_random());
}

http::TlsClient Shop::tls() const {
  const auto tls = folder_ / "till" / "tls";
  http::TlsClient client;
  client.ca_pem_file = (tls / "ca.pem").string();
  client.cert_pem_file = (tls / "certificate.pem").string();
  client.key_pem_file = (tls / "key.pem").string();
  return client;
}

journal::Journal::Work Shop::sale() {
  const std::uint64_t number = sold_++;
  return [this, number](journal::Turn& turn) -> Result<void> {
    const std::string& key = persons_[number % persons_.size()];
    const WallTime now = system_clock().wall();
    const auto found = turn.find_person(key);
    if (!found) return found.error();
    if (!*found) give_up("a person is not known");
    const journal::PersonState& state = **found;
    settlement::Claim claim;
    claim.id = "bench-" + std::to_string(number);
    claim.begntime = civil_time_at(now);
    claim.site = {site_code, 1, "420100", 1, true, false};
    claim.visit.med_type = "11";
    claim.acct_used_flag = settlement::AccountUse::own;
    claim.person = state.snapshot.person;
    claim.accounts = state.accounts;
    for (std::uint64_t line = 0; line < 5; ++line) claim.lines.push_back(line_of(number * 5 + line));
    const auto choice = packs_.choose(claim);
    const auto* chosen = std::get_if<packs::Chosen>(&choice);
    if (chosen == nullptr) give_up("no pack");
    const settlement::Policy& policy = *chosen->policy;
    claim.ytd = settlement::counters_on(policy, state.counters, claim.begntime.day);
    auto outcome = settlement::settle(claim, policy, settlement::TraceWish::none);
    auto* settled = std::get_if<settlement::Settlement>(&outcome);
    if (settled == nullptr) give_up("not settled");
    record::Sale sale;
    sale.counted = settlement::counted_between(policy, claim.ytd, settled->ytd, claim.begntime.day);
    sale.backing = record::Backing::reserve;
    sale.sale_id = make_id(now, system_random());
    sale.mdtrt_id = make_id(now, system_random());
    sale.key = {site_code, claim.id, "2207", {}};
    sale.opter = "0007";
    sale.presence = record::Presence::card_read_here;
    sale.person_key = key;
    sale.snapshot_as_of = state.snapshot.as_of;
    sale.pack = policy.name;
    sale.pack_digest = policy.digest;
    sale.claim = std::move(claim);
    sale.settlement = std::move(*settled);
    sale.holder = {state.snapshot.psn_name, "01", state.snapshot.certno, "1", "01", "03", "Z00000001", "999999D1"};
    const auto entry = turn.append(sale, now);
    if (!entry) return entry.error();
    return {};
  };
}

void Shop::fill(journal::Journal& journal, std::uint64_t entries) {
  while (sold_ < entries) {
    std::vector<journal::Journal::Work> works;
    while (works.size() < 500 && sold_ < entries) works.push_back(sale());
    for (const auto& done : journal.commit(std::move(works))) need(done, "a sale");
    if (journal.idle_due()) journal.idle();
  }
  journal.idle();
}

}  // namespace gongji::tests
