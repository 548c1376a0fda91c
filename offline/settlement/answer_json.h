// answer_json.h — answers of the settlement engine as JSON text: one line each, without the line's end.
//
// Amounts in `setlinfo`, `accounts`, `lines` and `trace` are numbers with exactly two decimals; counters are strings.
// Members come in a fixed order and are all present, so equal answers are equal bytes.
// All functions append to `out`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/policy.h"
#include "offline/settlement/settlement.h"

namespace gongji::settlement {

struct AnswerStyle {
  bool trace = true;                // the member `trace`
  std::optional<Language> explain;  // a sentence `text` in each step; also the language of messages (zh otherwise)
  Language message_language() const { return explain.value_or(Language::zh); }
};

// {"id":…,"pack":…,"pack_digest":…,["what_if":true,]"setlinfo":{…},"accounts":[…],"lines":[…],"ytd":{…}[,"trace":[…]]}
void append_answer(std::string& out, std::string_view id, const Policy& policy, bool what_if,
                   const Settlement& settlement, const AnswerStyle& style);

// {"id":…,"pack":…,"refused":{"code":…,"message":…,"article":…,"path":…}}; `pack` "" is written as null.
void append_refusal(std::string& out, std::string_view id, std::string_view pack, const Refusal& refusal,
                    const AnswerStyle& style);

// {"id":…or null,"error":{"code":…,"path":…,"message":…}}
void append_error(std::string& out, const ClaimError& error, const AnswerStyle& style);

// The `setlinfo` object alone.
void append_setlinfo(std::string& out, const Totals& totals);

// A JSON string with its quotes; `text` must be UTF-8.
void append_json_string(std::string& out, std::string_view text);

}  // namespace gongji::settlement
