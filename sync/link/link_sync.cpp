// link_sync.cpp — the log's side of the link: entries up, the feed down, again and again.
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <charconv>

#include "offline/journal/troubles.h"
#include "offline/record/snapshot.h"
#include "sync/link/link_state.h"
#include "sync/link/on_writer.h"
#include "sync/link/troubles.h"

namespace gongji::link {

namespace asio = boost::asio;

namespace {

// Entries that are read in one task of the journal's thread: a sale waits so long at most.
constexpr std::size_t entries_at_once = 64;

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

bool tells_of_files(const record::FeedItem& item) {
  return std::holds_alternative<record::RulesNotice>(item) || std::holds_alternative<record::RootsNotice>(item);
}

}  // namespace

// Terms that the authority did not sign would stop every sale: they go no further than here, and what stands in their
// place changes nothing.  True where there were such.  Of the others the last one tells the window.
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
      uplink.set_drain_window(std::chrono::seconds(terms->drain_window_s));
    }
  }
  return wrong;
}

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
  // A long batch is read in turn with the counter's sales.  What they gave up of grants meanwhile goes along with their
  // entries.
  Gathered& whole = *gathered;
  const JournalTask<Result<bool>> lengthen = [&whole, gathered_at](journal::Journal& log_file) -> Result<bool> {
    const std::size_t before = whole.stretch.entries.size();
    const std::size_t wanted = std::min(before + entries_at_once, protocol::sync_entries_max);
    if (auto done = log_file.lengthen(whole.stretch, wanted, protocol::sync_bytes_max); !done) return done.error();
    if (whole.stretch.entries.size() == wanted && wanted > before) return true;
    auto closed = log_file.closed_grants(gathered_at);
    if (!closed) return closed.error();
    whole.closed = std::move(*closed);
    return false;
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

  request.software = options.software;
  auto response_step = exchange(log, "/v1/sync", protocol::encode(request, version), options.sync_deadline);
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
    co_return refusal_of(*response);
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
  const bool terms_wrong = pass_over_unsigned_terms(*feed);
  if (std::any_of(feed->items.begin(), feed->items.end(), tells_of_files)) {
    // What went up is settled whatever becomes of the files.
    const JournalTask<Result<void>> acknowledge = [&](journal::Journal& log_file) {
      return log_file.acknowledge(acknowledged, now);
    };
    auto known = co_await on_journal(journal, acknowledge);
    if (!known && known.error().text != &journal::troubles::log_behind) co_return known.error();
    auto files_step = take_files(*feed);
    auto files = co_await std::move(files_step);
    if (!files) co_return files.error();
  }
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
  if (terms_wrong) co_return trouble(troubles::signature_wrong, "terms");
  const bool more = *applied || answer->more_feed || items || !to_release.empty();
  if (!more && status_now.in_doubt) {
    // Everything that is here has gone up; what else there may have been is the centre's to bring in.
    auto left_step = leave_epoch(journal::Doubt::none);
    auto left = co_await std::move(left_step);
    if (!left) co_return left.error();
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
      timer.expires_after(std::max(std::chrono::milliseconds(0), action.until - clock.steady()));
      boost::system::error_code ignored;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
      continue;
    }
    note_times();
    if (action.fresh_connection) log.drop();
    asked_to_wait.reset();
    auto more_step = sync();
    auto more = co_await std::move(more_step);
    if (more) {
      uplink.answered(clock.steady(), *more);
    } else {
      uplink.failed(clock.steady(), asked_to_wait);
    }
    note(more);
  }
  outcome.cancel();
}

}  // namespace gongji::link
