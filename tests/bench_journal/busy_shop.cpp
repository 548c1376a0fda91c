#include "tests/bench_journal/busy_shop.h"

#include <cstdio>
#include <cstdlib>

#include "offline/settlement/claim_json.h"
#include "offline/settlement/counted.h"
#include "offline/settlement/settle.h"

namespace gongji::tests {

namespace {

const WallTime opening{1'795'147'200'000};  // 2026-11-20 12:00 in UTC+8
const Day today = *Day::from_civil(2026, 11, 20);
constexpr const char* site_code = "P99999900001";
constexpr int goods = 400;

std::string padded(std::int64_t number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

// Spreads consecutive numbers.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

// A digest as random as real ones look.
void fill_from(Digest& digest, std::uint64_t number) {
  SeededRandom(number).fill(digest);
}

std::string goods_name(int number) {
  static constexpr const char* heads[] = {"阿卡", "苯磺", "盐酸", "缬沙", "二甲",
                                          "硝苯", "辛伐", "复方", "奥美", "格列"};
  static constexpr const char* tails[] = {"坦胶囊",     "地平片",   "双胍片", "他汀片",
                                          "拉唑肠溶片", "丹参滴丸", "齐特片", "酸钠颗粒"};
  static constexpr const char* sizes[] = {" 4mg×14", " 80mg×7", " 0.5g×20", " 5mg×28", " 20mg×14", " 10g×9袋"};
  const auto pick = static_cast<std::size_t>(number);
  return std::string(heads[pick % 10]) + tails[pick / 10 % 8] + sizes[pick / 7 % 6];
}

// Goods that come once.
void name_new_goods(settlement::Line& line, std::uint64_t mix) {
  line.med_list_codg = "X";
  for (int i = 0; i < 6; ++i) line.med_list_codg += static_cast<char>('A' + (mix >> (4U * unsigned(i))) % 20);
  line.med_list_codg += padded(static_cast<std::int64_t>(mixed(mix) % 10'000'000'000'000'000), 16);
  line.name.clear();
  const auto length = 3 + mix % 5;
  for (std::uint64_t i = 0; i < length; ++i) {
    const auto letter = 0x4E00 + static_cast<unsigned>(mixed(mix + i) % 5'000);
    line.name += static_cast<char>(0xE0 | letter >> 12U);
    line.name += static_cast<char>(0x80 | (letter >> 6U & 0x3FU));
    line.name += static_cast<char>(0x80 | (letter & 0x3FU));
  }
  line.name += " " + std::to_string(mix % 90 + 1) + "mg×" + std::to_string(mix % 30 + 1);
}

settlement::Line line_of(int number, int place, Trade trade) {
  const auto mix = mixed(static_cast<std::uint64_t>(number) * 8 + static_cast<std::uint64_t>(place));
  const int which = static_cast<int>(mix % goods);
  settlement::Line line;
  line.feedetl_sn = std::to_string(place + 1);
  line.med_list_codg =
      std::string("X") + (which % 2 == 0 ? "C08CAB" : "A10BGL") + padded(which, 3) + "A0010" + padded(which % 97, 8);
  line.name = goods_name(which);
  if (trade == Trade::of_everywhere) name_new_goods(line, mix);
  if (which % 2 == 1) {
    line.chrgitm_lv = settlement::LineClass::b;
    line.selfpay_prop = Rate::ppm(100'000);
  }
  const auto count = static_cast<std::int64_t>(mix >> 20U) % 3 + 1;
  const auto fen = static_cast<std::int64_t>(mix >> 32U) % 4'000 + 150;
  line.pric = {fen * 10'000};
  line.cnt = {count * 10'000};
  line.det_item_fee_sumamt = Money::fen(fen * count);
  return line;
}

// Where a person is insured.
struct Scheme {
  const char* admdvs;
  const char* insutype;
};
constexpr Scheme schemes[] = {{"420100", "310"}, {"310101", "310"}, {"530400", "310"}, {"370400", "390"}};
const Scheme& scheme_of(int person, Trade trade) {
  return schemes[trade == Trade::of_one_shop ? 0 : person % 4];
}

// The same for every new folder; another each time that a journal is opened again, or its grants would come twice.
std::uint64_t seed_of(const std::filesystem::path& file) {
  std::error_code missing;
  const auto written = std::filesystem::last_write_time(file, missing);
  return missing ? 20'261'120 : static_cast<std::uint64_t>(written.time_since_epoch().count());
}

}  // namespace

void give_up(std::string_view what) {
  std::fprintf(stderr, "bench: %.*s\n", static_cast<int>(what.size()), what.data());
  std::exit(1);
}

BusyShop::BusyShop(const std::filesystem::path& folder, Trade trade)
    : folder_(folder), trade_(trade), random_(seed_of(folder / "journal.db")), packs_(packs::built_in_packs()) {
  std::filesystem::create_directories(folder_);
  keys_ = need(seal::KeyStore::open(folder_ / "keys", random_), "keys");
}

std::unique_ptr<journal::Journal> BusyShop::open() {
  auto journal = need(journal::Journal::open(file(), identity(), keys_, random_), "journal");
  journal->write_compact();
  return journal;
}

const BusyShop::Person& BusyShop::person(int number) {
  while (persons_.size() <= static_cast<std::size_t>(number)) {
    static constexpr const char* families[] = {"王", "李", "张", "刘", "陈", "杨", "赵", "黄"};
    static constexpr const char* given[] = {"小草", "大树", "春花", "秋月", "建国", "志强", "丽", "敏"};
    const auto at = static_cast<std::int64_t>(persons_.size());
    Person made;
    made.psn_no = "999999" + padded(at, 20);
    made.certno = "999999" + padded(19'400'101 + at % 60 * 10'000, 8) + padded(at % 10'000, 4);
    made.name = std::string(families[at % 8]) + given[at / 8 % 8];
    made.key = keys_->lookup_key("person", made.psn_no);
    made.credential = keys_->lookup_key("credential", "03|" + made.certno + "|");
    persons_.push_back(std::move(made));
  }
  return persons_[static_cast<std::size_t>(number)];
}

record::Snapshot BusyShop::snapshot(int number) {
  const Person& person = this->person(number);
  const Scheme& scheme = scheme_of(number, trade_);
  record::Snapshot snapshot;
  snapshot.person.psn_no = person.psn_no;
  snapshot.person.insutype = scheme.insutype;
  snapshot.person.psn_type = "11";
  snapshot.person.insuplc_admdvs = scheme.admdvs;
  snapshot.psn_name = person.name;
  snapshot.psn_cert_type = "01";
  snapshot.certno = person.certno;
  snapshot.gend = "1";
  snapshot.naty = "01";
  const Day year = *Day::from_civil(2026, 1, 1);
  snapshot.counters = {{"wuhan-employee", "op.deductible", year, Money::fen(70'000)},
                       {"wuhan-employee", "op.fund", year, Money::fen(2'000)}};
  snapshot.accounts = {
      {"self", settlement::Relation::self, settlement::AccountKind::prior, Money::fen(4'000'000'000'000), "", true}};
  if (trade_ == Trade::of_everywhere && number % 3 == 0) {
    snapshot.accounts.push_back({"999999" + padded(number + 700'000, 20), settlement::Relation::parent,
                                 settlement::AccountKind::prior, Money::fen(5'000'000), "", true});
  }
  snapshot.as_of = opening;
  return snapshot;
}

void BusyShop::know_persons(journal::Journal& journal, int count) {
  constexpr int at_once = 500;
  for (int first = 0; first < count; first += at_once) {
    std::vector<journal::Journal::Work> works;
    for (int number = first; number < std::min(count, first + at_once); ++number) {
      works.push_back([this, number](journal::Turn& turn) -> Result<void> {
        const Person& who = person(number);
        // Nobody looks at the signature after a snapshot has come: one real one would cost more than the rest.
        const record::Signed made{record::encode(snapshot(number)), Bytes(64)};
        return turn.store_snapshot(who.key, {who.credential}, made);
      });
    }
    for (const auto& done : journal.commit(std::move(works))) need(done, "a snapshot");
    if (journal.idle_due()) journal.idle();
  }
  journal.idle();
}

void BusyShop::grant_persons(journal::Journal& journal, int count, std::uint64_t feed) {
  record::FeedBatch batch{identity().terminal, feed, {}, opening};
  const Day year = *Day::from_civil(2026, 1, 1);
  for (int number = 0; number < count; ++number) {
    record::Grant grant;
    grant.id = make_id(opening, random_);
    grant.terminal = identity().terminal;
    grant.life = {identity().epoch, journal.run()};
    grant.person_key = person(number).key;
    grant.accounts = {{"self", settlement::AccountKind::prior, Money::fen(1'000'000'000'000)}};
    grant.fund = {{"wuhan-employee", "op.fund", year, Money::fen(1'000'000'000'000)}};
    grant.snapshot_as_of = grant.issued = opening;
    grant.expires = opening.plus(std::chrono::hours(24 * 30));
    batch.items.emplace_back(std::move(grant));
  }
  need(journal.apply_feed(batch, opening), "grants");
}

settlement::Claim BusyShop::claim(int number, int lines) const {
  settlement::Claim claim;
  claim.id = "till-3-20261120-" + padded(number, 8);
  claim.begntime = {today, 36'000};
  claim.site = {site_code, 1, "420100", 1, true, false};
  claim.visit.med_type = "11";
  claim.acct_used_flag = settlement::AccountUse::own;
  if (trade_ == Trade::of_everywhere) {
    const Scheme& scheme = scheme_of(number, trade_);
    const auto mix = mixed(static_cast<std::uint64_t>(number));
    claim.id = padded(static_cast<std::int64_t>(mix % 1'000'000'000'000), 12) + padded(number, 6);
    claim.begntime = {today.plus_days(-(number % 200)), static_cast<std::int32_t>(mix % 86'400)};
    claim.site.fixmedins_code = "H" + std::string(scheme.admdvs) + padded(number % 997, 5);
    claim.site.admdvs = scheme.admdvs;
    claim.acct_used_flag = settlement::AccountUse::family;
    lines = number % 9 + 1;
  }
  for (int place = 0; place < lines; ++place) claim.lines.push_back(line_of(number, place, trade_));
  return claim;
}

journal::Journal::Work BusyShop::sale(int number, int persons, On on, int lines) {
  return [this, number, persons, on, lines](journal::Turn& turn) {
    return settle_and_append(turn, claim(number, lines), person(number % persons), on,
                             opening.plus(std::chrono::seconds(number / 100)), static_cast<std::uint64_t>(number),
                             nullptr);
  };
}

std::string BusyShop::request(int number, int persons) {
  settlement::Claim asked = claim(number, 5);
  asked.person = snapshot(number % persons).person;
  return settlement::claim_to_json(asked);
}

journal::Journal::Work BusyShop::sell(settlement::Claim claim, Sold& sold) {
  return [this, claim = std::move(claim), &sold](journal::Turn& turn) {
    const auto number = std::strtoul(claim.person.psn_no.c_str() + 6, nullptr, 10);
    const WallTime now = opening.plus(std::chrono::milliseconds(++posted_));
    return settle_and_append(turn, claim, person(static_cast<int>(number)), On::grant, now, posted_, &sold);
  };
}

std::string Sold::answer() const {
  return "{\"seq\":" + std::to_string(seq) + ",\"sale_id\":\"" + to_string(sale_id) +
         "\",\"medfee_sumamt\":" + std::to_string(totals.medfee_sumamt.in_fen()) +
         ",\"fund_pay_sumamt\":" + std::to_string(totals.fund_pay_sumamt.in_fen()) +
         ",\"acct_pay\":" + std::to_string(totals.acct_pay.in_fen()) +
         ",\"psn_cash_pay\":" + std::to_string(totals.psn_cash_pay.in_fen()) + "}";
}

Result<void> BusyShop::settle_and_append(journal::Turn& turn, settlement::Claim claim, const Person& who, On on,
                                         WallTime now, std::uint64_t digest, Sold* sold) {
  const auto earlier = turn.find_request(claim.site.fixmedins_code, claim.id);
  if (!earlier) return earlier.error();
  if (*earlier) give_up("sold twice");
  auto found = turn.find_person(who.credential);
  if (!found) return found.error();
  if (!*found) give_up("a person is not known");
  const journal::PersonState& state = **found;
  claim.person = state.snapshot.person;
  claim.accounts = state.accounts;
  const auto choice = packs_.choose(claim);
  const auto* chosen = std::get_if<packs::Chosen>(&choice);
  if (chosen == nullptr && trade_ == Trade::of_everywhere) return {};
  if (chosen == nullptr) give_up("no pack");
  const settlement::Policy& policy = *chosen->policy;
  claim.ytd = settlement::counters_on(policy, state.counters, claim.begntime.day);
  auto outcome = settlement::settle(claim, policy, settlement::TraceWish::none);
  auto* settled = std::get_if<settlement::Settlement>(&outcome);
  if (settled == nullptr && trade_ == Trade::of_everywhere) return {};
  if (settled == nullptr) give_up("not settled");

  record::Sale sale;
  sale.counted = settlement::counted_between(policy, claim.ytd, settled->ytd, claim.begntime.day);
  sale.backing = record::Backing::hold;
  if (on == On::hold) {
    sale.backing_id = to_string(make_id(now, random_));
  } else if (on == On::reserve) {
    sale.backing = record::Backing::reserve;
    const auto exposed = turn.exposure(record::Presence::card_read_here, who.key, today, std::nullopt);
    if (!exposed) return exposed.error();
  } else {
    const auto grant = turn.find_grant(who.key, now);
    if (!grant) return grant.error();
    if (!*grant) give_up("no grant");
    const auto use = turn.use_of(**grant, *settled, sale.counted);
    if (!use || !record::covers(**grant, *use)) give_up("the grant does not cover it");
    sale.backing = record::Backing::grant;
    sale.backing_id = to_string((*grant)->id);
  }
  sale.sale_id = make_id(now, random_);
  sale.mdtrt_id = make_id(now, random_);
  sale.key = {claim.site.fixmedins_code, claim.id, "2102", {}};
  fill_from(sale.key.digest, digest);
  sale.opter = "0007";
  sale.presence = record::Presence::card_read_here;
  sale.person_key = who.key;
  sale.snapshot_as_of = state.snapshot.as_of;
  sale.pack = policy.name;
  sale.pack_digest = policy.digest;
  sale.claim = std::move(claim);
  sale.settlement = std::move(*settled);
  sale.holder = {who.name, "01", who.certno, "1", "01", "03", "Z" + who.certno.substr(9), "999999D1"};
  auto entry = turn.append(sale, now);
  if (!entry) return entry.error();
  if (sold != nullptr) *sold = {entry->head.seq, sale.sale_id, sale.settlement.totals};
  return {};
}

void BusyShop::fill(journal::Journal& journal, std::uint64_t entries, int persons) {
  constexpr std::uint64_t at_once = 2'000;
  std::uint64_t sold = 0;
  std::vector<journal::Journal::Work> ask;
  ask.push_back([&](journal::Turn& turn) -> Result<void> {
    auto summary = turn.summary();
    if (!summary) return summary.error();
    sold = summary->last_seq;
    return {};
  });
  need(journal.commit(std::move(ask)).front(), "the end of the log");
  while (sold < entries) {
    std::vector<journal::Journal::Work> works;
    for (; works.size() < at_once && sold < entries; ++sold) {
      works.push_back(sale(static_cast<int>(sold), persons, On::hold));
    }
    for (const auto& done : journal.commit(std::move(works))) need(done, "a sale");
    if (journal.idle_due()) journal.idle();
  }
  journal.idle();
}

journal::Journal::Work BusyShop::counters(int number) {
  return [this, number](journal::Turn& turn) -> Result<void> {
    auto found = turn.find_person(person(number).credential);
    return found ? Result<void>() : found.error();
  };
}

}  // namespace gongji::tests
