#include "sync/link/link.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <mutex>
#include <set>

#include "offline/journal/troubles.h"
#include "offline/record/snapshot.h"
#include "sync/http/client.h"
#include "sync/link/on_writer.h"
#include "sync/link/troubles.h"

namespace gongji::link {

namespace asio = boost::asio;

namespace {

// Entries that are read in one task of the journal's thread: a sale waits so long at most.
constexpr std::size_t entries_at_once = 64;

http::ClientOptions client_options(const LinkOptions& options) {
  http::ClientOptions client;
  client.host = options.host;
  client.port = options.port;
  client.tls = options.tls;
  client.connect_deadline = std::chrono::milliseconds(2'000);
  client.retry_stale = true;  // person, hold and sync are all idempotent
  client.digest = true;       // a region may end TLS before its centre
  return client;
}

http::Request post(std::string target, std::string body) {
  http::Request request;
  request.method = "POST";
  request.target = std::move(target);
  if (body.size() > protocol::compress_above_bytes) {
    body = protocol::compress(body);
    request.headers.push_back({"Content-Encoding", "zstd"});
  }
  request.body = std::move(body);
  return request;
}

std::optional<std::chrono::milliseconds> retry_after(const http::Response& response) {
  const auto text = response.find("Retry-After");
  if (!text) return std::nullopt;
  unsigned seconds = 0;
  const auto parsed = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (parsed.ec != std::errc() || seconds > 3600) return std::nullopt;
  return std::chrono::milliseconds(seconds * 1000);
}

// The centre says that this log is not the one that it knows.
bool log_is_refused(std::string_view code) {
  return code == "quarantined" || code == "wrong_epoch" || code == "late_log_differs";
}

}  // namespace

struct Link::State {
  State(const asio::any_io_executor& on, LinkOptions settings, journal::Writer& writer, const Clock& time, Random& dice)
      : executor(on),
        options(std::move(settings)),
        journal(writer),
        clock(time),
        counter(on, client_options(options)),
        log(on, client_options(options)),
        uplink(options.tuning, dice),
        timer(on) {
    status_now.in_doubt = options.in_doubt;
  }

  asio::any_io_executor executor;
  LinkOptions options;
  journal::Writer& journal;
  const Clock& clock;
  http::Client counter;  // somebody waits
  http::Client log;      // in the background
  protocol::Uplink uplink;
  asio::steady_timer timer;
  bool stopping = false;
  // Holds obtained by this process that the centre may still list.  A listed hold that is not here was left over by an
  // earlier life of this process; see sync().
  std::set<std::string> known_holds;
  std::set<std::string> to_release;
  std::optional<std::chrono::milliseconds> asked_to_wait;

  std::atomic<bool> line_up{false};
  mutable std::mutex status_lock;
  LinkStatus status_now;

  void note(bool success, std::string problem) {
    line_up = uplink.line_up();
    const std::scoped_lock lock(status_lock);
    status_now.line_up = uplink.line_up();
    status_now.last_problem = std::move(problem);
    if (success) {
      ++status_now.syncs;
    } else {
      ++status_now.failures;
    }
  }

  asio::awaitable<Result<bool>> sync();
  asio::awaitable<Result<void>> leave_epoch(journal::Doubt found);
  asio::awaitable<void> loop();

