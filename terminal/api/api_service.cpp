#include "terminal/api/api_service.h"

#include "offline/seal/sm3.h"
#include "sync/protocol/card_pin.h"
#include "sync/protocol/fsi_envelope.h"
#include "sync/protocol/fsi_troubles.h"
#include "sync/protocol/text_json.h"
#include "terminal/api/sale_json.h"
#include "terminal/api/trouble_answers.h"
#include "terminal/checkout/claim_draft.h"
#include "terminal/checkout/refund_draft.h"
#include "terminal/fsi/fsi_output.h"
#include "terminal/json_text.h"
#include "terminal/quote/quoter.h"
#include "terminal/receipt/receipt.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

constexpr std::size_t idempotency_key_bytes_max = 64;

Result<std::string> idempotency_key(const http::Request& request) {
  const auto key = request.find("Idempotency-Key");
  if (!key || key->empty()) return trouble(troubles::key_missing, "Idempotency-Key");
  if (key->size() > idempotency_key_bytes_max) {
    return trouble(protocol::fsi_troubles::member_invalid, "Idempotency-Key", "at most 64 bytes");
  }
  return std::string(*key);
}

}  // namespace

http::Response ApiService::quote(const http::Request& request) {
  std::string out;
  const PackSource::Set packs = parts_.packs.now();
  Quoter quoter(*packs, settlement::AnswerStyle{});
  const Quoter::Kind kind = quoter.answer(request.body, out);
  return http::Response::json(kind == Quoter::Kind::unusable ? 400 : 200, std::move(out));
}

asio::awaitable<http::Response> ApiService::sell(http::Request request) {
  auto key = idempotency_key(request);
  if (!key) co_return trouble_response(key.error());
  auto body = protocol::parse_text_json(request.body);
  const Secret wiped(std::move(request.body));  // a PIN may stand in it
  if (!body) co_return trouble_response(body.error());
  SaleDraft draft;
  Secret pin;
  if (body->is_object() && body->contains("credential")) pin = protocol::take_card_pin((*body)["credential"]);
  draft.key = {checkout_.terms().fixmedins_code, *key, "api", seal::sm3(as_bytes(body->dump()))};
  if (auto done = draft_from_api(*body, *key, draft); !done) co_return trouble_response(done.error());
  draft.credential.pin = std::move(pin);
  auto outcome_step = checkout_.sell(std::move(draft));
  auto outcome = co_await std::move(outcome_step);
  if (!outcome) co_return trouble_response(outcome.error());
  if (const auto* refused = std::get_if<Refused>(&*outcome)) co_return refusal_response(*refused);
  const Sold& sold = std::get<Sold>(*outcome);
  co_return http::Response::json(200, sale_json(*parts_.packs.now(), sold.entry, sold.replayed));
}

asio::awaitable<http::Response> ApiService::cancel(std::string id, http::Request request) {
  auto key = idempotency_key(request);
  if (!key) co_return trouble_response(key.error());
  const auto sale_id = parse_id(id);
  if (!sale_id) co_return trouble_response(trouble(troubles::sale_unknown, "id"));
  auto body = protocol::parse_text_json(request.body);
  if (!body) co_return trouble_response(body.error());
  if (!body->is_object()) {
    co_return trouble_response(trouble(protocol::fsi_troubles::member_invalid, {}, "an object is expected"));
  }
  for (const auto& [name, value] : body->items()) {
    if (name != "opter" && name != "reason") {
      co_return trouble_response(trouble(protocol::fsi_troubles::member_invalid, name, "not known"));
    }
  }
  CancelDraft draft;
  const std::string canonical = id + body->dump();
  draft.key = {checkout_.terms().fixmedins_code, *key, "api-cancel", seal::sm3(as_bytes(canonical))};
  draft.sale_id = *sale_id;
  draft.opter = protocol::fsi_text(*body, "opter");
  draft.reason = protocol::fsi_text(*body, "reason");
  if (draft.reason.empty()) draft.reason = "customer";
  auto cancelled_step = checkout_.cancel(std::move(draft));
  auto cancelled = co_await std::move(cancelled_step);
  if (!cancelled) co_return trouble_response(cancelled.error());
  const auto& cancel = std::get<record::Cancel>(cancelled->cancel.body);
  const settlement::Totals& totals = cancelled->sale.settlement.totals;
  JsonText out;
  out.text("sale_id", id)
      .text("cancel_id", to_string(cancel.cancel_id))
      .text("state", "cancelled")
      .integer("seq", static_cast<std::int64_t>(cancelled->cancel.head.seq))
      .money_text("fund", totals.fund_pay_sumamt)
      .money_text("account", totals.acct_pay - totals.acct_mulaid_pay)
      .money_text("family", totals.acct_mulaid_pay)
      .money_text("cash", totals.psn_cash_pay)
      .flag("replayed", cancelled->replayed);
  co_return http::Response::json(200, out.done());
}

