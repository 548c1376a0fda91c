// link_sync.cpp — the log's side of the link: entries up, the feed down, again and again.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>

#include "offline/journal/troubles.h"
#include "offline/record/feed_groups.h"
#include "offline/record/snapshot.h"
#include "sync/link/link_state.h"
#include "sync/link/on_writer.h"
#include "sync/link/troubles.h"

namespace gongji::link {

namespace asio = boost::asio;

namespace {

// Behind a batch of so many there may be another.
constexpr std::size_t worth_reading_ahead = 100;

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
  return code == "quarantined" || code == "log_behind" || code == "wrong_epoch" || code == "late_log_differs";
}

// A grant is free once the centre has every entry that may have used it; until then it was told too early, and is told
// again.
std::vector<record::ClosedGrant> closed_by(std::uint64_t acknowledged, std::vector<record::ClosedGrant> closed) {
  std::erase_if(closed, [&](const record::ClosedGrant& each) { return each.closed_after > acknowledged; });
  return closed;
}

bool tells_of_files(const record::FeedItem& item) {
  return std::holds_alternative<record::RulesNotice>(item) || std::holds_alternative<record::RootsNotice>(item);
}

// That the till has applied a verdict is told with its next exchange: nobody waits for it.
bool wants_an_answer(const record::FeedItem& item) {
  return !std::holds_alternative<record::Verdict>(item);
}

bool has_compact_entry(const protocol::SyncRequest& request) {
  return std::any_of(request.entries.begin(), request.entries.end(), [](const record::Entry& entry) {
    return record::form_of(entry.public_bytes) == record::Form::compact;
  });
}

}  // namespace

void Link::State::take_rhythm(const record::Terms& terms) {
  uplink.set_drain_window(protocol::drain_window_of(terms));
  uplink.set_poll_idle(protocol::poll_idle_of(terms));
}

// Terms that the authority did not sign would stop every sale: they go no further than here, and what stands in their
// place changes nothing.  True where there were such.  Of the others the last one tells the rhythm.
bool Link::State::pass_over_unsigned_terms(record::FeedBatch& feed) {
  bool wrong = false;
  if (options.authority_public_key.empty()) return wrong;
  for (record::FeedItem& item : feed.items) {
    const auto* notice = std::get_if<record::TermsNotice>(&item);
    if (notice == nullptr) continue;
    const auto terms = record::decode_terms(notice->terms.bytes);
    if (!record::verify(options.authority_public_key, record::terms_tag, notice->terms)) {
      wrong = true;
      item = record::RulesNotice{{}, 0, true};
    } else if (terms) {
      take_rhythm(*terms);
    }
  }
  return wrong;
}

// One exchange: entries up, acknowledgement, verdicts and terms down.  True when more is waiting on either side.  Where
// the sync before sent a batch ahead, that is this one's.
asio::awaitable<Result<bool>> Link::State::sync(bool goes_on) {
  std::shared_ptr<Sent> sent = std::exchange(ahead, nullptr);
  std::optional<Result<http::Response>> response;
  if (sent) {
    in_front = sent;
    send_ahead();
    auto waiting = answer_to(sent);
    response = co_await std::move(waiting);
  } else {
    std::optional<Batch> batch = std::exchange(next, std::nullopt);
    if (!batch) {
      auto reading = read_batch(std::nullopt);
      auto read = co_await std::move(reading);
      if (!read) co_return read.error();
      batch = std::move(*read);
    }
    std::string body;
    sent = make(std::move(*batch), false, body);
    if (goes_on && sent->entries >= worth_reading_ahead) {
      in_front = sent;
      if (!behind_running) work_behind(std::nullopt, sent->batch.stretch);
    }
    auto sending = send(std::move(body), sent->compact);
    response = co_await std::move(sending);
  }
  auto hearing = hear(*sent, std::move(*response), goes_on);
  auto more = co_await std::move(hearing);
  in_front.reset();
  if (!more) {
    auto settling = settle();
    auto settled = co_await std::move(settling);
    auto forgetting = forget_ahead();
    co_await std::move(forgetting);
    read_ahead.reset();
    next.reset();
    if (!settled) co_return settled.error();
  }
  co_return more;
}

std::shared_ptr<Sent> Link::State::make(Batch batch, bool is_behind, std::string& body) {
  auto sent = std::make_shared<Sent>();
  protocol::SyncRequest request;
  request.terminal = options.terminal;
  request.epoch = options.epoch;
  request.from = batch.stretch.from;
  request.entries = std::exchange(batch.stretch.entries, {});
  request.head_hash = batch.stretch.head_hash;
  request.head_signature = batch.stretch.head_signature;
  request.feed_cursor = batch.cursor;
  request.released_holds.assign(to_release.begin(), to_release.end());
  request.run = batch.opening.run;
  request.run_from = batch.opening.from;
  request.closed_grants = batch.closed;
  request.software = options.software;
  request.behind = is_behind;
  sent->entries = request.entries.size();
  sent->compact = has_compact_entry(request);
  body = protocol::encode(request, sent->compact ? std::max(version, protocol::compact_entries_since) : version);
  sent->released = std::move(request.released_holds);
  sent->known_before = known_holds;
  sent->behind = is_behind;
  sent->batch = std::move(batch);
  return sent;
}

