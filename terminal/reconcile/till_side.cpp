#include "terminal/reconcile/till_side.h"

#include "offline/journal/earlier.h"
#include "offline/journal/log_view.h"
#include "sync/http/client.h"
#include "sync/link/troubles.h"
#include "sync/protocol/messages.h"

namespace gongji::terminal {

namespace {

using journal::LogLine;
using journal::LogView;
using reconcile::State;

constexpr std::chrono::milliseconds statement_deadline{30'000};

State state_of(const LogLine& line, std::uint64_t acknowledged_seq) {
  if (line.cancelled_by) return *line.cancelled_by > acknowledged_seq ? State::cancel_unsent : State::cancelled;
  if (line.seq > acknowledged_seq) return State::unsent;
  switch (line.state) {
    case journal::SaleState::confirmed:
      return State::accepted;
    case journal::SaleState::adjusted:
      return State::adjusted;
    case journal::SaleState::refused:
      return State::refused;
    default:
      return State::pending;
  }
}

Result<void> add_lines(const std::filesystem::path& file, Day day, reconcile::Side& side) {
  if (!std::filesystem::exists(file)) return {};
  auto log = LogView::open(file);
  if (!log) return log.error();
  const auto lines = (*log)->lines(day.plus_days(-dated_ahead_days_max));
  if (!lines) return lines.error();
  for (const LogLine& entry : *lines) {
    if (entry.kind == record::EntryKind::cancel) continue;
    const auto decoded = (*log)->read(entry.seq);
    if (!decoded) return decoded.error();
    if (reconcile::day_of(decoded->body) != day) continue;
    auto line = reconcile::line_of(decoded->head, decoded->body);
    if (!line) continue;
    if (line->state != State::paper) {
      line->state = state_of(entry, (*log)->acknowledged_seq());
      const auto verdicts = (*log)->verdicts_on(entry.seq);
      if (!verdicts) return verdicts.error();
      if (!verdicts->empty()) line->amounts.shares = verdicts->back().stands;
    }
    side.lines.push_back(std::move(*line));
  }
  return {};
}

struct Answered {
  unsigned status = 0;
  std::string body;
};

Result<Answered> ask(const Config& config, const protocol::StatementRequest& request) {
  const auto tls = config.tls_directory();
  http::ClientOptions options;
  options.host = config.centre.host;
  options.port = config.centre.port;
  options.tls = http::TlsClient{(tls / "ca.pem").string(), (tls / "certificate.pem").string(),
                                (tls / "key.pem").string(), config.centre.host, ""};
  http::Request wire;
  wire.method = "POST";
  wire.target = "/v1/statement";
  wire.body = protocol::encode(request);
  auto response = http::call_and_wait(options, wire, statement_deadline);
  if (!response) return response.error();
  return Answered{response->status, std::move(response->body)};
}

State state_named(const std::string& name) {
  return reconcile::parse_state(name).value_or(State::accepted);
}

void add(const protocol::StatementAnswer& answer, const std::string& terminal, reconcile::Side& side) {
  for (const protocol::StatementLine& told : answer.lines) {
    reconcile::Line line;
    line.terminal = terminal;
    line.epoch = told.epoch;
    line.seq = told.seq;
    line.sale_id = told.sale_id;
    line.state = state_named(told.state);
    const record::PayerShares& shares = told.shares;
    line.amounts = {shares.fund + shares.account + shares.family + shares.cash, shares};
    if (told.detail) {
      line.msgid = told.detail->msgid;
      line.group = {told.detail->insutype, told.detail->clr_type};
      line.amounts.medfee = told.detail->medfee;
    }
    side.lines.push_back(std::move(line));
  }
}

Trouble refusal_of(const Answered& answered) {
  const auto problem = protocol::decode_problem(answered.body);
  return trouble(link::troubles::refused, {}, problem ? problem->code : std::to_string(answered.status));
}

}  // namespace

Result<reconcile::Side> till_side(const Config& config, const TerminalIdentity& identity, Day day) {
  reconcile::Side side;
  side.day = day;
  side.epoch = identity.epoch;
  const auto terms = record::decode_terms(identity.terms_bytes);
  if (!terms) return terms.error();
  side.fixmedins_code = terms->fixmedins_code;
  for (std::uint32_t epoch = 1; epoch < identity.epoch; ++epoch) {
    if (auto done = add_lines(journal::earlier_file(config.journal_file(), epoch), day, side); !done) {
      return done.error();
    }
  }
  if (auto done = add_lines(config.journal_file(), day, side); !done) return done.error();
  return side;
}

Result<reconcile::Side> centre_side(const Config& config, const TerminalIdentity& identity, Day day) {
  reconcile::Side side;
  side.day = day;
  side.epoch = 0;
  protocol::StatementRequest request{day, true, {}};
  while (true) {
    auto answered = ask(config, request);
    if (!answered) return answered.error();
    if (answered->status == 400 && request.detailed) {  // a centre that does not know of details
      request = {day, false, {}};
      continue;
    }
    if (answered->status != 200) return refusal_of(*answered);
    const auto answer = protocol::decode_statement_answer(answered->body);
    if (!answer) return trouble(link::troubles::answer_unusable, answer.error().path, answer.error().detail);
    add(*answer, identity.terminal, side);
    if (!answer->next) return side;
    const auto place = [](const protocol::StatementPlace& at) { return std::pair(at.epoch, at.seq); };
    if (place(*answer->next) <= place(request.after)) return trouble(link::troubles::answer_unusable, "next");
    request.after = *answer->next;
  }
}

}  // namespace gongji::terminal
