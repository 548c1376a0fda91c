#include "offline/base/check.h"
#include "offline/seal/key_store.h"
#include "sync/centre/ledger.h"

namespace gongji::centre {
namespace {

std::optional<std::int32_t> number_of(const std::optional<Day>& day) {
  return day ? std::optional<std::int32_t>(day->number()) : std::nullopt;
}

std::optional<Day> day_of(std::optional<std::int64_t> number) {
  return number ? std::optional<Day>(Day::from_number(static_cast<std::int32_t>(*number))) : std::nullopt;
}

}  // namespace

void Ledger::add_site(const Site& site, const Bytes& site_key) {
  auto insert = query("INSERT INTO site VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const settlement::Site& facts = site.facts;
  insert.bind(facts.fixmedins_code, site.name, facts.fixmedins_type, facts.admdvs, facts.dedc_hosp_lv, facts.designated,
              facts.dual_channel, site_key);
  run(insert);
  account(site_account(facts.fixmedins_code), false);
}

std::optional<Site> Ledger::find_site(const std::string& fixmedins_code) {
  auto select =
      query("SELECT name, type, admdvs, level, designated, dual_channel FROM site WHERE fixmedins_code = ?", "titiii");
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
  return site;
}

Bytes Ledger::site_key(const std::string& fixmedins_code) {
  auto select = query("SELECT site_key FROM site WHERE fixmedins_code = ?", "b");
  select.bind(fixmedins_code);
  return step(select) ? to_bytes(select.blob(0)) : Bytes();
}

void Ledger::add_person(const Person& person, const std::vector<settlement::Counted>& counters, WallTime now) {
  const settlement::Person& facts = person.facts;
  auto insert = query("INSERT INTO person VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  insert.bind(facts.psn_no, person.name.reveal(), person.psn_cert_type, person.certno.reveal(), person.gend,
              person.naty, number_of(facts.brdy), facts.insutype, facts.psn_type, facts.insuplc_admdvs,
              number_of(facts.retired_on), number_of(facts.entitled_from), number_of(facts.entitled_to));
  run(insert);
  for (const auto& credential : person.credentials) {
    auto add = query("INSERT INTO credential VALUES (?, ?, ?, ?)");
    add.bind(credential.kind, credential.number.reveal(), credential.card_sn.reveal(), facts.psn_no);
    run(add);
  }
  const AccountId opening = account(opening_account, true);
  for (std::size_t place = 0; place < person.accounts.size(); ++place) {
    const OwnAccount& own = person.accounts[place];
    auto add = query("INSERT INTO own_account VALUES (?, ?, ?)");
    add.bind(facts.psn_no, place, static_cast<int>(own.kind));
    run(add);
    const AccountId id = account(person_account(facts.psn_no, own.kind), false);
    post(Purpose::opening, {}, now, {{id, own.balance}, {opening, -own.balance}});
  }
  for (std::size_t place = 0; place < person.family.size(); ++place) {
    const Family& family = person.family[place];
    auto add = query("INSERT INTO family VALUES (?, ?, ?, ?, ?)");
    add.bind(facts.psn_no, place, family.owner, static_cast<int>(family.relation), family.listed);
    run(add);
  }
  for (const auto& counter : counters) {
    auto add = query("INSERT INTO counter (psn_no, scheme, name, since, value) VALUES (?, ?, ?, ?, ?)");
    add.bind(facts.psn_no, counter.scheme, counter.name, counter.since.number(), counter.value);
    run(add);
  }
}

std::optional<Person> Ledger::find_person(const std::string& psn_no) {
  Person person;
  {
    auto select = query(
        "SELECT name, cert_type, certno, gend, naty, brdy, insutype, psn_type, insuplc_admdvs, retired_on, "
        "entitled_from, entitled_to FROM person WHERE psn_no = ?",
        "tttttItttIII");
    select.bind(psn_no);
    if (!step(select)) return std::nullopt;
    settlement::Person& facts = person.facts;
    facts.psn_no = psn_no;
    person.name = Secret(std::string(select.text(0)));
    person.psn_cert_type = select.text(1);
    person.certno = Secret(std::string(select.text(2)));
    person.gend = select.text(3);
    person.naty = select.text(4);
    facts.brdy = day_of(select.integer_or_null(5));
    facts.insutype = select.text(6);
    facts.psn_type = select.text(7);
    facts.insuplc_admdvs = select.text(8);
    facts.retired_on = day_of(select.integer_or_null(9));
    facts.entitled_from = day_of(select.integer_or_null(10));
    facts.entitled_to = day_of(select.integer_or_null(11));
  }
  auto own = query("SELECT kind FROM own_account WHERE psn_no = ? ORDER BY place", "i");
  own.bind(psn_no);
  while (step(own)) person.accounts.push_back({static_cast<settlement::AccountKind>(own.integer(0)), Money{}});
  auto family = query("SELECT owner, relation, listed FROM family WHERE psn_no = ? ORDER BY place", "tii");
  family.bind(psn_no);
  while (step(family)) {
    person.family.push_back(
        {std::string(family.text(0)), static_cast<settlement::Relation>(family.integer(1)), family.integer(2) != 0});
  }
  return person;
}

std::optional<Person> Ledger::find_person_by_key(const Bytes& site_key, const std::string& person_key) {
  auto all = query("SELECT psn_no FROM person", "t");
  while (step(all)) {
    const std::string psn_no(all.text(0));
    if (seal::lookup_key(site_key, "person", psn_no) == person_key) return find_person(psn_no);
  }
  return std::nullopt;
}

std::optional<std::string> Ledger::find_credential(const std::string& kind, const Secret& number,
                                                   const Secret& card_sn) {
  auto select =
      query("SELECT psn_no FROM credential WHERE kind = ? AND number = ? AND (kind <> '03' OR card_sn = ?)", "t");
  select.bind(kind, number.reveal(), card_sn.reveal());
  if (!step(select)) return std::nullopt;
  return std::string(select.text(0));
}

}  // namespace gongji::centre
