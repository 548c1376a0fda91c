#include "terminal/fsi/fsi_input.h"

#include <fmt/format.h>

#include "sync/protocol/fsi_troubles.h"
#include "sync/protocol/text_json.h"
#include "terminal/checkout/claim_draft.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

using nlohmann::json;
namespace fsi_troubles = protocol::fsi_troubles;

namespace {

constexpr std::size_t rxno_bytes_max = 64;

// exp_content is a text that holds JSON, or an object; only our own member in it concerns us.
Result<json> gongji_extension(const json& node, std::string_view path) {
  const std::string text = protocol::fsi_text(node, "exp_content");
  if (text.empty()) return json();
  auto parsed = protocol::parse_text_json(text);
  // Other systems put their own words here, JSON or not.
  if (!parsed || !parsed->is_object() || !parsed->contains("gongji")) return json();
  json ours = (*parsed)["gongji"];
  if (!ours.is_object()) {
    return trouble(fsi_troubles::member_invalid, fmt::format("{}.exp_content.gongji", path), "an object is expected");
  }
  return ours;
}

// Rows of a node that may be an array or a single object.
Result<std::vector<const json*>> rows_of(const json& input, std::string_view name) {
  const auto found = input.find(std::string(name));
  const std::string path = fmt::format("input.{}", name);
  if (found == input.end() || found->is_null()) return trouble(fsi_troubles::member_missing, path);
  std::vector<const json*> rows;
  if (found->is_object()) {
    rows.push_back(&*found);
  } else if (found->is_array()) {
    for (const json& row : *found) {
      if (!row.is_object()) return trouble(fsi_troubles::member_invalid, path, "rows must be objects");
      rows.push_back(&row);
    }
  } else {
    return trouble(fsi_troubles::member_invalid, path, "rows are expected");
  }
  if (rows.empty()) return trouble(fsi_troubles::member_missing, path, "no line");
  if (rows.size() > settlement::lines_max) {
    return trouble(fsi_troubles::too_many_lines, path, fmt::format("{} / {}", rows.size(), settlement::lines_max));
  }
  return rows;
}

// "0" and absent: bought without an external prescription.
Result<bool> prescription_flag(const std::vector<const json*>& rows) {
  std::optional<bool> all;
  std::string odd_lines;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string text = protocol::fsi_text(*rows[i], "rx_circ_flag");
    if (!text.empty() && text != "0" && text != "1") {
      return trouble(fsi_troubles::member_invalid, fmt::format("input.drugdetail[{}].rx_circ_flag", i), "0 or 1");
    }
    const bool flag = text == "1";
    if (!all) all = flag;
    if (flag != *all) odd_lines += fmt::format("{}{}", odd_lines.empty() ? "" : ", ", i);
  }
  if (!odd_lines.empty())
    return trouble(fsi_troubles::mixed_prescription, fmt::format("input.drugdetail[{}]", odd_lines));
  return *all;
}

// The number of the external prescription, the same in every line that has one.
Result<std::string> prescription_number(const std::vector<const json*>& rows) {
  std::string number;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string text = protocol::fsi_text(*rows[i], "rxno");
    const std::string path = fmt::format("input.drugdetail[{}].rxno", i);
    if (text.empty()) continue;
    if (text.size() > rxno_bytes_max) return trouble(fsi_troubles::member_invalid, path, "at most 64 bytes");
    if (!number.empty() && text != number) return trouble(fsi_troubles::several_prescriptions, path);
    number = text;
  }
  return number;
}

Result<json> line_of(const json& row, std::size_t index) {
  const std::string path = fmt::format("input.drugdetail[{}]", index);
  json line = {{"kind", "drug"},    {"chrgitm_lv", "01"}, {"selfpay_prop", nullptr}, {"pric_uplmt_amt", nullptr},
               {"excluded", false}, {"name", ""}};
  for (const char* name : {"feedetl_sn", "med_list_codg", "pric", "cnt", "det_item_fee_sumamt"}) {
    auto text = protocol::fsi_required(row, path, name);
    if (!text) return text.error();
    line[name] = *text;
  }
  return line;
}

// Paths of the claim, in the words of the sender.
Trouble in_fsi_words(Trouble what) {
  const auto replace = [&](std::string_view from, std::string_view to) {
    if (const auto at = what.path.find(from); at != std::string::npos) what.path.replace(at, from.size(), to);
  };
  replace("claim.lines", "input.drugdetail");
  replace("claim.visit", "input.druginfo");
  replace("claim", "input.druginfo");
  return what;
}

Result<std::optional<Id>> optional_id(const json& node, std::string_view path, std::string_view name) {
  const std::string text = protocol::fsi_text(node, name);
  if (text.empty()) return std::optional<Id>();
  const auto id = parse_id(text);
  if (!id) return trouble(fsi_troubles::member_invalid, fmt::format("{}.{}", path, name), "not an id of this till");
  return id;
}

record::RequestKey key_of(const protocol::FsiRequest& request) {
  return {request.fixmedins_code, request.msgid, request.infno, request.input_digest};
}

}  // namespace

