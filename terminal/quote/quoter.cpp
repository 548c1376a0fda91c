#include "terminal/quote/quoter.h"

#include "offline/packs/law_question.h"
#include "offline/settlement/settle.h"

namespace gongji::terminal {

using settlement::ClaimError;

Quoter::Kind Quoter::answer(std::string_view text, std::string& out) {
  return finish(reader_.read(text, claim_), text, out);
}

Quoter::Kind Quoter::answer_padded(std::string_view text, std::string& out) {
  return finish(reader_.read_padded(text, claim_), text, out);
}

Quoter::Kind Quoter::answer_too_long(std::string& out) {
  settlement::append_error(out, settlement::text_too_long(), style_);
  return Kind::unusable;
}

Quoter::Kind Quoter::finish(std::optional<ClaimError> error, std::string_view text, std::string& out) {
  if (error.has_value()) {
    // Not a claim: perhaps a question about a premium or an accrual.
    if (const auto answered = packs::law_answer(text, style_.message_language()); answered.has_value()) {
      out += *answered;
      return answered->find("\"error\":") != std::string::npos ? Kind::unusable : Kind::settled;
    }
    settlement::append_error(out, *error, style_);
    return Kind::unusable;
  }
  const packs::Choice choice = packs_.choose(claim_);
  if (const auto* none = std::get_if<packs::NotChosen>(&choice)) {
    settlement::append_refusal(out, claim_.id, none->pack, none->refusal, style_);
    return Kind::refused;
  }
  const auto& chosen = std::get<packs::Chosen>(choice);
  if (const auto fault = settlement::counters_fault(claim_, *chosen.policy); fault.has_value()) {
    settlement::append_error(out, *fault, style_);
    return Kind::unusable;
  }
  const auto wish = style_.trace ? settlement::TraceWish::steps : settlement::TraceWish::none;
  if (const auto refusal = settlement::settle_into(claim_, *chosen.policy, wish, settlement_, memory_);
      refusal.has_value()) {
    settlement::append_refusal(out, claim_.id, chosen.policy->name, *refusal, style_);
    return Kind::refused;
  }
  settlement::append_answer(out, claim_.id, *chosen.policy, chosen.what_if, settlement_, style_);
  return Kind::settled;
}

}  // namespace gongji::terminal
