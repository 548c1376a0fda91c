// The questions of /api/v1: what stands in the journal, and how this till is.  Nothing is written.
#include <unistd.h>

#include <charconv>
#include <fstream>

#include "sync/link/on_writer.h"
#include "sync/protocol/fsi_troubles.h"
#include "terminal/api/api_service.h"
#include "terminal/api/sale_json.h"
#include "terminal/api/trouble_answers.h"
#include "terminal/json_text.h"
#include "terminal/receipt/paper.h"
#include "terminal/receipt/receipt.h"
#include "terminal/risk/queue_members.h"
#include "terminal/risk/risk_report.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

constexpr int risk_days_max = 31;

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

}  // namespace

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
  out.raw("sale", sale_json(*parts_.packs.now(), *entry, false)).text("state", journal::name_of(entry->state));
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

}  // namespace gongji::terminal
