// fsi_envelope.h — the national interface's envelope: what real tills send, and the exact answer they expect.
//
// Tolerated, because it was seen in the field (one table, `envelope_members` in the .cpp, says which member is which):
// `Input` for `input`; `input` as a string that holds JSON; numbers as strings and strings as numbers; "null", "NULL",
// null and "" for an absent member; any form of msgid up to 30 characters and beyond (kept to msgid_bytes_max);
// infno only in the path; a name longer than the table's 20 characters.
// Everything else wrong is refused with infcode -1 and err_msg "[G1204] …".
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"

namespace gongji::protocol {

inline constexpr std::size_t msgid_bytes_max = 64;

struct FsiRequest {
  std::string infno;  // "2102"
  std::string msgid;
  std::string fixmedins_code;
  std::string opter, opter_name;
  std::string mdtrtarea_admvs, insuplc_admdvs;
  std::string inf_time;
  Secret card_pin;        // was in the input (card_pin.h)
  nlohmann::json input;   // an object; every number is a string (text_json.h)
  Digest input_digest{};  // SM3 of the canonical input: the same request has the same digest
};

// `path_infno` is the infno of the URL's last segment, "" where the URL has none; a body's infno must agree with it.
// Errors, in order: those of parse_text_json, member_missing / member_invalid with the member's path.
Result<FsiRequest> parse_fsi_request(std::string_view body, std::string_view path_infno);

// A node of the input: an object, or the only element of an array; `name` may be spelt otherwise by some clients.
Result<const nlohmann::json*> fsi_node(const nlohmann::json& input, std::string_view name);

// The member as text, "" where it is absent in any of the tolerated ways.  A member that is an object is written as
// JSON.
std::string fsi_text(const nlohmann::json& node, std::string_view name);
// The same where it must be there; `node_path` is for the error's path.
Result<std::string> fsi_required(const nlohmann::json& node, std::string_view node_path, std::string_view name);

// Identifies one answer.  Equal stamps give equal bytes, so a repeated request is answered byte for byte.
struct FsiStamp {
  WallTime at;
  std::uint64_t serial = 0;  // ten digits of inf_refmsgid
  std::string admdvs;        // six digits
};
// `output` is a JSON text, "" for none.
std::string fsi_answer(const FsiStamp& stamp, std::string_view output);
std::string fsi_failure(const FsiStamp& stamp, std::string_view err_msg);

}  // namespace gongji::protocol
