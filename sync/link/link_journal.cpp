// link_journal.cpp — what a sync takes from the journal, and what it brings there, in parts that a sale can wait for.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

#include "offline/journal/troubles.h"
#include "sync/link/link_state.h"
#include "sync/link/on_writer.h"

namespace gongji::link {

namespace asio = boost::asio;

namespace {

// In one task of the journal's thread: a sale waits so long at most.
constexpr std::size_t entries_at_once = 16;
// Every task that takes items in ends with a sync of the disk, which costs as much as some ten of them: it goes on
// where no sale waits.
constexpr std::size_t items_at_once = 16, items_at_once_alone = 100;

}  // namespace

// What sales gave up of grants while a long batch was read goes along with their entries: it is asked for last.
asio::awaitable<Result<Batch>> Link::State::read_batch(std::optional<journal::Journal::Stretch> behind_of) {
  const WallTime began = clock.wall();
  Batch batch;
  const JournalTask<Result<bool>> read = [&](journal::Journal& log_file) -> Result<bool> {
    if (batch.opening.run == 0) {
      batch.opening = log_file.opening();
      auto stretch = behind_of ? Result<journal::Journal::Stretch>(*behind_of) : log_file.empty_stretch();
      if (!stretch) return stretch.error();
      batch.stretch = std::move(*stretch);
      auto cursor = log_file.feed_cursor();
      if (!cursor) return cursor.error();
      batch.cursor = *cursor;
    }
    const std::size_t before = batch.stretch.entries.size();
    const std::size_t wanted = std::min(before + entries_at_once, protocol::sync_entries_max);
    if (auto done = log_file.read_on(batch.stretch, wanted, protocol::sync_bytes_max); !done) return done.error();
    if (batch.stretch.entries.size() == wanted && wanted > before) return true;
    auto closed = log_file.closed_grants(began);
    if (!closed) return closed.error();
    batch.closed = std::move(*closed);
    log_file.sign(batch.stretch);
    return false;
  };
  bool more = true;
  while (more) {
    auto step = co_await on_journal(journal, read);
    if (!step) co_return step.error();
    more = *step;
  }
  co_return batch;
}

// An item that does not fit is told, and does not hold up those behind it.
asio::awaitable<Result<void>> Link::State::take_in(const Heard& heard) {
  const WallTime now = heard.feed.centre_time;
  const std::uint64_t end = heard.feed.from + heard.feed.items.size() - 1;
  bool first = true;
  std::optional<Trouble> odd;
  const JournalTask<Result<bool>> take = [&](journal::Journal& log_file) -> Result<bool> {
    std::size_t taken = 0;
    const auto enough = [&] {
      ++taken;
      return taken >= items_at_once_alone || (taken >= items_at_once && journal.has_works());
    };
    const auto done = std::exchange(first, false)
                          ? log_file.take_in({heard.acknowledged, heard.closed}, heard.feed, now, enough)
                          : log_file.apply_feed(heard.feed, now, enough);
    if (!done && done.error().text != &journal::troubles::feed_item_unusable) return done.error();
    if (!done && !odd) odd = done.error();
    const auto cursor = log_file.feed_cursor();
    if (!cursor) return cursor.error();
    return *cursor < end;
  };
  bool more = true;
  while (more) {
    auto step = co_await on_journal(journal, take);
    if (!step) co_return step.error();
    more = *step;
  }
  if (odd) co_return *odd;
  co_return Result<void>();
}

void Link::State::work_behind(std::optional<Heard> heard, const journal::Journal::Stretch& read_behind_of) {
  behind_running = true;
  behind = {};
  read_ahead.reset();
  journal::Journal::Stretch start;
  start.from = read_behind_of.head_seq + 1;
  start.head_seq = read_behind_of.head_seq;
  auto task = behind_task(std::move(heard), std::move(start));
  asio::co_spawn(executor, std::move(task), [self = shared_from_this()](const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
  });
}

// The batch first: a line with a long way waits for it.
asio::awaitable<void> Link::State::behind_task(std::optional<Heard> heard, journal::Journal::Stretch start) {
  auto reading = read_batch(std::move(start));
  auto batch = co_await std::move(reading);
  // What cannot be read is told by the sync that has to.
  if (batch && !batch->stretch.entries.empty() && !stopping) {
    read_ahead = std::move(*batch);
    send_ahead();
  }
  if (heard) {
    auto taking = take_in(*heard);
    behind = co_await std::move(taking);
  }
  behind_running = false;
  behind_ended.cancel();
}

asio::awaitable<Result<void>> Link::State::settle() {
  while (behind_running) {
    behind_ended.expires_after(std::chrono::hours(1));
    boost::system::error_code ignored;
    co_await behind_ended.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  co_return std::exchange(behind, Result<void>());
}

}  // namespace gongji::link
