#include "terminal/api/api_service.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "offline/authority/denial.h"
#include "offline/seal/sm3.h"
#include "offline/settlement/answer_json.h"
#include "offline/settlement/settle.h"
#include "sync/link/on_writer.h"
#include "sync/protocol/card_pin.h"
#include "sync/protocol/fsi_envelope.h"
#include "sync/protocol/fsi_troubles.h"
#include "sync/protocol/text_json.h"
#include "terminal/checkout/claim_draft.h"
#include "terminal/checkout/refund_draft.h"
#include "terminal/fsi/fsi_output.h"
#include "terminal/json_text.h"
#include "terminal/quote/quoter.h"
#include "terminal/receipt/fund_later.h"
#include "terminal/receipt/paper.h"
#include "terminal/receipt/receipt.h"
#include "terminal/risk/queue_members.h"
#include "terminal/risk/risk_report.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;
using nlohmann::json;

namespace {

constexpr std::size_t idempotency_key_bytes_max = 64;
constexpr int risk_days_max = 31;

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

http::Response trouble_response(const Trouble& what) {
  return error_response(status_of(what), what);
}

Result<std::string> idempotency_key(const http::Request& request) {
  const auto key = request.find("Idempotency-Key");
  if (!key || key->empty()) return trouble(troubles::key_missing, "Idempotency-Key");
  if (key->size() > idempotency_key_bytes_max) {
    return trouble(protocol::fsi_troubles::member_invalid, "Idempotency-Key", "at most 64 bytes");
  }
  return std::string(*key);
}

std::int64_t resident_kib() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * (::sysconf(_SC_PAGESIZE) / 1024);
}

JsonText& add_problem(JsonText& text, const std::optional<Trouble>& problem) {
  return problem ? text.text("problem", to_string(*problem, Language::zh)) : text.null("problem");
}

std::string second_copy_json(const journal::SecondCopyState& copy) {
  if (!copy.configured) return "null";
  JsonText text;
  text.flag("has_all", copy.has_all).flag("before_answer", copy.before_answer);
  return add_problem(text, copy.problem).done();
}

std::string anchor_json(const journal::AnchorState& anchor) {
  if (!anchor.configured) return "null";
  JsonText text;
  if (anchor.written_seq) {
    text.integer("seq", static_cast<std::int64_t>(*anchor.written_seq));
  } else {
    text.null("seq");
  }
  return add_problem(text, anchor.problem).done();
}

std::string refusal_json(const Refused& refused) {
  JsonText inner;
  inner.text("code", settlement::name_of(refused.refusal.code))
      .text("message", refused.refusal.message_zh)
      .text("message_en", refused.refusal.message_en)
      .text("article", refused.refusal.article)
      .text("path", refused.refusal.path);
  return JsonText().text("pack", refused.pack).raw("refused", inner.done()).done();
}

std::string error_json(const Trouble& what) {
  JsonText inner;
  inner.text("code", what.text->code)
      .text("path", what.path)
      .text("message", what.text->zh)
      .text("next", what.text->next_zh)
      .text("message_en", what.text->en)
      .text("next_en", what.text->next_en)
      .text("detail", what.detail);
  return JsonText().raw("error", inner.done()).done();
}

}  // namespace

http::Response error_response(unsigned status, const Trouble& what) {
  return http::Response::json(status, error_json(what));
}

http::Response ApiService::quote(const http::Request& request) {
  std::string out;
  const PackSource::Set packs = parts_.packs.now();
  Quoter quoter(*packs, settlement::AnswerStyle{});
  const Quoter::Kind kind = quoter.answer(request.body, out);
  return http::Response::json(kind == Quoter::Kind::unusable ? 400 : 200, std::move(out));
}

