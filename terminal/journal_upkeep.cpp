#include "terminal/journal_upkeep.h"

#include <spdlog/spdlog.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sync/link/on_writer.h"
#include "terminal/retention/retention.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

// The whole journal is read again after the start, a little at a time, so that sales do not wait for it; the customer
// who stood there when the till was switched off comes first.
constexpr std::chrono::milliseconds verify_after{250};
constexpr std::size_t verify_entries = 32;
constexpr std::chrono::milliseconds verify_pause{4};

// How often it is looked whether a month is past its retention.
constexpr std::chrono::minutes forget_pause{10};

}  // namespace

JournalUpkeep::JournalUpkeep(asio::any_io_executor executor, journal::Writer& writer,
                             const authority::TrustedClock& clock, const TerminalIdentity& identity,
                             std::function<void(const Trouble& what)> broken)
    : executor_(std::move(executor)),
      writer_(writer),
      clock_(clock),
      identity_(identity),
      broken_(std::move(broken)),
      forget_timer_(executor_) {}

void JournalUpkeep::start() {
  asio::co_spawn(executor_, verify(), asio::detached);
  asio::co_spawn(executor_, forget_old_months(), asio::detached);
}

void JournalUpkeep::stop() {
  stopping_ = true;
  forget_timer_.cancel();
}

asio::awaitable<void> JournalUpkeep::verify() {
  asio::steady_timer pause(executor_, verify_after);
  co_await pause.async_wait(asio::use_awaitable);
  std::uint64_t from = 1;
  while (!stopping_) {
    const link::JournalTask<Result<std::uint64_t>> look = [from](journal::Journal& journal) {
      return journal.verify_stretch(from, verify_entries);
    };
    auto next = co_await link::on_journal(writer_, look, &journal::Writer::look);
    if (!next) {
      spdlog::critical("{}", to_string(next.error(), Language::en));
      broken_(next.error());
      co_return;
    }
    if (*next == from) {
      spdlog::info("journal verified, {} entries", from - 1);
      co_return;
    }
    from = *next;
    pause.expires_after(verify_pause);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

// Personal parts go when the authority's terms say so, by a clock that nobody here can turn.
asio::awaitable<void> JournalUpkeep::forget_old_months() {
  while (!stopping_) {
    if (clock_.trusted()) {
      const WallTime now = clock_.wall();
      const link::JournalTask<Result<std::vector<std::string>>> work = [this, now](journal::Journal& journal) {
        return forget_past_retention(journal, identity_, now);
      };
      const auto forgotten = co_await link::on_journal(writer_, work);
      if (!forgotten) spdlog::warn("{}", to_string(forgotten.error(), Language::en));
      if (forgotten) {
        for (const std::string& month : *forgotten)
          spdlog::info("personal data of {} erased: past its retention", month);
      }
    }
    if (stopping_) co_return;
    forget_timer_.expires_after(forget_pause);
    boost::system::error_code cancelled;
    co_await forget_timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

}  // namespace gongji::terminal
