// generators.h — random records, inside their ranges but as odd as the ranges allow.
#pragma once

#include <rapidcheck.h>

#include "offline/record/entry.h"
#include "offline/record/order.h"
#include "offline/record/snapshot.h"
#include "offline/record/verdict.h"
#include "offline/seal/sm3.h"

namespace gongji::record::any {

inline std::int64_t whole(std::int64_t min, std::int64_t max) {
  // The edges matter more than the middle.
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return min;
    case 1:
      return max;
    default:
      return min + static_cast<std::int64_t>(*rc::gen::arbitrary<std::uint64_t>() %
                                             (static_cast<std::uint64_t>(max - min) + 1));
  }
}

inline bool flag() {
  return *rc::gen::arbitrary<bool>();
}

inline std::string text() {
  static const std::vector<std::string> pieces = {"a",  "0",      "张",   "𠮷",      "\"", "\\",   "/",
                                                  "\n", "\x01",   "\x1f", "\x7f",    "·",  "self", "family-1",
                                                  "{}", "\u2028", "null", "\\u0041", " ",  "-1",   "\xef\xbf\xbf"};
  std::string out;
  const std::size_t count = *rc::gen::inRange<std::size_t>(0, 5);
  for (std::size_t i = 0; i < count; ++i) out += *rc::gen::elementOf(pieces);
  if (*rc::gen::inRange(0, 20) == 0) out += '\0';
  return out;
}

