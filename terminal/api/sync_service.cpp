#include "terminal/api/sync_service.h"

#include <charconv>

#include "offline/base/day.h"
#include "sync/link/on_writer.h"
#include "sync/link/troubles.h"
#include "sync/protocol/fsi_envelope.h"
#include "sync/protocol/fsi_troubles.h"
#include "sync/protocol/text_json.h"
#include "terminal/api/trouble_answers.h"
#include "terminal/json_text.h"
#include "terminal/risk/queue_members.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds now_deadline{25'000};
constexpr int minutes_max = 1'440;

std::string moment_text(const std::optional<WallTime>& moment) {
  return moment ? to_string(civil_time_at(*moment)) : std::string();
}

std::string rules_json(const RuleShelf& rules) {
  std::string out;
  for (const RuleShelf::File& file : rules.files()) {
    JsonText one;
    one.text("digest", file.digest).flag("decides", file.why.empty()).text("why", file.why);
    out += (out.empty() ? "" : ",") + one.done();
  }
  return "[" + out + "]";
}

}  // namespace

asio::awaitable<http::Response> SyncService::state() {
  journal::QueueSummary summary;
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    auto found = turn.summary();
    if (!found) return found.error();
    summary = *found;
    return checkout_.refresh_orders(turn);
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return error_response(503, done.error());
  const link::LinkStatus line = parts_.link.status();
  const record::Terms terms = checkout_.terms();
  JsonText out;
  out.text("terminal", parts_.identity.terminal)
      .integer("epoch", parts_.identity.epoch)
      .text("line", line.line_up ? "up" : "down")
      .flag("running", line.running)
      .text("last_problem", line.last_problem)
      .integer("failures_in_a_row", line.failures_in_a_row)
      .text("last_contact", moment_text(line.last_contact ? line.last_contact : summary.last_contact))
      .integer("protocol", line.version);
  if (line.paused_for) {
    out.integer("paused_ms", line.paused_for->count());
  } else {
    out.null("paused_ms");
  }
  if (line.next_in) {
    out.integer("next_in_ms", line.next_in->count());
  } else {
    out.null("next_in_ms");
  }
  out.integer("syncs", static_cast<std::int64_t>(line.syncs))
      .integer("failures", static_cast<std::int64_t>(line.failures))
      .integer("entries_sent", static_cast<std::int64_t>(line.entries_sent))
      .text("terms_issued", moment_text(terms.issued))
      .text("terms_expire", moment_text(terms.expires))
      .raw("rules", rules_json(rules_));
  add_queue(out, summary, parts_.clock.wall());
  co_return http::Response::json(200, out.done());
}

asio::awaitable<http::Response> SyncService::act(http::Request request) {
  const auto body = protocol::parse_text_json(request.body);
  if (!body) co_return error_response(400, body.error());
  const std::string action = body->is_object() ? protocol::fsi_text(*body, "do") : std::string();
  if (action == "now") {
    auto sync_step = parts_.link.sync_now(now_deadline);
    const auto done = co_await std::move(sync_step);
    if (!done) co_return error_response(done.error().text == &link::troubles::paused ? 409 : 503, done.error());
  } else if (action == "pause") {
    // Numbers come as their text.
    const std::string minutes = protocol::fsi_text(*body, "minutes");
    int span = 0;
    const auto [end, failed] = std::from_chars(minutes.data(), minutes.data() + minutes.size(), span);
    if (failed != std::errc() || end != minutes.data() + minutes.size() || span < 1 || span > minutes_max) {
      co_return error_response(400, trouble(protocol::fsi_troubles::member_invalid, "minutes", "1..1440"));
    }
    parts_.link.pause(std::chrono::minutes(span));
  } else if (action == "resume") {
    parts_.link.resume();
  } else {
    co_return error_response(400, trouble(protocol::fsi_troubles::member_invalid, "do", "now, pause, resume"));
  }
  auto state_step = state();
  auto answer = co_await std::move(state_step);
  co_return answer;
}

asio::awaitable<http::Response> SyncService::handle(http::Request request) {
  if (request.method == "GET") {
    auto state_step = state();
    auto answer = co_await std::move(state_step);
    co_return answer;
  }
  if (request.method != "POST") co_return error_response(405, trouble(troubles::method_wrong, request.method));
  auto act_step = act(std::move(request));
  auto answer = co_await std::move(act_step);
  co_return answer;
}

}  // namespace gongji::terminal
