// member_names.h — the members of records, and the number of each in the compact form (compact.h).
//
// A number is a name's place in this list, from 0, and is signed and stored: never move a name and never take one out;
// a new one goes to the end.  The first 24 take one byte: they are the members of goods, which come once for each line.
// A name that is not in the list does not compile, so no record can have a member without a number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace gongji::record {

inline constexpr std::string_view member_names[] = {"account",
                                                    "balc",
                                                    "cash",
                                                    "chrgitm_lv",
                                                    "cnt",
                                                    "det_item_fee_sumamt",
                                                    "excluded",
                                                    "feedetl_sn",
                                                    "fulamt_ownpay_amt",
                                                    "fund",
                                                    "inscp_scp_amt",
                                                    "kind",
                                                    "med_list_codg",
                                                    "name",
                                                    "overlmt_amt",
                                                    "owner",
                                                    "preselfpay_amt",
                                                    "pric",
                                                    "pric_uplmt_amt",
                                                    "scheme",
                                                    "selfpay_prop",
                                                    "since",
                                                    "value",
                                                    "paid",
                                                    "accounts",
                                                    "acct_mulaid_pay",
                                                    "acct_pay",
                                                    "acct_used_flag",
                                                    "act_pay_dedc",
                                                    "admdvs",
                                                    "applied_epoch",
                                                    "applied_feed",
                                                    "applied_seq",
                                                    "approved",
                                                    "areas",
                                                    "article",
                                                    "as_of",
                                                    "at",
                                                    "backing",
                                                    "backing_id",
                                                    "begntime",
                                                    "benefit",
                                                    "benefit_year",
                                                    "brdy",
                                                    "by",
                                                    "bytes",
                                                    "cancel",
                                                    "cancel_id",
                                                    "card_pin_above",
                                                    "card_sn",
                                                    "cause",
                                                    "centre_time",
                                                    "certno",
                                                    "claim",
                                                    "count_max",
                                                    "counted",
                                                    "counter",
                                                    "counters",
                                                    "day",
                                                    "dedc_hosp_lv",
                                                    "designated",
                                                    "difference",
                                                    "digest",
                                                    "diseases",
                                                    "drain_window_s",
                                                    "dual_channel",
                                                    "employment",
                                                    "end",
                                                    "enrol_kind",
                                                    "entitled_from",
                                                    "entitled_to",
                                                    "epoch",
                                                    "expires",
                                                    "family",
                                                    "fixmedins_code",
                                                    "fixmedins_name",
                                                    "fixmedins_type",
                                                    "from",
                                                    "fund_basis",
                                                    "fund_pay_sumamt",
                                                    "gend",
                                                    "grant",
                                                    "grant_presences",
                                                    "hifob_pay",
                                                    "hifp_pay",
                                                    "holder",
                                                    "holder_checked",
                                                    "hours_max",
                                                    "id",
                                                    "infno",
                                                    "insuplc_admdvs",
                                                    "insutype",
                                                    "issued",
                                                    "items",
                                                    "kept_from",
                                                    "key",
                                                    "known",
                                                    "last_day",
                                                    "last_known",
                                                    "lifted",
                                                    "limit",
                                                    "lines",
                                                    "listed",
                                                    "lowest",
                                                    "mdtrt_cert_no",
                                                    "mdtrt_cert_type",
                                                    "mdtrt_id",
                                                    "med_type",
                                                    "med_types",
                                                    "medfee_sumamt",
                                                    "msgid",
                                                    "naty",
                                                    "opter",
                                                    "order",
                                                    "overlmt_selfpay",
                                                    "pack",
                                                    "pack_digest",
                                                    "paid_on",
                                                    "paper",
                                                    "paper_days",
                                                    "paper_id",
                                                    "per_person_day_max",
                                                    "per_sale_max",
                                                    "person",
                                                    "person_key",
                                                    "place",
                                                    "poll_idle_s",
                                                    "pool_prop_selfpay",
                                                    "prescription",
                                                    "presence",
                                                    "presented_on",
                                                    "psn_cash_pay",
                                                    "psn_cert_type",
                                                    "psn_name",
                                                    "psn_no",
                                                    "psn_part_amt",
                                                    "psn_type",
                                                    "reason",
                                                    "reasons",
                                                    "recall",
                                                    "reference",
                                                    "region",
                                                    "relation",
                                                    "reserve",
                                                    "retention_months",
                                                    "retired_on",
                                                    "roots",
                                                    "rules",
                                                    "run",
                                                    "rx_circ_flag",
                                                    "rx_hosp_lv",
                                                    "sale",
                                                    "sale_id",
                                                    "sale_seq",
                                                    "second",
                                                    "seq",
                                                    "settled",
                                                    "settlement",
                                                    "sign_public_key",
                                                    "signature",
                                                    "site",
                                                    "sites",
                                                    "snapshot_as_of",
                                                    "split_window_minutes",
                                                    "stands",
                                                    "start",
                                                    "stop",
                                                    "terminal",
                                                    "terms",
                                                    "total_max",
                                                    "totals",
                                                    "until",
                                                    "verdict",
                                                    "visit",
                                                    "voucher",
                                                    "withdrawn",
                                                    "ytd",
                                                    "accepted"};

class MemberName {
 public:
  // A literal that is in the list.
  consteval MemberName(const char* name)  // NOLINT: stands for its literal
      : text_(name), number_(number_of(name)), rank_(rank_of(name)) {}

  constexpr std::string_view text() const { return text_; }
  constexpr std::uint16_t number() const { return number_; }
  // Its place in the order of the names, which members come in.
  constexpr std::uint16_t rank() const { return rank_; }

 private:
  static consteval std::uint16_t number_of(std::string_view name) {
    std::size_t i = 0;
    while (member_names[i] != name) ++i;  // behind the end: no constant, so it does not compile
    return static_cast<std::uint16_t>(i);
  }

  static consteval std::uint16_t rank_of(std::string_view name) {
    std::uint16_t before = 0;
    for (const std::string_view other : member_names)
      before = static_cast<std::uint16_t>(before + (other < name ? 1 : 0));
    return before;
  }

  std::string_view text_;
  std::uint16_t number_, rank_;
};

}  // namespace gongji::record
