#include "sync/protocol/fsi_envelope.h"

#include <fmt/format.h>

#include "offline/base/day.h"
#include "offline/seal/sm3.h"
#include "offline/settlement/answer_json.h"
#include "sync/protocol/card_pin.h"
#include "sync/protocol/fsi_troubles.h"
#include "sync/protocol/text_json.h"

namespace gongji::protocol {
namespace {

using nlohmann::json;

struct EnvelopeMember {
  std::string_view name;
  std::string FsiRequest::*target;
  bool required;
  std::size_t bytes_max;
};

// Members of the envelope that we read.  The interface marks more of them as required; tills in the field leave those
// out, and nothing of a settlement depends on them.
constexpr EnvelopeMember envelope_members[] = {
    {"infno", &FsiRequest::infno, true, 8},
    {"msgid", &FsiRequest::msgid, true, msgid_bytes_max},
    {"fixmedins_code", &FsiRequest::fixmedins_code, true, 20},
    {"opter", &FsiRequest::opter, false, 64},
    {"opter_name", &FsiRequest::opter_name, false, 200},
    {"mdtrtarea_admvs", &FsiRequest::mdtrtarea_admvs, false, 6},
    {"insuplc_admdvs", &FsiRequest::insuplc_admdvs, false, 6},
    {"inf_time", &FsiRequest::inf_time, false, 30},
};

bool is_absent(std::string_view text) {
  return text.empty() || text == "null" || text == "NULL";
}

bool is_infno(std::string_view text) {
  if (text.size() < 4 || text.size() > 7) return false;
  std::size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  return digits >= 4 && digits <= 6 &&
         (digits == text.size() || (digits + 1 == text.size() && text[digits] >= 'A' && text[digits] <= 'Z'));
}

std::string compact_time(WallTime at, bool with_ms) {
  const CivilTime time = civil_time_at(at);
  std::string text = fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}", time.day.year(), time.day.month(),
                                 time.day.day_of_month(), time.second / 3600, time.second / 60 % 60, time.second % 60);
  if (with_ms) text += fmt::format("{:03}", at.ms % 1000);
  return text;
}

std::string envelope(const FsiStamp& stamp, int infcode, std::string_view err_msg, std::string_view output) {
  const std::string time = compact_time(stamp.at, true);
  std::string out =
      fmt::format(R"({{"infcode":{},"inf_refmsgid":"{}{}{:010}","refmsg_time":"{}","respond_time":"{}","err_msg":)",
                  infcode, stamp.admdvs, compact_time(stamp.at, false), stamp.serial % 10'000'000'000u, time, time);
  settlement::append_json_string(out, err_msg);
  out += ",\"output\":";
  out += output.empty() ? "{}" : output;
  out += '}';
  return out;
}

}  // namespace

std::string fsi_text(const json& node, std::string_view name) {
  const auto found = node.find(std::string(name));
  if (found == node.end() || found->is_null()) return {};
  if (found->is_string()) {
    const auto& text = found->get_ref<const std::string&>();
    return is_absent(text) ? std::string() : text;
  }
  return found->dump();
}

Result<std::string> fsi_required(const json& node, std::string_view node_path, std::string_view name) {
  std::string text = fsi_text(node, name);
  if (text.empty()) return trouble(fsi_troubles::member_missing, fmt::format("{}.{}", node_path, name));
  return text;
}

Result<const json*> fsi_node(const json& input, std::string_view name) {
  const auto found = input.find(std::string(name));
  const std::string path = fmt::format("input.{}", name);
  if (found == input.end() || found->is_null()) return trouble(fsi_troubles::member_missing, path);
  if (found->is_object()) return &*found;
  if (found->is_array() && found->size() == 1 && found->front().is_object()) return &found->front();
  return trouble(fsi_troubles::member_invalid, path, "an object is expected");
}

Result<FsiRequest> parse_fsi_request(std::string_view body, std::string_view path_infno) {
  auto parsed = parse_text_json(body);
  if (!parsed) return parsed.error();
  if (!parsed->is_object()) return trouble(fsi_troubles::member_invalid, {}, "the message must be an object");
  FsiRequest request;
  for (const EnvelopeMember& member : envelope_members) {
    std::string text = fsi_text(*parsed, member.name);
    if (member.name == "infno" && text.empty()) text = path_infno;
    if (text.empty() && member.required) return trouble(fsi_troubles::member_missing, std::string(member.name));
    if (text.size() > member.bytes_max) {
      return trouble(fsi_troubles::member_invalid, std::string(member.name),
                     fmt::format("{} bytes, at most {}", text.size(), member.bytes_max));
    }
    request.*member.target = std::move(text);
  }
  if (!is_infno(request.infno)) return trouble(fsi_troubles::member_invalid, "infno", "4 to 6 digits");
  if (!path_infno.empty() && path_infno != request.infno) {
    return trouble(fsi_troubles::member_invalid, "infno", "the URL names another transaction");
  }
  auto input = parsed->find("input");
  if (input == parsed->end()) input = parsed->find("Input");
  if (input == parsed->end() || input->is_null()) return trouble(fsi_troubles::member_missing, "input");
  if (input->is_string()) {
    auto inner = parse_text_json(input->get_ref<const std::string&>());
    if (!inner) return trouble(*inner.error().text, "input", inner.error().detail);
    request.input = std::move(*inner);
  } else {
    request.input = std::move(*input);
  }
  if (!request.input.is_object()) return trouble(fsi_troubles::member_invalid, "input", "an object is expected");
  request.card_pin = take_card_pin_of_fsi(request.input);
  request.input_digest = seal::sm3(as_bytes(request.input.dump()));
  return request;
}

std::string fsi_answer(const FsiStamp& stamp, std::string_view output) {
  return envelope(stamp, 0, {}, output);
}

std::string fsi_failure(const FsiStamp& stamp, std::string_view err_msg) {
  return envelope(stamp, -1, err_msg, {});
}

}  // namespace gongji::protocol