std::string ApiService::render(const journal::StoredEntry& entry, bool replayed) const {
  JsonText out;
  const auto* sale = std::get_if<record::Sale>(&entry.body);
  const auto* paper = std::get_if<record::Paper>(&entry.body);
  const settlement::Claim& claim = sale != nullptr ? sale->claim : paper->claim;
  out.text("sale_id", to_string(sale != nullptr ? sale->sale_id : paper->paper_id))
      .text("state", journal::name_of(first_state(entry.body)))
      .integer("seq", static_cast<std::int64_t>(entry.head.seq))
      .text("at", to_string(civil_time_at(entry.head.at)))
      .flag("replayed", replayed);
  settlement::Settlement settlement = sale != nullptr ? sale->settlement : all_cash(claim);
  if (sale != nullptr) {
    static constexpr std::string_view backings[] = {"nothing", "hold", "grant", "reserve"};
    if (sale->kept_from) out.text("kept_from", to_string(sale->kept_from->sale_id));
    out.text("as_of", to_string(civil_time_at(sale->snapshot_as_of)))
        .text("backing", backings[static_cast<std::size_t>(sale->backing)]);
    // The terms' own reserve has no id; an emergency order has.
    if (sale->backing == record::Backing::reserve && !sale->backing_id.empty()) out.text("order", sale->backing_id);
    if (const std::string later = fund_later_json(*sale); !later.empty()) out.raw("fund_later", later);
    if (sale->prescription) out.text("prescription", name_of(sale->prescription->check));
    // The trace is not stored: claim and pack are, and give it again.
    const PackSource::Set packs = parts_.packs.now();
    if (const settlement::Policy* policy = packs->find(sale->pack, claim.begntime.day, claim.person.insuplc_admdvs);
        policy != nullptr && policy->digest == sale->pack_digest) {
      auto again = settlement::settle(claim, *policy, settlement::TraceWish::steps);
      if (auto* explained = std::get_if<settlement::Settlement>(&again)) settlement.trace = std::move(explained->trace);
      std::string answer;
      settlement::append_answer(answer, claim.id, *policy, false, settlement, settlement::AnswerStyle{});
      out.raw("settlement", answer);
    }
  } else {
    std::string reasons;
    for (const std::string& reason : paper->reasons) reasons += (reasons.empty() ? "" : ",") + json_string(reason);
    out.text("backing", "nothing")
        .raw("paper_reasons", "[" + reasons + "]")
        .text("paper", "/api/v1/papers/" + to_string(paper->paper_id));
  }
  std::string info;
  settlement::append_setlinfo(info, settlement.totals);
  out.raw("setlinfo", info);
  return out.done();
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
  if (const auto* refused = std::get_if<Refused>(&*outcome))
    co_return http::Response::json(409, refusal_json(*refused));
  const Sold& sold = std::get<Sold>(*outcome);
  co_return http::Response::json(200, render(sold.entry, sold.replayed));
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
  if (const auto* refused = std::get_if<Refused>(&*outcome))
    co_return http::Response::json(409, refusal_json(*refused));
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
      .raw("kept", refunded.kept ? render(*refunded.kept, refunded.replayed) : "null")
      .raw("slip", refund_lines_json(refunded.sale, refunded.cancel, refunded.kept, back))
      .flag("replayed", refunded.replayed);
  co_return http::Response::json(200, out.done());
}

asio::awaitable<http::Response> ApiService::show(std::string id) {
  const auto sale_id = parse_id(id);
  if (!sale_id) co_return trouble_response(trouble(troubles::sale_unknown, "id"));
  std::optional<journal::StoredEntry> entry;
  ReceiptParts receipt;
  std::string kept_as;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    auto found = turn.find_sale(*sale_id);
    if (!found) return found.error();
    entry = std::move(*found);
    if (!entry) return {};
    if (entry->head.epoch != parts_.identity.epoch) return {};  // its chain is in the log of then
    auto parts = find_receipt_parts(turn, *entry);
    if (!parts) return parts.error();
    receipt = std::move(*parts);
    auto kept = turn.find_kept_of(*sale_id);
    if (!kept) return kept.error();
    if (*kept) kept_as = to_string(std::get<record::Sale>((*kept)->body).sale_id);
    return {};
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return trouble_response(done.error());
  if (!entry) co_return trouble_response(trouble(troubles::sale_unknown, "id"));
  JsonText out;
  out.raw("sale", render(*entry, false)).text("state", journal::name_of(entry->state));
  if (!kept_as.empty()) out.text("kept_as", kept_as);
  if (entry->verdict) {
    static constexpr std::string_view kinds[] = {"", "accepted", "adjusted", "refused"};
    const record::Verdict& verdict = *entry->verdict;
    JsonText inner;
    inner.text("kind", kinds[static_cast<std::size_t>(verdict.kind)])
        .text("reason", verdict.reason)
        .text("article", verdict.article)
        .money_text("fund", verdict.stands.fund)
        .money_text("account", verdict.stands.account)
        .money_text("family", verdict.stands.family)
        .money_text("cash", verdict.stands.cash);
    out.raw("verdict", inner.done());
  } else {
    out.null("verdict");
  }
  out.raw("receipt", receipt_json(*parts_.keys, parts_.identity, *entry, receipt));
  co_return http::Response::json(200, out.done());
}

