// journal_upkeep.h — what a running till does with its journal beside the sales: reads all of it again after the start,
// and forgets what is past its retention.
//
// The thread of `executor`; what it refers to outlives it, and it outlives the executor's last work.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>

#include "offline/authority/trusted_clock.h"
#include "offline/journal/writer.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

class JournalUpkeep {
 public:
  // `broken` is told once of a chain that does not hold: what would be added to it would prove nothing, so sales end.
  JournalUpkeep(boost::asio::any_io_executor executor, journal::Writer& writer, const authority::TrustedClock& clock,
                const TerminalIdentity& identity, std::function<void(const Trouble& what)> broken);

  void start();
  // Nothing more is begun; what is under way in the writer ends by itself.
  void stop();

 private:
  boost::asio::awaitable<void> verify();
  boost::asio::awaitable<void> forget_old_months();

  boost::asio::any_io_executor executor_;
  journal::Writer& writer_;
  const authority::TrustedClock& clock_;
  const TerminalIdentity& identity_;
  std::function<void(const Trouble& what)> broken_;
  boost::asio::steady_timer forget_timer_;
  bool stopping_ = false;
};

}  // namespace gongji::terminal
