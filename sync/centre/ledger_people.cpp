#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "offline/base/check.h"
#include "offline/seal/key_store.h"
#include "sync/centre/working_set.h"

namespace gongji::centre {
namespace {

std::optional<std::int32_t> number_of(const std::optional<Day>& day) {
  return day ? std::optional<std::int32_t>(day->number()) : std::nullopt;
}

std::optional<Day> day_of(std::optional<std::int64_t> number) {
  return number ? std::optional<Day>(Day::from_number(static_cast<std::int32_t>(*number))) : std::nullopt;
}

// What names somebody, as it is sealed: one JSON object of texts, and the day of birth as a day number.
Secret identity_of(const Person& person) {
  nlohmann::json out{{"psn_no", person.facts.psn_no},
                     {"name", person.name.reveal()},
                     {"cert_type", person.psn_cert_type},
                     {"certno", person.certno.reveal()},
                     {"gend", person.gend},
                     {"naty", person.naty},
                     {"brdy", nullptr}};
  if (person.facts.brdy) out["brdy"] = person.facts.brdy->number();
  return Secret(out.dump());
}

// `read` is asked for each text by its name, as it stands in the object with the quote that begins the text.
template <class Read>
void take_texts(Person& person, const Read& read) {
  person.facts.psn_no = read("\"psn_no\":\"");
  person.name = Secret(read("\"name\":\""));
  person.psn_cert_type = read("\"cert_type\":\"");
  person.certno = Secret(read("\"certno\":\""));
  person.gend = read("\"gend\":\"");
  person.naty = read("\"naty\":\"");
}

// As anybody may have written the object.
void read_any_identity(const Secret& text, Person& person) {
  const auto in = nlohmann::json::parse(text.reveal(), nullptr, false);
  GONGJI_CHECK_WHY(in.is_object(), "what opened is what was sealed");
  take_texts(person, [&](std::string_view name) {
    const auto found = in.find(std::string(name.substr(1, name.size() - 4)));
    return found != in.end() && found->is_string() ? found->get<std::string>() : std::string();
  });
  if (const auto day = in.find("brdy"); day != in.end() && day->is_number_integer()) {
    person.facts.brdy = Day::from_number(day->get<std::int32_t>());
  }
}

// Every person of a sync is read.  Where nothing is escaped and no blank stands between the words, a name with its
// quotes and colon is a member's and nothing else, and a text ends at the next quote.
void read_identity(const Secret& sealed, Person& person) {
  const std::string_view text = sealed.reveal();
  const bool plain = text.size() > 2 && text.front() == '{' && text.back() == '}' &&
                     text.find('\\') == std::string_view::npos && text.find("\": ") == std::string_view::npos &&
                     text.find("\" :") == std::string_view::npos;
  if (!plain) return read_any_identity(sealed, person);
  const auto behind = [&](std::string_view name) {
    const std::size_t at = text.find(name);
    return at == std::string_view::npos ? std::string_view() : text.substr(at + name.size());
  };
  take_texts(person, [&](std::string_view name) {
    const std::string_view rest = behind(name);
    return std::string(rest.substr(0, rest.find('"')));
  });
  const std::string_view day = behind("\"brdy\":");
  std::int32_t number = 0;
  if (std::from_chars(day.data(), day.data() + day.size(), number).ec == std::errc()) {
    person.facts.brdy = Day::from_number(number);
  }
}

std::string identity_place(std::string_view person) {
  return "person|" + std::string(person);
}
std::string credential_place(std::string_view number) {
  return "credential|" + std::string(number);
}
std::string key_place(const std::string& fixmedins_code) {
  return "site|" + fixmedins_code;
}

}  // namespace

void Ledger::add_site(const Site& site, const Bytes& site_key) {
  auto insert = query("INSERT INTO site VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const settlement::Site& facts = site.facts;
  insert.bind(facts.fixmedins_code, site.name, facts.fixmedins_type, facts.admdvs, facts.dedc_hosp_lv, facts.designated,
              facts.dual_channel, sealed(seal::lasting, key_place(facts.fixmedins_code), site_key));
  run(insert);
  account(site_account(facts.fixmedins_code), false);
}

std::optional<Site> Ledger::find_site(const std::string& fixmedins_code) {
  if (const auto known = read_->sites.find(fixmedins_code); known != read_->sites.end()) return known->second;
  auto select =
      raw("SELECT name, type, admdvs, level, designated, dual_channel FROM site WHERE fixmedins_code = ?", "titiii");
  select.bind(fixmedins_code);
  if (!step(select)) return std::nullopt;
  Site site;
  site.name = select.text(0);
  site.facts.fixmedins_code = fixmedins_code;
  site.facts.fixmedins_type = static_cast<std::uint8_t>(select.integer(1));
  site.facts.admdvs = select.text(2);
  site.facts.dedc_hosp_lv = static_cast<std::uint8_t>(select.integer(3));
  site.facts.designated = select.integer(4) != 0;
  site.facts.dual_channel = select.integer(5) != 0;
  read_->sites.emplace(fixmedins_code, site);
  return site;
}

Bytes Ledger::site_key(const std::string& fixmedins_code) {
  if (const auto known = read_->site_keys.find(fixmedins_code); known != read_->site_keys.end()) return known->second;
  auto select = raw("SELECT site_key FROM site WHERE fixmedins_code = ?", "b");
  select.bind(fixmedins_code);
  if (!step(select)) return {};
  return read_->site_keys[fixmedins_code] =
             to_bytes(as_bytes(opened(seal::lasting, key_place(fixmedins_code), select.blob(0)).reveal()));
}

void Ledger::add_person(const Person& person, const std::vector<settlement::Counted>& counters, WallTime now) {
  const settlement::Person& facts = person.facts;
  const std::string hash = sealing_.person(facts.psn_no);
  auto insert = query("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(hash, facts.insutype, facts.psn_type, facts.insuplc_admdvs, number_of(facts.retired_on),
              number_of(facts.entitled_from), number_of(facts.entitled_to),
              sealed(seal::lasting, identity_place(hash), as_bytes(identity_of(person).reveal())));
  run(insert);
  for (const auto& credential : person.credentials) {
    auto add = query("INSERT INTO credential VALUES (?, ?, ?, ?)");
    const std::string number = sealing_.credential(credential.kind, credential.number.reveal());
    add.bind(credential.kind, number, hash,
             sealed(seal::lasting, credential_place(number), as_bytes(credential.card_sn.reveal())));
    run(add);
  }
  const AccountId opening = account(opening_account, true);
  for (std::size_t place = 0; place < person.accounts.size(); ++place) {
    const OwnAccount& own = person.accounts[place];
    auto add = query("INSERT INTO own_account VALUES (?, ?, ?)");
    add.bind(hash, place, static_cast<int>(own.kind));
    run(add);
    const AccountId id = account(person_account(facts.psn_no, own.kind), false);
    post(Purpose::opening, {}, now, {{id, own.balance}, {opening, -own.balance}});
  }
  for (std::size_t place = 0; place < person.family.size(); ++place) {
    const Family& family = person.family[place];
    auto add = query("INSERT INTO family (person, place, owner, relation, listed) VALUES (?, ?, ?, ?, ?)");
    add.bind(hash, place, sealing_.person(family.owner), static_cast<int>(family.relation), family.listed);
    run(add);
  }
  for (const auto& counter : counters) {
    auto add = query("INSERT INTO counter (person, scheme, name, since, value) VALUES (?, ?, ?, ?, ?)");
    add.bind(hash, counter.scheme, counter.name, counter.since.number(), counter.value);
    run(add);
    auto keep = query("INSERT INTO counter_opening (person, scheme, name, since, value) VALUES (?, ?, ?, ?, ?)");
    keep.bind(hash, counter.scheme, counter.name, counter.since.number(), counter.value);
    run(keep);
  }
}

// Owners of family accounts are read with them.
void Ledger::load_people(std::vector<std::string> hashes, bool with_family) {
  std::erase_if(hashes, [&](const std::string& hash) { return read_->people.count(hash) != 0; });
  if (hashes.empty()) return;
  for (const auto& hash : hashes) read_->people[hash] = std::nullopt;
  {
    auto select =
        raw("SELECT person, insutype, psn_type, insuplc_admdvs, retired_on, entitled_from, entitled_to, identity "
            "FROM person WHERE person = each(?)",
            "ttttIIIb");
    select.bind(hashes);
    while (step(select)) {
      const std::string hash(select.text(0));
      Person person;
      const Secret identity = opened(seal::lasting, identity_place(hash), select.blob(7));
      if (failed()) return;
      read_identity(identity, person);
      settlement::Person& facts = person.facts;
      facts.insutype = select.text(1);
      facts.psn_type = select.text(2);
      facts.insuplc_admdvs = select.text(3);
      facts.retired_on = day_of(select.integer_or_null(4));
      facts.entitled_from = day_of(select.integer_or_null(5));
      facts.entitled_to = day_of(select.integer_or_null(6));
      read_->people[hash] = KnownPerson{std::move(person), false};
    }
  }
  {
    auto own = raw("SELECT person, kind FROM own_account WHERE person = each(?) ORDER BY person, place", "ti");
    own.bind(hashes);
    while (step(own)) {
      auto& known = read_->people[std::string(own.text(0))];
      if (known) known->person.accounts.push_back({static_cast<settlement::AccountKind>(own.integer(1)), Money{}});
    }
  }
  if (with_family) load_families(hashes);
}

void Ledger::load_families(const std::vector<std::string>& hashes) {
  struct Bound {
    std::string hash, owner;
    Family family;
  };
  std::vector<Bound> all;
  std::vector<std::string> owners;
  {
    auto select =
        raw("SELECT person, owner, relation, listed, take_max, take_since FROM family WHERE person = each(?) "
            "ORDER BY person, place",
            "ttiiII");
    select.bind(hashes);
    while (step(select)) {
      Family family{{}, static_cast<settlement::Relation>(select.integer(2)), select.integer(3) != 0};
      if (const auto limit = select.integer_or_null(4)) family.take_max = Money::fen(*limit);
      family.take_since = WallTime{select.integer_or_null(5).value_or(0)};
      all.push_back({std::string(select.text(0)), std::string(select.text(1)), std::move(family)});
      owners.push_back(all.back().owner);
    }
  }
  load_people(std::move(owners), false);
  for (const auto& hash : hashes) {
    if (auto& known = read_->people[hash]) known->with_family = true;
  }
  for (auto& bound : all) {
    auto& known = read_->people[bound.hash];
    const auto& owner = read_->people[bound.owner];
    if (!known || !owner) continue;
    bound.family.owner = owner->person.facts.psn_no;
    known->person.family.push_back(std::move(bound.family));
  }
}

const KnownPerson* Ledger::known_person(const std::string& hash, bool with_family) {
  if (hash.empty() || failed()) return nullptr;
  load_people({hash}, with_family);
  const auto& known = read_->people[hash];
  if (known && with_family && !known->with_family) load_families({hash});
  return known && !failed() ? &*known : nullptr;
}

std::optional<Person> Ledger::find_person(const std::string& psn_no) {
  const KnownPerson* known = known_person(hash_of(psn_no), true);
  return known == nullptr ? std::nullopt : std::optional(known->person);
}

std::optional<Person> Ledger::find_owner(const std::string& psn_no) {
  const KnownPerson* known = known_person(hash_of(psn_no), false);
  return known == nullptr ? std::nullopt : std::optional(known->person);
}

std::string Ledger::psn_no_of(std::string_view hash) {
  const KnownPerson* known = known_person(std::string(hash), false);
  return known == nullptr ? std::string() : known->person.facts.psn_no;
}

std::vector<std::string> Ledger::person_numbers() {
  std::vector<std::string> out;
  std::vector<std::string> hashes;
  {
    auto select = raw("SELECT person FROM person", "t");
    while (step(select)) hashes.emplace_back(select.text(0));
  }
  out.reserve(hashes.size());
  for (const auto& hash : hashes) out.push_back(psn_no_of(hash));
  if (failed()) return {};
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<Person> Ledger::find_person_by_key(const Bytes& site_key, const std::string& person_key) {
  for (const std::string& psn_no : person_numbers()) {
    if (seal::lookup_key(site_key, "person", psn_no) == person_key) return find_person(psn_no);
  }
  return std::nullopt;
}

std::optional<std::string> Ledger::find_credential(const std::string& kind, const Secret& number,
                                                   const Secret& card_sn) {
  const std::string hash = sealing_.credential(kind, number.reveal());
  auto select = query("SELECT person, sealed FROM credential WHERE kind = ? AND number = ?", "tb");
  select.bind(kind, hash);
  if (!step(select)) return std::nullopt;
  if (kind == "03" && opened(seal::lasting, credential_place(hash), select.blob(1)) != card_sn) return std::nullopt;
  return psn_no_of(select.text(0));
}

std::optional<std::string> Ledger::card_sn_of(const std::string& card_no) {
  const std::string hash = sealing_.credential("03", card_no);
  auto select = query("SELECT sealed FROM credential WHERE kind = '03' AND number = ?", "b");
  select.bind(hash);
  if (!step(select)) return std::nullopt;
  return opened(seal::lasting, credential_place(hash), select.blob(0)).reveal();
}

}  // namespace gongji::centre
