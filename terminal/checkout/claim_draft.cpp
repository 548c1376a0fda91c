#include "terminal/checkout/claim_draft.h"

#include <algorithm>

#include "offline/settlement/claim_json.h"
#include "sync/protocol/fsi_envelope.h"
#include "sync/protocol/fsi_troubles.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

using nlohmann::json;
namespace fsi_troubles = protocol::fsi_troubles;

namespace {

constexpr std::size_t prescription_bytes_max = 64;

Result<void> only_members(const json& object, std::initializer_list<std::string_view> allowed, std::string_view path) {
  if (!object.is_object()) return trouble(fsi_troubles::member_invalid, std::string(path), "an object is expected");
  for (const auto& [name, value] : object.items()) {
    if (std::find(allowed.begin(), allowed.end(), name) == allowed.end()) {
      return trouble(fsi_troubles::member_invalid, path.empty() ? name : std::string(path) + "." + name, "not known");
    }
  }
  return {};
}

// Stands where the checkout will put the real thing; claim_json.h wants every member.
json placeholder_site() {
  return {{"fixmedins_code", "-"}, {"fixmedins_type", "1"}, {"admdvs", "000000"}, {"dedc_hosp_lv", "9"}};
}
json placeholder_person() {
  return {
      {"psn_no", "-"}, {"insutype", "310"}, {"psn_type", "11"}, {"brdy", "1900-01-01"}, {"insuplc_admdvs", "000000"}};
}

}  // namespace

Result<settlement::Claim> draft_claim(json partial, std::string_view path) {
  if (!partial.is_object()) return trouble(fsi_troubles::member_invalid, std::string(path), "an object is expected");
  if (partial.contains("pack")) {
    return trouble(fsi_troubles::member_invalid, std::string(path) + ".pack", "the law of the day decides a sale");
  }
  partial["site"] = placeholder_site();
  partial["person"] = placeholder_person();
  partial["ytd"] = json::object();
  partial["accounts"] = json::array();
  auto parsed = settlement::claim_from_json(partial.dump());
  if (const auto* error = std::get_if<settlement::ClaimError>(&parsed)) {
    const TroubleText& text = error->fault == settlement::ClaimFault::missing          ? fsi_troubles::member_missing
                              : error->fault == settlement::ClaimFault::too_many_lines ? fsi_troubles::too_many_lines
                                                                                       : fsi_troubles::member_invalid;
    return trouble(text, error->path.empty() ? std::string(path) : std::string(path) + "." + error->path,
                   std::string(settlement::name_of(error->fault)) + ": " + error->message_zh);
  }
  return std::get<settlement::Claim>(std::move(parsed));
}

Result<Credential> credential_from_json(const json& value, std::string_view path) {
  if (auto done = only_members(value, {"read", "mdtrt_cert_type", "mdtrt_cert_no", "card_sn"}, path); !done) {
    return done.error();
  }
  Credential credential;
  if (value.contains("read")) {
    const std::string what = protocol::fsi_text(value, "read");
    if ((what != "card" && what != "voucher") || value.size() != 1) {
      return trouble(fsi_troubles::member_invalid, std::string(path) + ".read", "\"card\" or \"voucher\", alone");
    }
    credential.read_card = what == "card";
    credential.read_voucher = what == "voucher";
    return credential;
  }
  auto type = protocol::fsi_required(value, path, "mdtrt_cert_type");
  if (!type) return type.error();
  auto number = protocol::fsi_required(value, path, "mdtrt_cert_no");
  if (!number) return number.error();
  credential.numbers = {*type, Secret(*number), Secret(protocol::fsi_text(value, "card_sn"))};
  return credential;
}

Result<void> draft_from_api(const json& body, const std::string& key, SaleDraft& draft) {
  if (auto done = only_members(body, {"credential", "opter", "claim", "prescription"}, ""); !done) return done.error();
  if (!body.contains("credential")) return trouble(fsi_troubles::member_missing, "credential");
  if (!body.contains("claim")) return trouble(fsi_troubles::member_missing, "claim");
  auto credential = credential_from_json(body["credential"], "credential");
  if (!credential) return credential.error();
  draft.credential = std::move(*credential);
  draft.opter = protocol::fsi_text(body, "opter");
  json claim = body["claim"];
  if (claim.is_object() && !claim.contains("id")) claim["id"] = key;
  if (claim.is_object() && claim.contains("person") && claim["person"].is_object()) {
    draft.psn_no = protocol::fsi_text(claim["person"], "psn_no");
  }
  auto parsed = draft_claim(std::move(claim), "claim");
  if (!parsed) return parsed.error();
  draft.claim = std::move(*parsed);
  draft.prescription = protocol::fsi_text(body, "prescription");
  if (draft.prescription.size() > prescription_bytes_max) {
    return trouble(fsi_troubles::member_invalid, "prescription", "at most 64 bytes");
  }
  if (!draft.prescription.empty() && !draft.claim.visit.rx_circ_flag) {
    return trouble(fsi_troubles::member_invalid, "prescription", "claim.visit.rx_circ_flag is not 1");
  }
  return {};
}

}  // namespace gongji::terminal
