#include "sync/link/link.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "offline/record/snapshot.h"
#include "sync/link/link_state.h"
#include "sync/link/on_writer.h"
#include "sync/link/troubles.h"

namespace gongji::link {

namespace asio = boost::asio;

namespace {

constexpr unsigned no_common_version_status = 426;

http::ClientOptions client_options(const LinkOptions& options, std::size_t under_way_max = 1) {
  http::ClientOptions client;
  client.under_way_max = under_way_max;
  client.host = options.host;
  client.port = options.port;
  client.tls = options.tls;
  client.connect_deadline = std::chrono::milliseconds(2'000);
  client.dead_after = std::chrono::seconds(2);
  client.retry_stale = true;  // every call is idempotent
  client.digest = true;       // a region may end TLS before its centre
  return client;
}

class UnderWay {
 public:
  explicit UnderWay(unsigned& count) : count_(count) { ++count_; }
  ~UnderWay() { --count_; }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

 private:
  unsigned& count_;
};

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

}  // namespace

Trouble refusal_of(const http::Response& response, std::string path) {
  const auto problem = protocol::decode_problem(response.body);
  return trouble(troubles::refused, std::move(path), problem ? problem->code : std::to_string(response.status));
}

Link::State::State(const asio::any_io_executor& on, LinkOptions settings, journal::Writer& writer, const Clock& time,
                   Random& dice)
    : executor(on),
      options(std::move(settings)),
      journal(writer),
      clock(time),
      counter(on, client_options(options)),
      log(on, client_options(options, 2)),
      uplink(options.tuning, dice),
      timer(on),
      outcome(on),
      behind_ended(on),
      ahead_ended(on),
      probe_timer(on) {
  status_now.in_doubt = options.in_doubt;
}

void Link::State::in_doubt() {
  uplink.in_doubt(clock.steady());
  timer.cancel();
  const std::scoped_lock lock(status_lock);
  status_now.in_doubt = true;
}

void Link::State::note_line() {
  line_up = uplink.line_up();
  const std::scoped_lock lock(status_lock);
  status_now.line_up = uplink.line_up();
}

void Link::State::note(const Result<bool>& more) {
  note_line();
  ++ended;
  last = more;
  {
    const std::scoped_lock lock(status_lock);
    status_now.failures_in_a_row = uplink.failures();
    status_now.last_problem = more ? std::string() : to_string(more.error(), Language::en);
    ++(more ? status_now.syncs : status_now.failures);
  }
  note_times();
  outcome.cancel();
}

void Link::State::note_times() {
  const std::scoped_lock lock(status_lock);
  status_now.running = uplink.running();
  paused_until = uplink.paused_until(clock.steady());
  due = uplink.running() ? std::nullopt : std::optional(uplink.due());
}

void Link::State::heard_version(std::uint32_t taken) {
  version = taken;
  if (taken >= protocol::compact_entries_since && !std::exchange(writes_compact, true)) {
    journal.run([](journal::Journal& log_file) { log_file.write_compact(); });
  }
  const std::scoped_lock lock(status_lock);
  status_now.version = taken;
}

asio::awaitable<Result<http::Response>> Link::State::exchange(http::Client& on, std::string target, std::string body,
                                                              std::chrono::milliseconds deadline) {
  return exchange(on, std::move(target), std::move(body), deadline, options.speaks);
}

asio::awaitable<Result<http::Response>> Link::State::exchange(http::Client& on, std::string target, std::string body,
                                                              std::chrono::milliseconds deadline,
                                                              protocol::Versions speaks) {
  http::Request wire = post(std::move(target), std::move(body));
  wire.headers.push_back({std::string(protocol::version_header), protocol::to_string(speaks)});
  auto response_step = on.call(std::move(wire), deadline);
  auto response = co_await std::move(response_step);
  if (!response) co_return response.error();
  if (&on == &log) reached = true;
  const auto said = response->find(protocol::version_header);
  if (response->status == no_common_version_status) {
    const auto theirs = said ? protocol::parse_versions(*said) : std::nullopt;
    const bool we_are_old = theirs && theirs->lowest > speaks.highest;
    co_return trouble(we_are_old ? troubles::till_too_old : troubles::centre_too_old, {},
                      "till " + protocol::to_string(speaks) + ", centre " + std::string(said.value_or("?")));
  }
  // A centre of before versions says nothing.
  const auto taken = said ? protocol::parse_versions(*said) : std::optional(protocol::Versions{});
  if (!taken || taken->lowest != taken->highest) co_return trouble(troubles::answer_unusable, "Gongji-Protocol");
  if (!speaks.contains(taken->highest)) {
    co_return trouble(troubles::centre_too_old, {},
                      "till " + protocol::to_string(speaks) + ", centre " + std::to_string(taken->highest));
  }
  heard_version(taken->highest);
  co_return response;
}

template <class T>
asio::awaitable<Result<Link::Answer<T>>> Link::State::ask(std::string target, std::string body,
                                                          std::chrono::milliseconds deadline,
                                                          Result<T> (*read)(std::string_view)) {
  if (stopping) co_return trouble(troubles::stopping);
  if (!uplink.line_up()) deadline = std::min(deadline, unsure_deadline);
  auto response_step = exchange(counter, std::move(target), std::move(body), deadline);
  auto response = co_await std::move(response_step);
  if (!response) {
    counter.drop();
    uplink.foreground_failed(clock.steady());
    note_line();
    timer.cancel();
    probe_beside_sync();
    co_return trouble(troubles::line_down, {}, std::string(response.error().text->code));
  }
  uplink.foreground_answered();
  note_line();
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
  const auto& options = state_->options;
  state_->uplink.begin(state_->clock.steady(), options.silent_for);
  if (options.in_doubt) state_->in_doubt();
  asio::co_spawn(
      state_->executor, [state = state_]() { return state->loop(); }, asio::detached);
}

void Link::stop() {
  state_->stopping = true;
  state_->timer.cancel();
  state_->outcome.cancel();
  state_->probe_timer.cancel();
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

bool Link::worth_asking() const {
  return state_->uplink.worth_asking(state_->clock.steady());
}

LinkStatus Link::status() const {
  const SteadyTime now = state_->clock.steady();
  const std::scoped_lock lock(state_->status_lock);
  LinkStatus out = state_->status_now;
  if (state_->paused_until && now < *state_->paused_until) out.paused_for = *state_->paused_until - now;
  if (state_->due) out.next_in = std::max(std::chrono::milliseconds(0), *state_->due - now);
  return out;
}

void Link::pause(std::chrono::milliseconds span) {
  span = std::clamp<std::chrono::milliseconds>(span, std::chrono::milliseconds(0), pause_max);
  state_->uplink.pause(state_->clock.steady().plus(span));
  state_->note_times();
  state_->timer.cancel();
}

void Link::resume() {
  state_->uplink.resume(state_->clock.steady());
  state_->note_times();
  state_->timer.cancel();
}

asio::awaitable<Result<void>> Link::sync_now(std::chrono::milliseconds deadline) {
  const auto state = state_;
  const SteadyTime until = state->clock.steady().plus(deadline);
  if (state->uplink.paused_until(state->clock.steady())) co_return trouble(troubles::paused);
  // One that runs took what was there when it began: the one behind it is the first that counts.
  std::uint64_t seen = state->ended + (state->uplink.running() ? 1 : 0);
  state->uplink.hurry(state->clock.steady());
  state->timer.cancel();
  while (!state->stopping) {
    if (state->ended > seen) {
      seen = state->ended;
      if (!state->last) co_return state->last.error();
      if (!*state->last) co_return Result<void>();
    }
    const auto left = until - state->clock.steady();
    if (left <= std::chrono::milliseconds(0)) co_return trouble(troubles::still_sending);
    state->outcome.expires_after(left);
    boost::system::error_code ignored;
    co_await state->outcome.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return trouble(troubles::stopping);
}

void Link::reload_tls() {
  state_->reload_tls();
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
  const UnderWay under_way(state->holds_asked);
  if (state->version >= protocol::openings_since) {
    request.opening = state->options.opening;
    request.released_holds.assign(state->to_release.begin(), state->to_release.end());
  }
  auto answer_step =
      state->ask<protocol::HoldAnswer>("/v1/hold", protocol::encode(request), deadline, protocol::decode_hold_answer);
  auto answer = co_await std::move(answer_step);
  if (answer && answer->value) state->known_holds.insert(answer->value->hold_id);
  co_return answer;
}

asio::awaitable<Result<void>> Link::doubt_log() {
  const auto state = state_;
  const JournalTask<Result<void>> raise = [](journal::Journal& log_file) {
    return log_file.raise_doubt(journal::Doubt::centre_differs);
  };
  auto raised = co_await on_journal(state->journal, raise);
  if (!raised) co_return raised.error();
  state->in_doubt();
  co_return Result<void>();
}

void Link::release(std::string hold_id) {
  state_->known_holds.erase(hold_id);
  state_->to_release.insert(std::move(hold_id));
  poke();
}

asio::awaitable<Result<bool>> Link::sync_once() {
  const auto state = state_;
  auto more_step = state->sync(false);
  auto more = co_await std::move(more_step);
  co_return more;
}

}  // namespace gongji::link
