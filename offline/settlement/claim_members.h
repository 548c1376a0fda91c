// claim_members.h — the members of each kind of object in a claim's JSON; inside this module only.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

namespace gongji::settlement::scan {

// The members of one kind of object; a bit of `required` for each that has no default.  Readers are fastest where the
// text keeps this order.
struct Members {
  std::span<const std::string_view> names;
  std::uint32_t required;
};

constexpr std::uint32_t bits(std::initializer_list<unsigned> indexes) {
  std::uint32_t all = 0;
  for (const unsigned index : indexes) all |= 1u << index;
  return all;
}

inline constexpr std::string_view claim_names[] = {"id",    "pack",           "begntime", "site", "person",
                                                   "visit", "acct_used_flag", "lines",    "ytd",  "accounts"};
inline constexpr std::string_view site_names[] = {"fixmedins_code", "fixmedins_type", "admdvs",
                                                  "dedc_hosp_lv",   "designated",     "dual_channel"};
inline constexpr std::string_view person_names[] = {"psn_no",      "insutype",   "psn_type",       "brdy",
                                                    "retired_on",  "employment", "insuplc_admdvs", "entitled_from",
                                                    "entitled_to", "paid_on",    "enrol_kind"};
inline constexpr std::string_view visit_names[] = {"med_type", "region", "rx_circ_flag", "rx_hosp_lv",
                                                   "diseases", "place",  "settled",      "presented_on",
                                                   "benefit",  "cause",  "approved"};
inline constexpr std::string_view line_names[] = {"feedetl_sn",     "med_list_codg",       "name",    "kind",
                                                  "chrgitm_lv",     "selfpay_prop",        "pric",    "cnt",
                                                  "pric_uplmt_amt", "det_item_fee_sumamt", "excluded"};
inline constexpr std::string_view account_names[] = {"owner", "relation", "kind", "balc", "scheme", "listed"};

inline constexpr Members claim_members{claim_names, bits({0, 2, 3, 4, 5, 6, 7})};
inline constexpr Members site_members{site_names, bits({0, 1, 2, 3})};
inline constexpr Members person_members{person_names, bits({0, 1, 2, 3, 6})};
inline constexpr Members visit_members{visit_names, bits({0, 2})};
inline constexpr Members line_members{line_names, bits({0, 1, 2, 3, 4, 6, 7, 8, 9})};
inline constexpr Members account_members{account_names, bits({0, 3})};

}  // namespace gongji::settlement::scan