inline Money money(std::int64_t min = 0, std::int64_t max = (std::int64_t{1} << 53U) - 1) {
  return Money::fen(whole(min, max));
}
inline Day day() {
  return Day::from_number(static_cast<std::int32_t>(whole(-62'091, 376'199)));
}
inline WallTime wall() {
  return {whole(0, 32'503'679'999'999)};
}
inline Id id() {
  Id made;
  for (auto& octet : made.bytes) octet = static_cast<std::uint8_t>(whole(0, 255));
  return made;
}
inline std::string hex64() {
  return to_hex(seal::sm3(as_bytes(text())));
}
inline std::string terminal() {
  return "T-" + std::to_string(whole(0, 999'999));
}

template <class Make>
auto maybe(Make make) -> std::optional<decltype(make())> {
  if (flag()) return make();
  return std::nullopt;
}
template <class Make>
auto several(std::size_t max, Make make) {
  std::vector<decltype(make())> out;
  const std::size_t count = *rc::gen::inRange<std::size_t>(0, max + 1);
  for (std::size_t i = 0; i < count; ++i) out.push_back(make());
  return out;
}
template <class Enum>
Enum one_of(Enum first, Enum last) {
  return static_cast<Enum>(whole(static_cast<std::int64_t>(first), static_cast<std::int64_t>(last)));
}
inline std::uint8_t octet() {
  return static_cast<std::uint8_t>(whole(0, 255));
}

inline settlement::Counter counter() {
  return {text(), money()};
}
inline settlement::Counted counted() {
  return {flag() ? text() : std::string(), text(), day(), money()};
}
inline settlement::Price price() {
  return {whole(0, 9'999'999'999'990'000)};
}

inline settlement::Account account() {
  using namespace settlement;
  return {flag() ? "self" : text(),
          one_of(Relation::self, Relation::other),
          one_of(AccountKind::current, AccountKind::prior),
          money(),
          text(),
          flag()};
}

inline settlement::Person person() {
  using namespace settlement;
  Person person;
  person.psn_no = text();
  person.insutype = text();
  person.psn_type = text();
  person.brdy = maybe(day);
  person.retired_on = maybe(day);
  person.employment = one_of(Employment::unit, Employment::flexible);
  person.insuplc_admdvs = text();
  person.entitled_from = maybe(day);
  person.entitled_to = maybe(day);
  person.paid_on = maybe(day);
  person.enrol_kind = maybe([] { return one_of(EnrolKind::first, EnrolKind::newborn); });
  return person;
}

inline settlement::Visit visit() {
  using namespace settlement;
  Visit visit;
  visit.med_type = text();
  visit.region = one_of(Region::local, Region::temporary);
  visit.settled = one_of(Settled::direct, Settled::late);
  visit.presented_on = maybe(day);
  visit.benefit = maybe(text);
  visit.cause = one_of(Cause::illness, Cause::other_accident);
  visit.approved = flag();
  visit.rx_circ_flag = flag();
  visit.rx_hosp_lv = maybe(octet);
  visit.diseases = several(3, text);
  visit.place = maybe([] { return one_of(Place::district, Place::outside); });
  return visit;
}

inline settlement::Line line() {
  using namespace settlement;
  Line line;
  line.feedetl_sn = text();
  line.med_list_codg = text();
  line.name = text();
  line.kind = one_of(LineKind::drug, LineKind::other);
  line.chrgitm_lv = one_of(LineClass::a, LineClass::c);
  line.selfpay_prop = maybe([] { return Rate::ppm(whole(0, ppm_whole)); });
  line.pric = price();
  line.cnt = {whole(0, 99'999'999'999'900)};
  line.pric_uplmt_amt = maybe(price);
  line.det_item_fee_sumamt = money(0, amount_max.in_fen());
  line.excluded = flag();
  return line;
}

inline settlement::Claim claim() {
  using namespace settlement;
  Claim claim;
  claim.id = text();
  claim.pack = maybe(text);
  claim.begntime = {day(), static_cast<std::int32_t>(whole(0, 86'399))};
  claim.site = {text(), octet(), text(), octet(), flag(), flag()};
  claim.person = person();
  claim.visit = visit();
  claim.acct_used_flag = one_of(AccountUse::none, AccountUse::family);
  claim.lines = several(4, line);
  claim.ytd = several(3, counter);
  claim.accounts = several(4, account);
  return claim;
}

inline settlement::Settlement settled(const settlement::Claim& claim) {
  using namespace settlement;
  Settlement out;
  Totals& t = out.totals;
  for (Money* amount : {&t.medfee_sumamt, &t.fulamt_ownpay_amt, &t.overlmt_selfpay, &t.preselfpay_amt, &t.inscp_scp_amt,
                        &t.act_pay_dedc, &t.hifp_pay, &t.hifob_pay, &t.fund_pay_sumamt, &t.psn_part_amt, &t.acct_pay,
                        &t.acct_mulaid_pay, &t.psn_cash_pay, &t.balc})
    *amount = money();
  t.pool_prop_selfpay = Rate::ppm(whole(0, ppm_whole));
  for (const Account& account : claim.accounts)
    if (flag()) out.accounts.push_back({account.owner, account.kind, money()});
  out.lines =
      several(4, [] { return LineShares{text(), money(), money(), money(), money(), money(), money(), money()}; });
  out.ytd = several(3, counter);
  return out;
}

inline RequestKey key() {
  return {text(), text(), text(), seal::sm3(as_bytes(text()))};
}
inline Holder holder() {
  return {text(), text(), text(), text(), text(), text(), text(), text()};
}
inline Presence presence() {
  return one_of(Presence::card_authenticated, Presence::declared);
}

inline Body body() {
  switch (*rc::gen::inRange(0, 3)) {
    case 0: {
      Sale sale;
      sale.sale_id = id();
      sale.mdtrt_id = id();
      sale.key = key();
      sale.opter = text();
      sale.presence = presence();
      sale.backing = one_of(Backing::nothing, Backing::reserve);
      sale.backing_id = text();
      sale.person_key = hex64();
      sale.snapshot_as_of = wall();
      sale.pack = text();
      sale.pack_digest = text();
      sale.claim = claim();
      sale.settlement = settled(sale.claim);
      sale.counted = several(3, counted);
      if (flag()) sale.kept_from = KeptFrom{id(), static_cast<std::uint64_t>(whole(1, (std::int64_t{1} << 53U) - 1))};
      sale.holder = holder();
      if (flag()) sale.lowest = LowestShare{several(3, counter), money()};
      sale.holder_checked = flag();
      if (flag())
        sale.prescription =
            Prescription{"RX" + text(), one_of(PrescriptionCheck::verified, PrescriptionCheck::unverified)};
      sale.voucher = maybe([] {
        VoucherNonce nonce{};
        for (auto& value : nonce) value = octet();
        return nonce;
      });
      return sale;
    }
    case 1: {
      Cancel cancel;
      cancel.cancel_id = id();
      cancel.sale_id = id();
      cancel.sale_seq = static_cast<std::uint64_t>(whole(1, (std::int64_t{1} << 53U) - 1));
      cancel.key = key();
      cancel.opter = text();
      cancel.person_key = hex64();
      cancel.reason = text();
      return cancel;
    }
    default: {
      Paper paper;
      paper.paper_id = id();
      paper.key = key();
      paper.opter = text();
      paper.presence = presence();
      paper.reasons = several(3, text);
      paper.claim = claim();
      paper.holder = holder();
      if (flag()) paper.last_day = LastDay{day(), text()};
      return paper;
    }
  }
}

inline std::uint32_t number32(std::uint32_t min) {
  return static_cast<std::uint32_t>(whole(min, std::numeric_limits<std::uint32_t>::max()));
}

inline Head head() {
  return {terminal(), number32(1), static_cast<std::uint64_t>(whole(1, (std::int64_t{1} << 53U) - 1)), wall()};
}

inline Salt salt() {
  Salt made{};
  for (auto& value : made) value = octet();
  return made;
}

inline Snapshot snapshot() {
  Snapshot out;
  out.person = person();
  out.psn_name = text();
  out.psn_cert_type = text();
  out.certno = text();
  out.gend = text();
  out.naty = text();
  out.counters = several(3, counted);
  out.accounts = several(3, account);
  out.as_of = wall();
  out.applied_epoch = number32(1);
  out.applied_seq = static_cast<std::uint64_t>(whole(0, (std::int64_t{1} << 53U) - 1));
  if (flag()) out.applied_feed = static_cast<std::uint64_t>(whole(0, (std::int64_t{1} << 53U) - 1));
  if (flag()) {  // as it was before counters had windows
    out.benefit_year = static_cast<std::int32_t>(whole(1800, 2999));
    for (auto& counter : out.counters) {
      counter.scheme.clear();
      counter.since = *Day::from_civil(*out.benefit_year, 1, 1);
    }
  }
  return out;
}

inline Terms terms() {
  Terms out;
  out.terminal = terminal();
  out.epoch = number32(1);
  out.fixmedins_code = text();
  out.fixmedins_name = text();
  out.fixmedins_type = octet();
  out.admdvs = text();
  out.dedc_hosp_lv = octet();
  out.designated = flag();
  out.dual_channel = flag();
  for (int i = 1; i <= 6; ++i)
    if (flag())
      out.reserve.push_back({static_cast<Presence>(7 - i), money(), money(), money(), number32(0), number32(0)});
  if (flag()) {
    out.grant_presences.emplace();
    for (int i = 1; i <= 6; ++i)
      if (flag()) out.grant_presences->push_back(static_cast<Presence>(i));
  }
  if (flag()) out.fund_basis = FundBasis::lowest;
  if (flag()) out.split_window_minutes = number32(1);
  if (flag()) out.paper_days = number32(1);
  if (flag()) out.card_pin_above = money();
  if (flag()) out.retention_months = octet() + 1U;
  out.issued = wall();
  out.expires = wall();
  out.drain_window_s = number32(0);
  if (flag()) out.poll_idle_s = number32(1);
  return out;
}

inline EmergencyOrder order() {
  EmergencyOrder out;
  out.id = id();
  out.withdrawn = flag();
  if (flag()) out.areas = {"99", "999999"};
  if (out.areas.empty() || flag()) out.sites = {text(), text()};
  out.med_types = several(3, text);
  out.reserve = terms().reserve;
  out.issued = wall();
  out.start = {whole(0, 1'000)};
  out.end = {whole(1'001, 32'503'679'999'999)};
  out.reference = text();
  return out;
}

inline std::string hash_text() {
  std::string out;
  for (int i = 0; i < 32; ++i) out += to_hex(Bytes{octet()});
  return out;
}

inline Grant grant() {
  Grant out;
  out.id = id();
  out.terminal = terminal();
  out.life = {number32(1), static_cast<std::uint64_t>(whole(1, (std::int64_t{1} << 53U) - 1))};
  out.person_key = hash_text();
  if (flag()) out.accounts.push_back({"self", settlement::AccountKind::prior, money()});
  if (flag()) out.accounts.push_back({"self", settlement::AccountKind::current, money()});
  if (flag()) out.accounts.push_back({hash_text(), settlement::AccountKind::prior, money()});
  if (flag()) out.fund.push_back({text(), "op.fund", *Day::from_civil(2026, 1, 1), money()});
  if (flag()) out.fund.push_back({text(), "day.fund", *Day::from_civil(2026, 11, 21), money()});
  out.snapshot_as_of = wall();
  out.issued = wall();
  out.expires = wall();
  return out;
}

inline Stop stop() {
  return {one_of(StopKind::card, StopKind::person),
          hash_text(),
          one_of(StopReason::lost, StopReason::suspended),
          wall(),
          maybe(wall),
          flag()};
}

inline FeedItem feed_item() {
  if (flag()) return grant();
  if (flag()) return OrderNotice{{flag() ? encode(order()) : text(), Bytes(64, octet())}};
  if (flag()) return stop();
  if (flag()) {
    Digest digest{};
    for (auto& value : digest) value = octet();
    return RulesNotice{digest, static_cast<std::uint64_t>(whole(0, 1 << 23)), flag()};
  }
  if (flag()) return RootsNotice{{text(), text()}};
  if (flag()) return GrantRecall{id()};
  if (flag()) {
    Bytes signature(64);
    for (auto& value : signature) value = octet();
    return TermsNotice{{flag() ? encode(terms()) : text(), signature}};
  }
  constexpr std::int64_t most = (std::int64_t{1} << 53U) - 1;
  Verdict verdict;
  verdict.epoch = number32(1);
  verdict.seq = static_cast<std::uint64_t>(whole(1, most));
  verdict.kind = one_of(VerdictKind::accepted, VerdictKind::refused);
  verdict.reason = text();
  verdict.article = text();
  verdict.stands = {money(), money(), money(), money()};
  verdict.difference = {money(-most, most), money(-most, most), money(-most, most), money(-most, most)};
  if (flag()) verdict.counted = several(3, counted);
  verdict.at = wall();
  return verdict;
}

inline FeedBatch feed() {
  return {terminal(), static_cast<std::uint64_t>(whole(1, (std::int64_t{1} << 53U) - 1)), several(4, feed_item),
          wall()};
}

}  // namespace gongji::record::any
