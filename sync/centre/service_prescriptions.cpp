// service_prescriptions.cpp — the register of prescriptions: what an officer puts in, and what a hold asks of it.
#include "sync/centre/service_detail.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {
namespace {

struct Words {
  const char *code, *zh, *en;
};
constexpr Words words[] = {
    {"prescription_unknown", "没有查到该参保人的这张处方,或处方已作废。",
     "This person has no such prescription, or it was withdrawn."},
    {"prescription_not_here", "这张处方不能在本类机构配药。",
     "This prescription cannot be filled at a site of this kind."},
    {"prescription_expired", "处方不在有效期内。", "The prescription is not in its period."},
    {"prescription_other_goods", "有商品不在处方内。", "Some of the goods are not on the prescription."},
    {"prescription_used_up", "处方数量已用完或不足。", "What is left of the prescription is less than this."},
};

}  // namespace

// Sets aside for this sale what it would take; to be asked last, when everything else was found well.
std::optional<CentreService::Refused> CentreService::take_prescription(const Terminal& terminal,
                                                                       const protocol::HoldRequest& request,
                                                                       WallTime now) {
  const auto site = ledger().find_site(terminal.fixmedins_code);
  const auto found = ledger().find_prescription(request.prescription->number.reveal());
  std::string_view reason =
      fault_of(found, request.psn_no, site ? site->facts.fixmedins_type : 0, civil_time_at(now).day);
  if (reason.empty()) {
    const Allotted allotted = allot(*found, ledger().left_of(*found), request.prescription->goods);
    reason = allotted.reason;
    if (reason.empty()) ledger().use_prescription(found->number, to_string(request.sale_id), allotted.taken, false);
  }
  for (const Words& each : words) {
    if (reason == each.code) return refuse(409, each.code, each.zh, each.en);
  }
  return std::nullopt;
}

Result<void> CentreService::add_prescriptions(const std::vector<Prescription>& prescriptions, WallTime now) {
  std::optional<Trouble> wrong;
  const auto outcome = ledger().transaction([&] {
    wrong.reset();
    for (const Prescription& one : prescriptions) {
      if (!ledger().find_person(one.psn_no)) wrong = trouble(troubles::person_unknown, one.psn_no);
      if (!wrong && ledger().find_prescription(one.number)) wrong = trouble(troubles::prescription_known, one.number);
      if (wrong) return;
    }
    for (const Prescription& one : prescriptions) ledger().add_prescription(one, now);
  });
  if (wrong) return *std::move(wrong);
  return outcome;
}

Result<void> CentreService::withdraw_prescription(const std::string& number) {
  bool found = false;
  const auto outcome = ledger().transaction([&] {
    const auto known = ledger().find_prescription(number);
    found = known && !known->withdrawn;
    if (found) ledger().withdraw_prescription(number);
  });
  if (outcome.has_error()) return outcome;
  if (!found) return trouble(troubles::prescription_absent, number);
  return {};
}

Result<std::vector<PrescriptionLeft>> CentreService::prescriptions_of(const std::string& psn_no) {
  std::vector<PrescriptionLeft> out;
  const auto outcome = ledger().transaction([&] {
    out.clear();
    for (auto& one : ledger().prescriptions_of(psn_no)) {
      auto left = ledger().left_of(one);
      out.push_back({std::move(one), std::move(left)});
    }
  });
  if (outcome.has_error()) return outcome.error();
  return out;
}

}  // namespace gongji::centre
