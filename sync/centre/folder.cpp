#include "sync/centre/folder.h"

#include <fstream>
#include <sstream>

#include "offline/seal/private_directory.h"
#include "sync/centre/month_key_table.h"
#include "sync/centre/roots.h"
#include "sync/centre/service_detail.h"
#include "sync/centre/troubles.h"
#include "sync/http/private_file.h"

namespace gongji::centre {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t pem_bytes_max = 64 << 10;
constexpr std::size_t address_bytes_max = 4 << 10;

Result<void> make_certificates(const fs::path& directory, const InitOptions& options, WallTime now, Random& random) {
  const auto ca = http::make_ca("Gongji reference centre", random_serial(random), now, ca_valid_days);
  if (ca.has_error()) return ca.error();
  std::vector<std::string> names{"localhost", "127.0.0.1", "::1"};
  names.insert(names.end(), options.hosts.begin(), options.hosts.end());
  const auto server = http::issue_server(*ca, names, random_serial(random), now, server_valid_days);
  if (server.has_error()) return server.error();
  const std::pair<const char*, const std::string*> files[] = {{"ca.pem", &ca->certificate_pem},
                                                              {"ca.key", &ca->key_pem.reveal()},
                                                              {"server.pem", &server->certificate_pem},
                                                              {"server.key", &server->key_pem.reveal()}};
  std::string hosts;
  for (const std::string& host : names) hosts += host + "\n";
  if (auto outcome = write_text_file(directory / "hosts", hosts); outcome.has_error()) return outcome;
  for (const auto& [name, text] : files) {
    if (auto outcome = http::write_private_file((directory / name).string(), *text); outcome.has_error()) {
      return outcome;
    }
  }
  return {};
}

std::vector<settlement::Counted> opening_counters(const Person& person, Day today, const packs::PackSet& packs) {
  const settlement::Policy* policy = policy_of(person.facts, today, packs);
  std::vector<settlement::Counted> out;
  for (const auto& counter : person.counters) {
    if (policy == nullptr) {  // of a scheme that no pack knows: by calendar year
      settlement::add_counted(out, {{}, counter.name, *Day::from_civil(today.year(), 1, 1), counter.value});
    } else {
      const Day since = settlement::window_of(*policy, counter.name, today);
      settlement::add_counted(out, {policy->scheme, counter.name, since, counter.value});
    }
  }
  return out;
}

Result<std::unique_ptr<Ledger>> open_ledger(const fs::path& directory, const std::string& database, bool create,
                                            std::shared_ptr<const seal::KeyStore> keys) {
  if (database.empty()) return Ledger::open(directory / "ledger.sqlite", create, std::move(keys));
  return Ledger::open_shared(database, create, std::move(keys));
}

Result<std::shared_ptr<const seal::KeyStore>> open_keys(const fs::path& directory, const std::string& database,
                                                        Random& random) {
  return seal::KeyStore::open(directory / "keys", random,
                              database.empty() ? std::shared_ptr<seal::MonthKeyRegister>() : month_keys_in(database));
}

// As the folder remembers it; "" where the ledger is a file.
Result<std::string> read_address(const fs::path& directory) {
  if (!fs::exists(directory / "database")) return std::string();
  auto text = read_text_file(directory / "database", address_bytes_max);
  if (text.has_error()) return text;
  while (!text->empty() && (text->back() == '\n' || text->back() == ' ')) text->pop_back();
  return text;
}

Result<void> fill_ledger(Ledger* ledger, const People& people, WallTime now, Random& random) {
  const Day today = civil_time_at(now).day;
  const auto packs = packs::built_in_packs(true);
  return ledger->transaction([&] {
    ledger->prepare_months(now);
    for (const auto& site : people.sites) {
      Bytes key(32);
      random.fill(key);
      ledger->add_site(site, key);
    }
    for (const auto& person : people.persons) {
      ledger->add_person(person, opening_counters(person, today, packs), now);
    }
  });
}

// What the authority signed goes into DIR/packs, here as at the tills: both must settle by the same rules.
Result<packs::PackSet> load_packs(const fs::path& directory, const Bytes& authority, bool activate_reported,
                                  const std::vector<std::string>& published) {
  packs::PackSetBuilder builder;
  builder.trust({authority});
  if (activate_reported) builder.activate_reported();
  if (auto added = builder.add_built_in(); added.has_error()) return added.error();
  if (fs::exists(directory / "packs")) {
    if (auto added = builder.add_signed_directory(directory / "packs"); added.has_error()) return added.error();
  }
  for (const std::string& text : published) {
    if (auto added = builder.add_signed(text, "published"); added.has_error()) return added.error();
  }
  return builder.build();
}

// What the ledger says beside the files.
struct FromLedger {
  Ledger::Published changes;
  std::optional<std::string> terms;
  std::vector<std::string> rules;
};

Result<FromLedger> published_in(Ledger& ledger) {
  FromLedger out;
  const auto outcome = ledger.transaction([&] {
    out.changes = ledger.published();
    out.terms = ledger.terms_plan();
    for (const RuleFile& file : ledger.rule_files(0, packs::signed_files_max + 1)) {
      if (file.withdrawn) continue;
      if (auto body = ledger.rule_body(file.digest)) out.rules.push_back(*std::move(body));
    }
  });
  if (outcome.has_error()) return outcome.error();
  return out;
}

}  // namespace