Result<Credential> fsi_credential(const json& node, std::string_view path) {
  auto ours = gongji_extension(node, path);
  if (!ours) return ours.error();
  Credential credential;
  if (ours->is_object() && ours->contains("read")) {
    const std::string what = protocol::fsi_text(*ours, "read");
    if (what != "card" && what != "voucher") {
      return trouble(fsi_troubles::member_invalid, fmt::format("{}.exp_content.gongji.read", path),
                     "\"card\" or \"voucher\"");
    }
    credential.read_card = what == "card";
    credential.read_voucher = what == "voucher";
    return credential;
  }
  auto type = protocol::fsi_required(node, path, "mdtrt_cert_type");
  if (!type) return type.error();
  auto number = protocol::fsi_required(node, path, "mdtrt_cert_no");
  if (!number) return number.error();
  credential.numbers = {*type, Secret(*number), Secret(protocol::fsi_text(node, "card_sn"))};
  return credential;
}

Result<SaleDraft> fsi_sale(const protocol::FsiRequest& request, const packs::Catalogue& catalogue,
                           packs::UnknownGoods unknown) {
  constexpr std::string_view info_path = "input.druginfo";
  auto info_node = protocol::fsi_node(request.input, "druginfo");
  if (!info_node) return info_node.error();
  const json& info = **info_node;
  SaleDraft draft;
  draft.key = key_of(request);
  draft.opter = request.opter;
  draft.psn_no = protocol::fsi_text(info, "psn_no");
  auto credential = fsi_credential(info, info_path);
  if (!credential) return credential.error();
  draft.credential = std::move(*credential);
  draft.credential.pin = request.card_pin;
  if (!draft.credential.read_card && !draft.credential.read_voucher && draft.psn_no.empty()) {
    return trouble(fsi_troubles::member_missing, "input.druginfo.psn_no");
  }
  auto visit = optional_id(info, info_path, "mdtrt_id");
  if (!visit) return visit.error();
  draft.mdtrt_id = *visit;

  auto rows = rows_of(request.input, "drugdetail");
  if (!rows) return rows.error();
  auto prescription = prescription_flag(*rows);
  if (!prescription) return prescription.error();
  if (*prescription) {
    auto number = prescription_number(*rows);
    if (!number) return number.error();
    draft.prescription = std::move(*number);
  }

  json claim = {{"id", request.msgid}, {"lines", json::array()}};
  for (const char* name : {"begntime", "acct_used_flag"}) {
    auto text = protocol::fsi_required(info, info_path, name);
    if (!text) return text.error();
    claim[name] = *text;
  }
  auto med_type = protocol::fsi_required(info, info_path, "med_type");
  if (!med_type) return med_type.error();
  // The prescriber's level comes from a directory that is not here yet: unknown, as without a prescription.
  claim["visit"] = {{"med_type", *med_type}, {"rx_circ_flag", *prescription ? "1" : "0"}};
  for (std::size_t i = 0; i < rows->size(); ++i) {
    auto line = line_of(*(*rows)[i], i);
    if (!line) return line.error();
    claim["lines"].push_back(std::move(*line));
  }
  auto parsed = draft_claim(std::move(claim), "claim");
  if (!parsed) return in_fsi_words(parsed.error());
  draft.claim = std::move(*parsed);
  Money sum;
  for (std::size_t i = 0; i < draft.claim.lines.size(); ++i) {
    settlement::Line& line = draft.claim.lines[i];
    const std::string path = fmt::format("input.drugdetail[{}].med_list_codg", i);
    if (auto done = catalogue.fill(line, draft.claim.begntime.day, unknown, path); !done) return done.error();
    sum += line.det_item_fee_sumamt;
  }
  auto total_text = protocol::fsi_required(info, info_path, "medfee_sumamt");
  if (!total_text) return total_text.error();
  const auto total = parse_money(*total_text);
  if (!total) return trouble(fsi_troubles::member_invalid, "input.druginfo.medfee_sumamt", "an amount in yuan");
  if (*total != sum) {
    return trouble(fsi_troubles::sum_differs, "input.druginfo.medfee_sumamt",
                   fmt::format("{} / {}", to_string(*total), to_string(sum)));
  }
  return draft;
}

Result<CancelDraft> fsi_cancel(const protocol::FsiRequest& request) {
  auto node = protocol::fsi_node(request.input, "data");
  if (!node) return node.error();
  CancelDraft draft;
  draft.key = key_of(request);
  draft.opter = request.opter;
  draft.reason = "customer";
  for (const char* name : {"setl_id", "mdtrt_id", "psn_no"}) {
    if (auto text = protocol::fsi_required(**node, "input.data", name); !text) return text.error();
  }
  draft.psn_no = protocol::fsi_text(**node, "psn_no");
  auto sale = optional_id(**node, "input.data", "setl_id");
  if (!sale) return sale.error();
  draft.sale_id = **sale;
  auto visit = optional_id(**node, "input.data", "mdtrt_id");
  if (!visit) return visit.error();
  draft.mdtrt_id = *visit;
  return draft;
}

Result<ReverseDraft> fsi_reverse(const protocol::FsiRequest& request) {
  auto node = protocol::fsi_node(request.input, "data");
  if (!node) return node.error();
  ReverseDraft draft;
  draft.key = key_of(request);
  draft.opter = request.opter;
  for (const auto& [name, member] :
       {std::pair("psn_no", &draft.psn_no), std::pair("omsgid", &draft.msgid), std::pair("oinfno", &draft.infno)}) {
    auto text = protocol::fsi_required(**node, "input.data", name);
    if (!text) return text.error();
    *member = std::move(*text);
  }
  if (draft.infno != "2102") return trouble(troubles::not_reversible, "input.data.oinfno", draft.infno);
  return draft;
}

}  // namespace gongji::terminal