asio::awaitable<http::Response> ApiService::paper(std::string id) {
  const auto paper_id = parse_id(id);
  if (!paper_id) co_return trouble_response(trouble(troubles::sale_unknown, "id"));
  std::optional<journal::RawEntry> raw;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    const auto found = turn.find_sale(*paper_id);
    if (!found) return found.error();
    if (!*found || !std::holds_alternative<record::Paper>((*found)->body)) return {};
    auto entry = turn.find_raw((*found)->head.seq);
    if (!entry) return entry.error();
    raw = std::move(*entry);
    return {};
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return trouble_response(done.error());
  if (!raw) co_return trouble_response(trouble(troubles::sale_unknown, "id"));
  const TerminalIdentity& identity = parts_.identity;
  const auto print = print_of(*parts_.keys, {identity.terminal, identity.epoch}, *raw, identity.registration);
  co_return http::Response::json(200, paper_json(print));
}

asio::awaitable<http::Response> ApiService::status() {
  journal::QueueSummary summary;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    auto found = turn.summary();
    if (!found) return found.error();
    summary = *found;
    return {};
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return trouble_response(done.error());
  struct SecondPlaces {
    journal::Doubt doubt = journal::Doubt::none;
    journal::SecondCopyState copy;
    journal::AnchorState anchor;
  };
  const link::JournalTask<SecondPlaces> look = [](journal::Journal& journal) {
    return SecondPlaces{journal.doubt(), journal.second_copy(), journal.anchor()};
  };
  const SecondPlaces places = co_await link::on_journal(parts_.journal, look);
  const link::LinkStatus line = parts_.link.status();
  JsonText out;
  out.text("terminal", parts_.identity.terminal)
      .integer("epoch", parts_.identity.epoch)
      .text("line", line.line_up ? "up" : "down")
      .text("last_problem", line.last_problem);
  out.text("doubt", journal::name_of(places.doubt))
      .raw("second_copy", second_copy_json(places.copy))
      .raw("anchor", anchor_json(places.anchor));
  add_queue(out, summary, parts_.clock.wall()).integer("rss_kib", resident_kib());
  co_return http::Response::json(200, out.done());
}

asio::awaitable<http::Response> ApiService::risk(std::string days_text) {
  int days = 0;
  const auto [end, error] = std::from_chars(days_text.data(), days_text.data() + days_text.size(), days);
  if (error != std::errc() || end != days_text.data() + days_text.size() || days < 1 || days > risk_days_max) {
    co_return trouble_response(trouble(protocol::fsi_troubles::member_invalid, "days", "1..31"));
  }
  RiskReport report;
  const WallTime now = parts_.clock.wall();
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    auto found = turn.risk(civil_time_at(now).day.plus_days(1 - days));
    if (!found) return found.error();
    report.risk = std::move(*found);
    return checkout_.refresh_orders(turn);
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return trouble_response(done.error());
  const authority::Standing standing = checkout_.standing();
  report.headroom = authority::headroom(standing, report.risk.reserve, now);
  report.orders = authority::headroom_by_order(standing, report.risk.reserve, now);
  co_return http::Response::json(200, to_json(report));
}

asio::awaitable<http::Response> ApiService::totals(std::string day_text) {
  const auto day = parse_day(day_text);
  if (!day) co_return trouble_response(trouble(protocol::fsi_troubles::member_invalid, "day", "YYYY-MM-DD"));
  journal::DayTotals totals;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    auto found = turn.day_totals(*day);
    if (!found) return found.error();
    totals = *found;
    return {};
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return trouble_response(done.error());
  JsonText out;
  out.text("day", day_text)
      .integer("sales", static_cast<std::int64_t>(totals.sales))
      .integer("cancels", static_cast<std::int64_t>(totals.cancels))
      .integer("papers", static_cast<std::int64_t>(totals.papers))
      .money_text("medfee", totals.medfee)
      .money_text("fund", totals.fund)
      .money_text("account", totals.account)
      .money_text("family", totals.family)
      .money_text("cash", totals.cash);
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