Result<std::string> read_text_file(const fs::path& file, std::size_t bytes_max) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in || !text) return trouble(troubles::file_unreadable, file.string());
  std::string out = std::move(text).str();
  if (out.size() > bytes_max) return trouble(troubles::file_unreadable, file.string(), "larger than the limit");
  return out;
}

Result<void> write_text_file(const fs::path& file, std::string_view text) {
  return http::write_private_file(file.string(), text);
}

Result<Made> init_centre(const fs::path& directory, const InitOptions& options, WallTime now, Random& random) {
  if (fs::exists(directory / "ledger.sqlite") || fs::exists(directory / "database") ||
      fs::exists(directory / "ca.key")) {
    return trouble(troubles::already_made, directory.string());
  }
  const auto people = read_people(options.people_text);
  if (people.has_error()) return people.error();

  std::error_code failed;
  fs::create_directories(directory, failed);
  if (!failed) fs::permissions(directory, fs::perms::owner_all, failed);
  if (failed) return trouble(troubles::file_not_written, directory.string(), failed.message());
  if (auto outcome = make_certificates(directory, options, now, random); outcome.has_error()) return outcome.error();
  if (auto authority = seal::KeyStore::open(directory / "authority", random); authority.has_error()) {
    return authority.error();
  }
  const auto keys = open_keys(directory, options.database, random);
  if (keys.has_error()) return keys.error();
  if (auto outcome = write_text_file(directory / "terms.json", to_json_text(default_terms_plan()));
      outcome.has_error()) {
    return outcome.error();
  }
  const auto ledger = open_ledger(directory, options.database, true, *keys);
  if (ledger.has_error()) return ledger.error();
  if (!options.database.empty()) {
    if (auto kept = write_text_file(directory / "database", options.database + "\n"); kept.has_error()) {
      return kept.error();
    }
  }
  if (auto outcome = fill_ledger(ledger->get(), *people, now, random); outcome.has_error()) return outcome.error();
  const auto ca_pem = read_text_file(directory / "ca.pem", pem_bytes_max);
  if (ca_pem.has_error()) return ca_pem.error();
  const auto fingerprint = http::sm3_fingerprint(*ca_pem);
  if (fingerprint.has_error()) return fingerprint.error();
  return Made{*fingerprint, people->sites.size(), people->persons.size()};
}

Result<CentreParts> open_centre(const fs::path& directory, Random& random, const std::string& database) {
  auto address = database.empty() ? read_address(directory) : Result<std::string>(database);
  if (address.has_error()) return address.error();
  if (!fs::exists(directory / (address->empty() ? "ledger.sqlite" : "ca.key"))) {
    return trouble(troubles::not_a_centre, directory.string());
  }
  if (auto closed = seal::check_private(
          directory, {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "database", "ca.key", "server.key"});
      closed.has_error()) {
    return closed.error();
  }
  const auto keys = open_keys(directory, *address, random);
  if (keys.has_error()) return keys.error();
  auto ledger = open_ledger(directory, *address, false, *keys);
  if (ledger.has_error()) return ledger.error();
  const auto authority = seal::KeyStore::open(directory / "authority", random);
  if (authority.has_error()) return authority.error();
  const auto ca_pem = read_text_file(directory / "ca.pem", pem_bytes_max);
  if (ca_pem.has_error()) return ca_pem.error();
  const auto ca_key = read_text_file(directory / "ca.key", pem_bytes_max);
  if (ca_key.has_error()) return ca_key.error();
  const auto roots = roots_of(directory);
  if (roots.has_error()) return roots.error();
  const auto terms = read_text_file(directory / "terms.json", pem_bytes_max);
  if (terms.has_error()) return terms.error();
  const auto published = published_in(**ledger);
  if (published.has_error()) return published.error();
  const auto plan = read_terms_plan(published->terms.value_or(*terms));
  if (plan.has_error()) return plan.error();
  LoadPacks load = [directory, key = (*authority)->public_key()](const std::vector<std::string>& texts,
                                                                 bool activate_reported) {
    return load_packs(directory, key, activate_reported, texts);
  };
  auto packs = load(published->rules, plan->activate_reported_packs);
  if (packs.has_error()) return packs.error();
  return CentreParts{
      *std::move(ledger), *std::move(packs),  *keys, *authority, http::Identity{*ca_pem, Secret(*ca_key)}, *plan,
      std::move(load),    published->changes, *roots};
}

}  // namespace gongji::centre