// A centre that was put back to a version which cannot read compact entries must not look at them at all.  So what goes
// with them may say whatever their version knows, also before a word was heard of the centre: which opening of the
// journal speaks, above all, so that holds of a killed process do not stand in these entries' way.
asio::awaitable<Result<http::Response>> Link::State::send(std::string body, bool compact) {
  protocol::Versions speaks = options.speaks;
  if (compact) speaks.lowest = std::max(speaks.lowest, protocol::compact_entries_since);
  auto response_step = exchange(log, "/v1/sync", std::move(body), options.sync_deadline, speaks);
  auto response = co_await std::move(response_step);
  co_return response;
}

// The centre books it behind the one that is under way, or does not look at it.
void Link::State::send_ahead() {
  if (!in_front || ahead || !read_ahead || stopping || version < protocol::syncs_behind_since) return;
  if (read_ahead->stretch.from != in_front->batch.stretch.head_seq + 1) return;
  Batch batch = *std::exchange(read_ahead, std::nullopt);
  batch.cursor = in_front->batch.cursor;
  std::string body;
  ahead = make(std::move(batch), true, body);
  auto task = ahead_task(ahead, std::move(body));
  asio::co_spawn(executor, std::move(task), [self = shared_from_this()](const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
  });
}

asio::awaitable<void> Link::State::ahead_task(std::shared_ptr<Sent> sent, std::string body) {
  auto sending = send(std::move(body), sent->compact);
  sent->response = co_await std::move(sending);
  ahead_ended.cancel();
}

