#include "terminal/api/trouble_answers.h"

#include <algorithm>

#include "offline/authority/denial.h"
#include "sync/protocol/fsi_troubles.h"
#include "terminal/json_text.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace {

unsigned status_of(const Trouble& what) {
  const TroubleText* text = what.text;
  const std::string_view code = text->code;
  if (text == &troubles::person_unknown || text == &troubles::sale_unknown || text == &troubles::path_unknown)
    return 404;
  if (text == &protocol::fsi_troubles::message_reused || text == &troubles::already_cancelled ||
      text == &troubles::not_cancellable || text == &troubles::person_differs || text == &troubles::hold_refused ||
      text == &troubles::settlement_moved || text == &troubles::visit_differs || text == &troubles::refunded_in_part ||
      text == &troubles::refund_pays_more || text == &troubles::refund_law_absent) {
    return 409;
  }
  if (code.starts_with("G622")) return 409;  // reversals, prescriptions
  if (text == &troubles::daemon_busy) return 503;
  const auto& denials = authority::all_denials();
  const bool credential_refused = std::any_of(denials.begin(), denials.end(), [&](authority::DenialCode denial) {
    return authority::refuses_credential(denial) && &authority::text_of(denial) == text;
  });
  if (credential_refused || code.starts_with("G430") || code.starts_with("G431")) return 422;
  if (text == &troubles::voucher_online_only || text == &troubles::voucher_not_in_period) return 422;
  if (code.starts_with("G1")) return 400;
  if (code.starts_with("G3")) return 422;  // the card: nothing wrong with the request
  if (code.starts_with("G4") || code.starts_with("G5")) return 503;
  return 400;
}

}  // namespace

http::Response error_response(unsigned status, const Trouble& what) {
  JsonText inner;
  inner.text("code", what.text->code)
      .text("path", what.path)
      .text("message", what.text->zh)
      .text("next", what.text->next_zh)
      .text("message_en", what.text->en)
      .text("next_en", what.text->next_en)
      .text("detail", what.detail);
  return http::Response::json(status, JsonText().raw("error", inner.done()).done());
}

http::Response trouble_response(const Trouble& what) {
  return error_response(status_of(what), what);
}

http::Response refusal_response(const Refused& refused) {
  JsonText inner;
  inner.text("code", settlement::name_of(refused.refusal.code))
      .text("message", refused.refusal.message_zh)
      .text("message_en", refused.refusal.message_en)
      .text("article", refused.refusal.article)
      .text("path", refused.refusal.path);
  return http::Response::json(409, JsonText().text("pack", refused.pack).raw("refused", inner.done()).done());
}

}  // namespace gongji::terminal
