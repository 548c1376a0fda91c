#include "offline/vectors/vectors.h"

#include "offline/base/check.h"
#include "offline/settlement/answer_json.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/explain.h"
#include "offline/settlement/settle.h"
#include "offline/vectors/plan.h"

namespace gongji::vectors {

using settlement::append_json_string;

Answered answer_claim(const packs::PackSet& packs, std::string_view claim_text) {
  const settlement::AnswerStyle style;
  Answered out;
  const auto read = settlement::claim_from_json(claim_text);
  if (const auto* error = std::get_if<settlement::ClaimError>(&read)) {
    settlement::append_error(out.answer, *error, style);
    out.explain_zh = {error->message_zh};
    out.explain_en = {error->message_en};
    return out;
  }
  const auto& claim = std::get<settlement::Claim>(read);
  const auto refuse = [&](std::string_view pack, const settlement::Refusal& refusal) {
    settlement::append_refusal(out.answer, claim.id, pack, refusal, style);
    out.explain_zh = {refusal.message_zh};
    out.explain_en = {refusal.message_en};
  };
  const packs::Choice choice = packs.choose(claim);
  if (const auto* none = std::get_if<packs::NotChosen>(&choice)) {
    refuse(none->pack, none->refusal);
    return out;
  }
  const auto& [policy, what_if] = std::get<packs::Chosen>(choice);
  if (const auto fault = settlement::counters_fault(claim, *policy)) {
    settlement::append_error(out.answer, *fault, style);
    out.explain_zh = {fault->message_zh};
    out.explain_en = {fault->message_en};
    return out;
  }
  const auto outcome = settlement::settle(claim, *policy, settlement::TraceWish::steps);
  if (const auto* refusal = std::get_if<settlement::Refusal>(&outcome)) {
    refuse(policy->name, *refusal);
    return out;
  }
  const auto& settled = std::get<settlement::Settlement>(outcome);
  settlement::append_answer(out.answer, claim.id, *policy, what_if, settled, style);
  for (const settlement::Step& step : settled.trace) {
    out.explain_zh.push_back(settlement::explain(step, Language::zh));
    out.explain_en.push_back(settlement::explain(step, Language::en));
  }
  return out;
}

std::vector<Vector> make_vectors(const packs::PackSet& packs, const packs::PackInfo& pack) {
  GONGJI_CHECK(packs.find(pack.name, pack.first_day) != nullptr);
  std::vector<Vector> all;
  for (Case& each : plan(packs, pack)) {
    Vector vector;
    vector.claim = settlement::claim_to_json(each.claim);
    Answered answered = answer_claim(packs, vector.claim);
    vector.name = std::move(each.claim.id);
    vector.why_zh = std::move(each.why_zh);
    vector.why_en = std::move(each.why_en);
    vector.answer = std::move(answered.answer);
    vector.explain_zh = std::move(answered.explain_zh);
    vector.explain_en = std::move(answered.explain_en);
    all.push_back(std::move(vector));
  }
  return all;
}

std::string to_json_line(const Vector& vector) {
  std::string out = "{\"name\":";
  append_json_string(out, vector.name);
  out += ",\"why_zh\":";
  append_json_string(out, vector.why_zh);
  out += ",\"why_en\":";
  append_json_string(out, vector.why_en);
  out += ",\"claim\":" + vector.claim + ",\"answer\":" + vector.answer + ",\"explain\":{";
  const auto list = [&out](std::string_view language, const std::vector<std::string>& sentences) {
    append_json_string(out, language);
    out += ":[";
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      if (i != 0) out += ',';
      append_json_string(out, sentences[i]);
    }
    out += ']';
  };
  list("zh", vector.explain_zh);
  out += ',';
  list("en", vector.explain_en);
  return out + "}}";
}

}  // namespace gongji::vectors
