// claim_fields.h — how claims and settlements are written: every member, in ascending order of names.
// Internal to this module; codec.h explains the form.
#pragma once

#include "offline/record/codec.h"
#include "offline/settlement/claim.h"
#include "offline/settlement/counted.h"
#include "offline/settlement/settlement.h"

namespace gongji::record {

// In the canonical form a text of digits: its range, to 9'999'999'999.99 yuan in millionths, is beyond 2^53.
template <class Archive>
void digits_value(Archive& a, Subject<Archive, settlement::Price>& price) {
  std::string text;
  if constexpr (!Archive::reading) {
    GONGJI_CHECK(price.millionths >= 0 && price.millionths <= price_max_millionths);
    text = std::to_string(price.millionths);
  }
  a.text(text);
  if constexpr (Archive::reading) {
    std::int64_t value = 0;
    for (const char c : text.size() <= 16 ? text : std::string()) value = value * 10 + (c - '0');
    const bool digits =
        !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool holds = digits && text.size() <= 16 && value <= price_max_millionths && std::to_string(value) == text;
    a.refuse_unless(holds, "expected millionths of a yuan in digits");
    if (holds) price.millionths = value;
  }
}

template <class Archive>
void describe_value(Archive& a, Subject<Archive, settlement::Price>& price) {
  if constexpr (Archive::compact) {
    const std::int64_t got = a.integer(price.millionths, 0, price_max_millionths);
    if constexpr (Archive::reading) price.millionths = got;
  } else {
    digits_value(a, price);
  }
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Site>& site) {
  object(a, [&] {
    member(a, "admdvs", site.admdvs);
    number(a, "dedc_hosp_lv", site.dedc_hosp_lv, 0, 255);
    flag(a, "designated", site.designated);
    flag(a, "dual_channel", site.dual_channel);
    member(a, "fixmedins_code", site.fixmedins_code);
    number(a, "fixmedins_type", site.fixmedins_type, 0, 255);
  });
}

template <class Archive>
void describe_value(Archive& a, Subject<Archive, settlement::EnrolKind>& kind) {
  enumeration_value(a, kind, settlement::EnrolKind::first, settlement::EnrolKind::newborn);
}

template <class Archive>
void describe_value(Archive& a, Subject<Archive, settlement::Place>& place) {
  enumeration_value(a, place, settlement::Place::district, settlement::Place::outside);
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Person>& person) {
  using settlement::Employment;
  object(a, [&] {
    if (!a.withheld()) optional(a, "brdy", person.brdy);
    enumeration(a, "employment", person.employment, Employment::unit, Employment::flexible);
    optional(a, "enrol_kind", person.enrol_kind);
    optional(a, "entitled_from", person.entitled_from);
    optional(a, "entitled_to", person.entitled_to);
    member(a, "insuplc_admdvs", person.insuplc_admdvs);
    member(a, "insutype", person.insutype);
    optional(a, "paid_on", person.paid_on);
    if (!a.withheld()) member(a, "psn_no", person.psn_no);
    member(a, "psn_type", person.psn_type);
    optional(a, "retired_on", person.retired_on);
  });
}

template <class Archive>
void describe_value(Archive& a, Subject<Archive, std::uint8_t>& value) {
  const std::int64_t got = a.integer(value, 0, 255);
  if constexpr (Archive::reading) value = static_cast<std::uint8_t>(got);
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Visit>& visit) {
  using namespace settlement;
  object(a, [&] {
    flag(a, "approved", visit.approved);
    optional(a, "benefit", visit.benefit);
    enumeration(a, "cause", visit.cause, Cause::illness, Cause::other_accident);
    texts(a, "diseases", visit.diseases);
    member(a, "med_type", visit.med_type);
    optional(a, "place", visit.place);
    optional(a, "presented_on", visit.presented_on);
    enumeration(a, "region", visit.region, Region::local, Region::temporary);
    flag(a, "rx_circ_flag", visit.rx_circ_flag);
    optional(a, "rx_hosp_lv", visit.rx_hosp_lv);
    enumeration(a, "settled", visit.settled, Settled::direct, Settled::late);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Line>& line) {
  using namespace settlement;
  object(a, [&] {
    enumeration(a, "chrgitm_lv", line.chrgitm_lv, LineClass::a, LineClass::c);
    number(a, "cnt", line.cnt.ten_thousandths, 0, quantity_max);
    money(a, "det_item_fee_sumamt", line.det_item_fee_sumamt, 0, amount_max.in_fen());
    flag(a, "excluded", line.excluded);
    member(a, "feedetl_sn", line.feedetl_sn);
    enumeration(a, "kind", line.kind, LineKind::drug, LineKind::other);
    member(a, "med_list_codg", line.med_list_codg);
    member(a, "name", line.name);
    member(a, "pric", line.pric);
    optional(a, "pric_uplmt_amt", line.pric_uplmt_amt);
    optional(a, "selfpay_prop", line.selfpay_prop);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Account>& account) {
  using namespace settlement;
  object(a, [&] {
    money(a, "balc", account.balc);
    enumeration(a, "kind", account.kind, AccountKind::current, AccountKind::prior);
    flag(a, "listed", account.listed);
    a.key("owner");
    a.owner(account.owner);
    enumeration(a, "relation", account.relation, Relation::self, Relation::other);
    member(a, "scheme", account.scheme);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Counter>& counter) {
  object(a, [&] {
    member(a, "name", counter.name);
    money(a, "value", counter.value);
  });
}

// An empty scheme is left out.
template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Counted>& counted) {
  object(a, [&] {
    member(a, "name", counted.name);
    if (a.optional_key("scheme", !counted.scheme.empty())) {
      a.text(counted.scheme);
      a.refuse_unless(!counted.scheme.empty(), "a scheme is left out or has a name");
    }
    member(a, "since", counted.since);
    money(a, "value", counted.value);
  });
}

template <class Archive, class Items>
void records(Archive& a, MemberName name, Items& items, std::size_t count_max = any_count) {
  list(a, name, items, count_max, [&](auto& item) { describe(a, item); });
}

template <class Archive, class Items>
void records_here(Archive& a, Items& items) {
  list_here(a, items, any_count, [&](auto& item) { describe(a, item); });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Claim>& claim) {
  using settlement::AccountUse;
  object(a, [&] {
    records(a, "accounts", claim.accounts);
    enumeration(a, "acct_used_flag", claim.acct_used_flag, AccountUse::none, AccountUse::family);
    object(a, "begntime", [&] {
      member(a, "day", claim.begntime.day);
      number(a, "second", claim.begntime.second, 0, 86'399);
    });
    member(a, "id", claim.id);
    records(a, "lines", claim.lines, settlement::lines_max);
    optional(a, "pack", claim.pack);
    a.key("person");
    describe(a, claim.person);
    a.key("site");
    describe(a, claim.site);
    a.key("visit");
    describe(a, claim.visit);
    records(a, "ytd", claim.ytd);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Totals>& totals) {
  object(a, [&] {
    money(a, "acct_mulaid_pay", totals.acct_mulaid_pay);
    money(a, "acct_pay", totals.acct_pay);
    money(a, "act_pay_dedc", totals.act_pay_dedc);
    money(a, "balc", totals.balc);
    money(a, "fulamt_ownpay_amt", totals.fulamt_ownpay_amt);
    money(a, "fund_pay_sumamt", totals.fund_pay_sumamt);
    money(a, "hifob_pay", totals.hifob_pay);
    money(a, "hifp_pay", totals.hifp_pay);
    money(a, "inscp_scp_amt", totals.inscp_scp_amt);
    money(a, "medfee_sumamt", totals.medfee_sumamt);
    money(a, "overlmt_selfpay", totals.overlmt_selfpay);
    member(a, "pool_prop_selfpay", totals.pool_prop_selfpay);
    money(a, "preselfpay_amt", totals.preselfpay_amt);
    money(a, "psn_cash_pay", totals.psn_cash_pay);
    money(a, "psn_part_amt", totals.psn_part_amt);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::AccountPayment>& payment) {
  using settlement::AccountKind;
  object(a, [&] {
    enumeration(a, "kind", payment.kind, AccountKind::current, AccountKind::prior);
    a.key("owner");
    a.owner(payment.owner);
    money(a, "paid", payment.paid);
  });
}

template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::LineShares>& shares) {
  object(a, [&] {
    money(a, "account", shares.account);
    money(a, "cash", shares.cash);
    member(a, "feedetl_sn", shares.feedetl_sn);
    money(a, "fulamt_ownpay_amt", shares.fulamt_ownpay_amt);
    money(a, "fund", shares.fund);
    money(a, "inscp_scp_amt", shares.inscp_scp_amt);
    money(a, "overlmt_amt", shares.overlmt_amt);
    money(a, "preselfpay_amt", shares.preselfpay_amt);
  });
}

// Without trace: it is recomputed from claim and pack.
template <class Archive>
void describe(Archive& a, Subject<Archive, settlement::Settlement>& settled) {
  a.refuse_unless(settled.trace.empty(), "a recorded settlement has no trace");
  object(a, [&] {
    records(a, "accounts", settled.accounts);
    records(a, "lines", settled.lines, settlement::lines_max);
    a.key("totals");
    describe(a, settled.totals);
    records(a, "ytd", settled.ytd);
  });
}

}  // namespace gongji::record