asio::awaitable<Result<http::Response>> Link::State::answer_to(std::shared_ptr<Sent> sent) {
  while (!sent->response) {
    ahead_ended.expires_after(std::chrono::hours(1));
    boost::system::error_code ignored;
    co_await ahead_ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return *std::move(sent->response);
}

// What it booked is acknowledged with the next sync, and what it told comes again.
asio::awaitable<void> Link::State::forget_ahead() {
  const std::shared_ptr<Sent> sent = std::exchange(ahead, nullptr);
  if (!sent) co_return;
  auto waiting = answer_to(sent);
  co_await std::move(waiting);
}

asio::awaitable<Result<bool>> Link::State::hear(const Sent& sent, Result<http::Response> response, bool goes_on) {
  const Batch& batch = sent.batch;
  if (!response) co_return response.error();
  if (response->status != 200) {
    asked_to_wait = retry_after(*response);
    const auto problem = protocol::decode_problem(response->body);
    if (problem && log_is_refused(problem->code)) {
      auto left_step = leave_epoch(journal::Doubt::centre_differs);
      auto left = co_await std::move(left_step);
      if (left) co_return false;
    }
    co_return refusal_of(*response);
  }
  auto answer = protocol::decode_sync_answer(response->body);
  if (!answer) co_return trouble(troubles::answer_unusable, answer.error().path, answer.error().detail);
  if (!record::verify(options.centre_public_key, record::feed_tag, answer->feed)) {
    co_return trouble(troubles::signature_wrong, "feed");
  }
  auto feed = record::decode_grouped_feed(answer->feed.bytes);
  if (!feed) co_return trouble(troubles::answer_unusable, "feed." + feed.error().path, feed.error().detail);
  if (feed->terminal != options.terminal) co_return trouble(troubles::answer_unusable, "feed.terminal");

  const WallTime now = feed->centre_time;
  options.heard_time(now);
  // What the answer before brought is in the journal before this one's is looked at.
  auto settling = settle();
  auto settled = co_await std::move(settling);
  if (!settled) co_return settled.error();

  const std::uint64_t acknowledged = answer->acknowledged_seq;
  const bool terms_wrong = pass_over_unsigned_terms(*feed);
  const bool files = std::any_of(feed->items.begin(), feed->items.end(), tells_of_files);
  if (files) {
    // What went up is settled whatever becomes of the files.
    const JournalTask<Result<void>> acknowledge = [&](journal::Journal& log_file) {
      return log_file.acknowledge(acknowledged, now);
    };
    auto known = co_await on_journal(journal, acknowledge);
    if (!known && known.error().text != &journal::troubles::log_behind) co_return known.error();
    auto files_step = take_files(*feed);
    auto taken = co_await std::move(files_step);
    if (!taken) co_return taken.error();
  }
  const bool answer_wanted = std::any_of(feed->items.begin(), feed->items.end(), wants_an_answer);
  Heard heard{acknowledged, closed_by(acknowledged, batch.closed), std::move(*feed)};
  const bool feed_in_step = heard.feed.from == batch.cursor + 1 || (sent.behind && heard.feed.from <= batch.cursor);
  const bool in_step = acknowledged == batch.stretch.head_seq && feed_in_step;
  const bool onward = goes_on && (ahead || read_ahead) && in_step && !files && !terms_wrong && !stopping;
  bool left = onward;
  if (onward) {
    if (!ahead) next = std::exchange(read_ahead, std::nullopt);
    Batch& behind_it = ahead ? ahead->batch : *next;
    behind_it.cursor = std::max(batch.cursor, heard.feed.from + heard.feed.items.size() - 1);
    work_behind(std::move(heard), behind_it.stretch);
  } else {
    auto forgetting = forget_ahead();
    co_await std::move(forgetting);
    read_ahead.reset();
    auto taking = take_in(heard);
    auto taken = co_await std::move(taking);
    if (!taken) {
      if (taken.error().text == &journal::troubles::log_behind) {
        // What was sent again is what the centre has, and it has more: this journal lost its end.
        auto left_step = leave_epoch(journal::Doubt::centre_differs);
        auto gone = co_await std::move(left_step);
        if (gone) co_return false;
      }
      co_return taken.error();
    }
    const JournalTask<Result<bool>> look = [](journal::Journal& log_file) -> Result<bool> {
      auto rest = log_file.empty_stretch();
      if (!rest) return rest.error();
      if (auto done = log_file.read_on(*rest, 1, protocol::sync_bytes_max); !done) return done.error();
      return !rest->entries.empty();
    };
    auto unsent = co_await on_journal(journal, look);
    if (!unsent) co_return unsent.error();
    left = *unsent;
  }

  for (const std::string& hold : sent.released) to_release.erase(hold);
  const std::set<std::string> listed(answer->open_holds.begin(), answer->open_holds.end());
  std::erase_if(known_holds,
                [&](const std::string& hold) { return sent.known_before.contains(hold) && !listed.contains(hold); });
  if (!left && holds_asked == 0) {
    // Everything of this journal is acknowledged and no answer to a question for a hold is on its way, so a listed hold
    // that this process does not know backs nothing.
    for (const std::string& hold : listed) {
      if (!known_holds.contains(hold)) to_release.insert(hold);
    }
  }
  {
    const std::scoped_lock lock(status_lock);
    status_now.entries_sent += sent.entries;
    status_now.last_contact = now;
  }
  if (terms_wrong) co_return trouble(troubles::signature_wrong, "terms");
  const bool more = left || answer->more_feed || answer_wanted || !to_release.empty();
  if (!more && status_now.in_doubt) {
    // Everything that is here has gone up; what else there may have been is the centre's to bring in.
    auto left_step = leave_epoch(journal::Doubt::none);
    auto gone = co_await std::move(left_step);
    if (!gone) co_return gone.error();
  }
  if (!more) {
    auto renewing = renew(now);
    co_await std::move(renewing);
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
  in_doubt();
  protocol::EpochRequest request;
  request.terminal = options.terminal;
  request.epoch = options.epoch;
  request.reason = journal::name_of(left->doubt);
  request.last_seq = left->end.seq;
  request.last_hash = left->end.hash;
  request.signature = left->end.signature;
  auto response_step = exchange(log, "/v1/epoch", protocol::encode(request), options.sync_deadline);
  auto response = co_await std::move(response_step);
  if (!response) co_return response.error();
  if (response->status != 200) co_return refusal_of(*response, "epoch");
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
      note_times();
      if (ahead) {  // an answer that is looked at later would tell an earlier time
        auto settling = settle();
        behind = co_await std::move(settling);
        ahead.reset();
        read_ahead.reset();
        continue;
      }
      timer.expires_after(std::max(std::chrono::milliseconds(0), action.until - clock.steady()));
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      continue;
    }
    note_times();
    if (action.fresh_connection) log.drop();
    asked_to_wait.reset();
    reached = false;
    // While a line is down nothing is read, opened and packed for it, however long the queue.
    Result<void> there;
    if (action.fresh_connection && uplink.failures() > 0) {
      auto connecting = log.connect(options.sync_deadline);
      there = co_await std::move(connecting);
      if (stopping) break;
    }
    Result<bool> more = false;
    if (there) {
      probe_beside_sync();
      auto more_step = sync(true);
      more = co_await std::move(more_step);
    } else {
      more = there.error();
    }
    if (more) {
      uplink.answered(clock.steady(), *more);
    } else {
      uplink.failed(clock.steady(), asked_to_wait, reached);
    }
    note(more);
  }
  outcome.cancel();
}

}  // namespace gongji::link