  template <class T>
  asio::awaitable<Result<Answer<T>>> ask(std::string target, std::string body, std::chrono::milliseconds deadline,
                                         Result<T> (*read)(std::string_view));
};

// One exchange: entries up, acknowledgement, verdicts and terms down.  True when more is waiting on either side.
asio::awaitable<Result<bool>> Link::State::sync() {
  struct Gathered {
    journal::Journal::Stretch stretch;
    std::uint64_t cursor = 0;
    std::uint64_t run = 0;
    std::vector<record::ClosedGrant> closed;
  };
  const std::set<std::string> known_before = known_holds;
  const WallTime gathered_at = clock.wall();
  const JournalTask<Result<Gathered>> gather = [gathered_at](journal::Journal& log_file) -> Result<Gathered> {
    Gathered out;
    out.run = log_file.run();
    auto closed = log_file.closed_grants(gathered_at);
    if (!closed) return closed.error();
    out.closed = std::move(*closed);
    auto stretch = log_file.unsent(entries_at_once, protocol::sync_bytes_max);
    if (!stretch) return stretch.error();
    out.stretch = std::move(*stretch);
    auto cursor = log_file.feed_cursor();
    if (!cursor) return cursor.error();
    out.cursor = *cursor;
    return out;
  };
  auto gathered = co_await on_journal(journal, gather);
  if (!gathered) co_return gathered.error();
  // A long batch is read in turn with the counter's sales.
  const JournalTask<Result<bool>> lengthen = [&stretch =
                                                  gathered->stretch](journal::Journal& log_file) -> Result<bool> {
    const std::size_t before = stretch.entries.size();
    const std::size_t wanted = std::min(before + entries_at_once, protocol::sync_entries_max);
    if (auto done = log_file.lengthen(stretch, wanted, protocol::sync_bytes_max); !done) return done.error();
    return stretch.entries.size() == wanted && wanted > before;
  };
  bool more_to_read = gathered->stretch.entries.size() == entries_at_once;
  while (more_to_read) {
    auto read = co_await on_journal(journal, lengthen);
    if (!read) co_return read.error();
    more_to_read = *read;
  }

  protocol::SyncRequest request;
  request.terminal = options.terminal;
  request.epoch = options.epoch;
  request.from = gathered->stretch.from;
  request.entries = std::move(gathered->stretch.entries);
  request.head_hash = gathered->stretch.head_hash;
  request.head_signature = gathered->stretch.head_signature;
  request.feed_cursor = gathered->cursor;
  request.released_holds.assign(to_release.begin(), to_release.end());
  request.run = gathered->run;
  request.closed_grants = gathered->closed;
  const std::size_t sent = request.entries.size();

  http::Request wire = post("/v1/sync", protocol::encode(request));
  auto response_step = log.call(std::move(wire), options.sync_deadline);
  auto response = co_await std::move(response_step);
  if (!response) co_return response.error();
  if (response->status != 200) {
    asked_to_wait = retry_after(*response);
    const auto problem = protocol::decode_problem(response->body);
    if (problem && log_is_refused(problem->code)) {
      auto left_step = leave_epoch(journal::Doubt::centre_differs);
      auto left = co_await std::move(left_step);
      if (left) co_return false;
    }
    co_return trouble(troubles::refused, {}, problem ? problem->code : std::to_string(response->status));
  }
  auto answer = protocol::decode_sync_answer(response->body);
  if (!answer) co_return trouble(troubles::answer_unusable, answer.error().path, answer.error().detail);
  if (!record::verify(options.centre_public_key, record::feed_tag, answer->feed)) {
    co_return trouble(troubles::signature_wrong, "feed");
  }
  auto feed = record::decode_feed(answer->feed.bytes);
  if (!feed) co_return trouble(troubles::answer_unusable, "feed." + feed.error().path, feed.error().detail);
  if (feed->terminal != options.terminal) co_return trouble(troubles::answer_unusable, "feed.terminal");

  const WallTime now = feed->centre_time;
  options.heard_time(now);
  const std::uint64_t acknowledged = answer->acknowledged_seq;
  const bool items = !feed->items.empty();
  const JournalTask<Result<bool>> apply = [&](journal::Journal& log_file) -> Result<bool> {
    if (auto done = log_file.closed_grants_told(gathered->closed); !done) return done.error();
    if (auto done = log_file.acknowledge(acknowledged, now); !done) return done.error();
    if (auto done = log_file.apply_feed(*feed, now); !done) return done.error();
    auto left = log_file.unsent(1, protocol::sync_bytes_max);
    if (!left) return left.error();
    return !left->entries.empty();
  };
  auto applied = co_await on_journal(journal, apply);
  if (!applied) {
    if (applied.error().text == &journal::troubles::log_behind) {
      // What was sent again is what the centre has, and it has more: this journal lost its end.
      auto left_step = leave_epoch(journal::Doubt::centre_differs);
      auto left = co_await std::move(left_step);
      if (left) co_return false;
    }
    co_return applied.error();
  }

  for (const std::string& hold : request.released_holds) to_release.erase(hold);
  const std::set<std::string> listed(answer->open_holds.begin(), answer->open_holds.end());
  std::erase_if(known_holds,
                [&](const std::string& hold) { return known_before.contains(hold) && !listed.contains(hold); });
  if (!*applied) {
    // Everything of this journal is acknowledged, so a listed hold that this process never asked for backs nothing.
    for (const std::string& hold : listed) {
      if (!known_holds.contains(hold)) to_release.insert(hold);
    }
  }
  {
    const std::scoped_lock lock(status_lock);
    status_now.entries_sent += sent;
    status_now.last_contact = now;
  }
  const bool more = *applied || answer->more_feed || items || !to_release.empty();
  if (!more && status_now.in_doubt) {
    // Everything that is here has gone up; what else there may have been is the centre's to bring in.
    auto left_step = leave_epoch(journal::Doubt::none);
    auto left = co_await std::move(left_step);
    if (!left) co_return left.error();
  }
  co_return more;
}

// Asks for a new epoch.  `found`: what the centre has just said of this log, or none.
asio::awaitable<Result<void>> Link::State::leave_epoch(journal::Doubt found) {
  struct Left {
    journal::Journal::SignedEnd end;
    journal::Doubt doubt = journal::Doubt::none;
  };
  const JournalTask<Result<Left>> look = [found](journal::Journal& log_file) -> Result<Left> {
    if (auto raised = log_file.raise_doubt(found); !raised) return raised.error();
    return Left{log_file.end(), log_file.doubt()};
  };
  auto left = co_await on_journal(journal, look);
  if (!left) co_return left.error();
  {
    const std::scoped_lock lock(status_lock);
    status_now.in_doubt = true;
  }
  protocol::EpochRequest request;
  request.terminal = options.terminal;
  request.epoch = options.epoch;
  request.reason = journal::name_of(left->doubt);
  request.last_seq = left->end.seq;
  request.last_hash = left->end.hash;
  request.signature = left->end.signature;
  http::Request wire = post("/v1/epoch", protocol::encode(request));
  auto response_step = log.call(std::move(wire), options.sync_deadline);
  auto response = co_await std::move(response_step);
  if (!response) co_return response.error();
  if (response->status != 200) {
    const auto problem = protocol::decode_problem(response->body);
    co_return trouble(troubles::refused, "epoch", problem ? problem->code : std::to_string(response->status));
  }
  auto answer = protocol::decode_epoch_answer(response->body);
  if (!answer) co_return trouble(troubles::answer_unusable, answer.error().path, answer.error().detail);
  if (!options.begin_epoch(*answer)) co_return trouble(troubles::answer_unusable, "epoch");
  stopping = true;
  co_return Result<void>();
}

asio::awaitable<void> Link::State::loop() {
  while (!stopping) {
    const auto action = uplink.next(clock.steady());
    if (action.kind == protocol::Uplink::Action::Kind::wait) {
      timer.expires_after(std::max(std::chrono::milliseconds(0), action.until - clock.steady()));
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      continue;
    }
    if (action.fresh_connection) log.drop();
    asked_to_wait.reset();
    auto more_step = sync();
    auto more = co_await std::move(more_step);
    if (more) {
      uplink.answered(clock.steady(), *more);
      note(true, {});
    } else {
      uplink.failed(clock.steady(), asked_to_wait);
      note(false, to_string(more.error(), Language::en));
    }
  }
}

template <class T>
asio::awaitable<Result<Link::Answer<T>>> Link::State::ask(std::string target, std::string body,
                                                          std::chrono::milliseconds deadline,
                                                          Result<T> (*read)(std::string_view)) {
  if (stopping) co_return trouble(troubles::stopping);
  http::Request wire = post(std::move(target), std::move(body));
  auto response_step = counter.call(std::move(wire), deadline);
  auto response = co_await std::move(response_step);
  if (!response) {
    counter.drop();
    uplink.foreground_failed(clock.steady());
    line_up = uplink.line_up();
    timer.cancel();
    co_return trouble(troubles::line_down, {}, std::string(response.error().text->code));
  }
  Answer<T> answer;
  if (response->status == 200) {
    auto value = read(response->body);
    if (!value) co_return trouble(troubles::answer_unusable, value.error().path, value.error().detail);
    answer.value = std::move(*value);
  } else {
    auto problem = protocol::decode_problem(response->body);
    if (!problem) co_return trouble(troubles::answer_unusable, {}, std::to_string(response->status));
    answer.problem = std::move(*problem);
  }
  co_return answer;
}

Link::Link(const asio::any_io_executor& executor, LinkOptions options, journal::Writer& journal, const Clock& clock,
           Random& random)
    : state_(std::make_shared<State>(executor, std::move(options), journal, clock, random)) {}

Link::~Link() {
  stop();
}

void Link::start() {
  asio::co_spawn(
      state_->executor, [state = state_]() { return state->loop(); }, asio::detached);
}

void Link::stop() {
  state_->stopping = true;
  state_->timer.cancel();
  state_->counter.drop();
  state_->log.drop();
}

void Link::poke() {
  state_->uplink.entries_waiting(state_->clock.steady());
  state_->timer.cancel();
}

bool Link::line_up() const {
  return state_->line_up;
}

LinkStatus Link::status() const {
  const std::scoped_lock lock(state_->status_lock);
  return state_->status_now;
}

asio::awaitable<Result<Link::Answer<record::Signed>>> Link::person(protocol::Credential credential,
                                                                   std::chrono::milliseconds deadline) {
  const auto state = state_;
  protocol::PersonRequest request;
  request.credential = std::move(credential);
  auto answer_step = state->ask<protocol::PersonAnswer>("/v1/person", protocol::encode(request), deadline,
                                                        protocol::decode_person_answer);
  auto answer = co_await std::move(answer_step);
  if (!answer) co_return answer.error();
  Answer<record::Signed> out;
  out.problem = std::move(answer->problem);
  if (answer->value) {
    if (!record::verify(state->options.centre_public_key, record::snapshot_tag, answer->value->snapshot)) {
      co_return trouble(troubles::signature_wrong, "snapshot");
    }
    out.value = std::move(answer->value->snapshot);
  }
  co_return out;
}

asio::awaitable<Result<Link::Answer<protocol::HoldAnswer>>> Link::hold(protocol::HoldRequest request,
                                                                       std::chrono::milliseconds deadline) {
  const auto state = state_;
  auto answer_step =
      state->ask<protocol::HoldAnswer>("/v1/hold", protocol::encode(request), deadline, protocol::decode_hold_answer);
  auto answer = co_await std::move(answer_step);
  if (answer && answer->value) state->known_holds.insert(answer->value->hold_id);
  co_return answer;
}

void Link::release(std::string hold_id) {
  state_->known_holds.erase(hold_id);
  state_->to_release.insert(std::move(hold_id));
  poke();
}

asio::awaitable<Result<void>> Link::sync_once() {
  const auto state = state_;
  auto more_step = state->sync();
  auto more = co_await std::move(more_step);
  if (!more) co_return more.error();
  co_return Result<void>();
}

}  // namespace gongji::link
