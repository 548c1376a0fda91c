// shop.h — one till in this process: the daemon's own checkout, link, clock and journal, on a disk that can lose power,
// on a line that can fall, with a machine clock that anybody can turn.
#pragma once

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

#include "offline/authority/trusted_clock.h"
#include "sync/link/link.h"
#include "terminal/checkout/checkout.h"
#include "tests/centre/fixture.h"
#include "tests/state_machine/wire.h"
#include "tests/support/fault_vfs.h"

namespace gongji::tests {

class Shop {
 public:
  // Enrols at the centre and starts with the line up.
  Shop(centre::TestCentre& centre, const std::string& site, const std::string& name);
  ~Shop();

  Result<terminal::SaleOutcome> sell(terminal::SaleDraft draft);
  Result<terminal::Known> person(terminal::Credential credential);
  Result<terminal::Cancelled> cancel(terminal::CancelDraft draft);
  void sync();  // one exchange, if the line lets it

  void stop();   // politely
  void start();  // requires that it is stopped; the power is back
  // The power goes after so many more operations of the disk.
  void cut_power_after(int operations);
  bool has_power() const { return power_; }
  void lose_power();  // now; the process is gone
  // The disk as it is, and later as it was then.  Stopped only.
  void back_up();
  void restore_backup();

  Line& line() { return wire_.line; }
  Wire& wire() { return wire_; }
  terminal::Checkout& checkout() { return *process_->checkout; }
  ManualClock& machine() { return machine_; }
  const authority::TrustedClock& clock() const { return process_->clock; }
  const authority::KnownTimes& known_at_start() const { return process_->known; }
  bool heard() const { return process_->clock.machine_ahead().has_value(); }
  bool line_up() const { return process_->link->line_up(); }
  bool in_doubt() const { return process_->link->status().in_doubt; }
  std::string last_problem() const { return process_->link->status().last_problem; }
  const record::Terms& terms() const { return terms_; }
  const std::string& terminal() const { return identity_.terminal; }
  std::filesystem::path file() const { return folder_.path / "journal.db"; }

  // Runs `look` alone on the journal.
  void with_journal(const std::function<void(journal::Journal&)>& look);

  // From the next start on: the terms' window for tills that come back after a long outage.
  std::chrono::milliseconds drain_window{0};
  std::optional<protocol::EpochAnswer> next_epoch;  // that the centre opened; this shop does not begin it

 private:
  struct Process {
    Process(const Clock& machine, const authority::KnownTimes& times) : known(times), clock(machine, times) {}
    boost::asio::io_context io{1};
    authority::KnownTimes known;
    authority::TrustedClock clock;
    std::unique_ptr<journal::Writer> writer;
    std::unique_ptr<link::Link> link;
    std::unique_ptr<terminal::OrderShelf> orders;
    std::unique_ptr<terminal::Checkout> checkout;
  };
  template <class T>
  T finish(boost::asio::awaitable<T> step);
  void quiesce();

  centre::Folder folder_, backup_;
  Wire wire_;
  ManualClock machine_;
  FaultVfs disk_;
  bool power_ = true;
  std::shared_ptr<const seal::KeyStore> keys_;
  terminal::TerminalIdentity identity_;
  record::Terms terms_;
  std::unique_ptr<Process> process_;
};

}  // namespace gongji::tests