asio::awaitable<http::Response> ApiService::refund(std::string id, http::Request request) {
  auto key = idempotency_key(request);
  if (!key) co_return trouble_response(key.error());
  const auto sale_id = parse_id(id);
  if (!sale_id) co_return trouble_response(trouble(troubles::sale_unknown, "id"));
  auto body = protocol::parse_text_json(request.body);
  if (!body) co_return trouble_response(body.error());
  RefundDraft draft;
  if (auto done = refund_from_json(*body, draft); !done) co_return trouble_response(done.error());
  draft.key = {checkout_.terms().fixmedins_code, *key, "api-refund", seal::sm3(as_bytes(id + body->dump()))};
  draft.sale_id = *sale_id;
  auto outcome_step = checkout_.refund(std::move(draft));
  auto outcome = co_await std::move(outcome_step);
  if (!outcome) co_return trouble_response(outcome.error());
  if (const auto* refused = std::get_if<Refused>(&*outcome)) co_return refusal_response(*refused);
  const Refunded& refunded = std::get<Refunded>(*outcome);
  const record::PayerShares back = given_back(refunded);
  JsonText given;
  given.money_text("total", back.fund + back.account + back.family + back.cash)
      .money_text("fund", back.fund)
      .money_text("account", back.account)
      .money_text("family", back.family)
      .money_text("cash", back.cash);
  JsonText out;
  out.text("sale_id", id)
      .text("cancel_id", to_string(std::get<record::Cancel>(refunded.cancel.body).cancel_id))
      .integer("seq", static_cast<std::int64_t>(refunded.cancel.head.seq))
      .raw("back", given.done())
      .money_text("cash_out", back.cash)
      .raw("kept", refunded.kept ? sale_json(*parts_.packs.now(), *refunded.kept, refunded.replayed) : "null")
      .raw("slip", refund_lines_json(refunded.sale, refunded.cancel, refunded.kept, back))
      .flag("replayed", refunded.replayed);
  co_return http::Response::json(200, out.done());
}

asio::awaitable<http::Response> ApiService::answer(http::Response response) {
  co_return response;
}

asio::awaitable<http::Response> ApiService::handle(const std::string& path, http::Request request) {
  constexpr std::string_view sales = "/api/v1/sales";
  constexpr std::string_view cancel_tail = "/cancel", refund_tail = "/refund";
  constexpr std::string_view papers = "/api/v1/papers/";
  const bool post = request.method == "POST";
  const bool get = request.method == "GET";
  bool known = true;
  if (path == "/api/v1/quotes") {
    if (post) return answer(quote(request));
  } else if (path == sales) {
    if (post) return sell(std::move(request));
  } else if (path.starts_with(std::string(sales) + "/")) {
    std::string id = path.substr(sales.size() + 1);
    const bool cancels = id.ends_with(cancel_tail);
    const bool refunds = id.ends_with(refund_tail);
    if (cancels) id.resize(id.size() - cancel_tail.size());
    if (refunds) id.resize(id.size() - refund_tail.size());
    if (post && cancels) return cancel(std::move(id), std::move(request));
    if (post && refunds) return refund(std::move(id), std::move(request));
    if (get && !cancels && !refunds) return show(std::move(id));
  } else if (path.starts_with(papers)) {
    if (get) return paper(path.substr(papers.size()));
  } else if (path == "/api/v1/status") {
    if (get) return status();
  } else if (path == "/api/v1/risk") {
    constexpr std::string_view name = "days=";
    const std::string query(request.query());
    if (get) return risk(query.starts_with(name) ? query.substr(name.size()) : "1");
  } else if (path == "/api/v1/totals") {
    constexpr std::string_view name = "day=";
    const std::string query(request.query());
    if (get && query.starts_with(name)) return totals(query.substr(name.size()));
    if (get) return answer(trouble_response(trouble(protocol::fsi_troubles::member_missing, "day")));
  } else {
    known = false;
  }
  return answer(known ? error_response(405, trouble(troubles::method_wrong, request.method))
                      : error_response(404, trouble(troubles::path_unknown, path)));
}

}  // namespace gongji::terminal
