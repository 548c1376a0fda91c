#include "offline/authority/denial.h"

#include "offline/authority/troubles.h"
#include "offline/base/check.h"

namespace gongji::authority {
namespace {

struct Row {
  DenialCode code;
  std::string_view name;
  const TroubleText* text;
};

constexpr Row rows[] = {
    {DenialCode::card_stopped, "card_stopped", &troubles::card_stopped},
    {DenialCode::voucher_stopped, "voucher_stopped", &troubles::voucher_stopped},
    {DenialCode::voucher_used, "voucher_used", &troubles::voucher_used},
    {DenialCode::person_stopped, "person_stopped", &troubles::person_stopped},
    {DenialCode::journal_in_doubt, "journal_in_doubt", &troubles::journal_in_doubt},
    {DenialCode::clock_untrusted, "clock_untrusted", &troubles::clock_untrusted},
    {DenialCode::served_ahead, "served_ahead", &troubles::served_ahead},
    {DenialCode::snapshot_absent, "snapshot_absent", &troubles::snapshot_absent},
    {DenialCode::terms_absent, "terms_absent", &troubles::terms_absent},
    {DenialCode::terms_expired, "terms_expired", &troubles::terms_expired},
    {DenialCode::contact_too_old, "contact_too_old", &troubles::contact_too_old},
    {DenialCode::card_pin_missing, "card_pin_missing", &troubles::card_pin_missing},
    {DenialCode::presence_without_reserve, "presence_without_reserve", &troubles::presence_without_reserve},
    {DenialCode::family_without_grant, "family_without_grant", &troubles::family_without_grant},
    {DenialCode::lowest_share_unknown, "lowest_share_unknown", &troubles::lowest_share_unknown},
    {DenialCode::split_sale, "split_sale", &troubles::split_sale},
    {DenialCode::over_sale_limit, "over_sale_limit", &troubles::over_sale_limit},
    {DenialCode::over_person_day_limit, "over_person_day_limit", &troubles::over_person_day_limit},
    {DenialCode::over_total_limit, "over_total_limit", &troubles::over_total_limit},
    {DenialCode::over_count_limit, "over_count_limit", &troubles::over_count_limit},
};

const Row& row_of(DenialCode code) {
  for (const Row& row : rows) {
    if (row.code == code) return row;
  }
  check_failed("a denial has a row", __FILE__, __LINE__, {});
}

}  // namespace

std::string_view name_of(DenialCode code) {
  return row_of(code).name;
}
const TroubleText& text_of(DenialCode code) {
  return *row_of(code).text;
}

bool refuses_credential(DenialCode code) {
  return code == DenialCode::card_stopped || code == DenialCode::voucher_stopped || code == DenialCode::voucher_used ||
         code == DenialCode::card_pin_missing;
}

const std::vector<DenialCode>& all_denials() {
  static const std::vector<DenialCode> codes = [] {
    std::vector<DenialCode> out;
    for (const Row& row : rows) out.push_back(row.code);
    return out;
  }();
  return codes;
}

}  // namespace gongji::authority
