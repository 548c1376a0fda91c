// till.h — one till of a simulated world: the daemon's own checkout, link, clock and journal, on a disk, a line and a
// clock of its own.
//
// A process of it can end at any moment: politely, by a kill, or with the power.  What it had under way then ends, too:
// whoever waited hears trouble, or an answer that is true because it was durable before.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "offline/authority/trusted_clock.h"
#include "sync/link/link.h"
#include "terminal/checkout/checkout.h"
#include "tests/sim/card_at_counter.h"
#include "tests/sim/centre.h"
#include "tests/sim/machine.h"
#include "tests/sim/memory_disk.h"
#include "tests/sim/network.h"

namespace gongji::sim {

// The till's own clock: it drifts, and anybody can turn it.
class TurnedClock final : public Clock {
 public:
  explicit TurnedClock(const Centre& centre) : centre_(centre) {}
  WallTime wall() const override { return centre_.true_time().plus(ahead + drifted()); }
  SteadyTime steady() const override;

  milliseconds ahead{0};
  std::int64_t drift_ppm = 0;

 private:
  milliseconds drifted() const;
  const Centre& centre_;
};

class Till {
 public:
  // Enrols at the centre, which must be there, and makes its journal.
  Till(Centre& centre, Timeline& timeline, FaultCounts& faults, const std::filesystem::path& folder, std::size_t place,
       std::uint64_t region);
  ~Till();
  void begin(std::uint64_t seed);

  // Errors: what the disk says.
  Result<void> start();
  // The centre has opened a new epoch: it is to be stopped, and started on
  // that.
  bool epoch_has_ended() const { return is_up() && process_->epoch_has_ended; }
  std::uint32_t epoch() const { return identity_.epoch; }  // of the next start, or the present one
  // As a disk is copied, and put back, while the machine is off; the number of
  // entries that the log has then.
  void back_up();
  std::optional<std::uint64_t> restore_backup();
  void stop();  // politely
  // The power went while nobody was there to be told: true where it had.  Requires that it is not up.
  bool restore_disk();
  void die(Loses loses);  // now
  bool is_up() const { return process_ != nullptr; }
  // Whether its disk has refused to go on: die() is due.
  bool is_dying() const { return is_up() && disk_.is_dead(); }
  bool is_ending() const { return is_ending_; }  // whoever waits is being told

  // The answer comes later, once; requires that it is up.
  template <class Draft, class Answer>
  using Ask = boost::asio::awaitable<Result<Answer>> (terminal::Checkout::*)(Draft);
  template <class Draft, class Answer>
  void ask(Ask<Draft, Answer> what, Draft draft, std::function<void(Result<Answer>)> done);

  // Runs what is ready, until only waits are left.
  void pump();
  // Alone on the journal; requires that it is up and nothing is under way.
  void with_journal(const std::function<void(journal::Journal&)>& look);

  std::uint64_t unsent();  // entries; as with_journal()

  std::size_t place() const { return place_; }
  const record::Terms& terms() const { return terms_; }
  const std::string& terminal() const { return identity_.terminal; }
  std::filesystem::path file() const { return folder_ / "journal.db"; }
  bool trusts_its_clock() const { return process_->clock.trusted(); }
  // By a computation of our own: what its clock is worth, from what its journal told at the start.
  bool may_trust_its_clock() const;
  bool has_heard_the_centre() const { return process_->heard; }
  bool in_doubt() const { return process_->link->status().in_doubt; }
  void ignore_answers() { is_over_ = true; }  // nobody listens any more
  std::string last_problem() const { return process_->link->status().last_problem; }

  CardAtCounter reader;
  Line line;
  Alarm& alarm() { return *alarm_; }
  TurnedClock clock;
  MemoryDisk& disk() { return disk_; }
  bool battery_is_dead = false;
  protocol::UplinkTuning tuning;  // of the next start

 private:
  struct Process {
    Process(const Clock& machine, const authority::KnownTimes& times) : known(times), clock(machine, times) {}
    boost::asio::io_context io{1};
    authority::KnownTimes known;
    bool heard = false;  // from the centre
    bool epoch_has_ended = false;
    authority::TrustedClock clock;
    std::unique_ptr<journal::Writer> writer;
    std::unique_ptr<link::Link> link;
    std::unique_ptr<terminal::OrderShelf> orders;
    std::unique_ptr<terminal::CounterCard> card;
    std::unique_ptr<terminal::Checkout> checkout;
  };
  void end();
  void set_aside_log();

  std::size_t place_;
  std::filesystem::path folder_;
  SeededRandom random_;
  Machine machine_;
  MemoryDisk disk_;
  std::shared_ptr<const seal::KeyStore> keys_;
  terminal::TerminalIdentity identity_;
  std::optional<terminal::TerminalIdentity> next_;  // from the end of this process on
  std::uint32_t log_epoch_ = 1;                     // of the file
  MemoryDisk::Image backup_;
  std::uint32_t backup_epoch_ = 0;  // 0: there is none
  record::Terms terms_;
  std::unique_ptr<Alarm> alarm_;
  std::unique_ptr<Process> process_;
  bool is_ending_ = false;
  bool is_over_ = false;
};

template <class Draft, class Answer>
void Till::ask(Ask<Draft, Answer> what, Draft draft, std::function<void(Result<Answer>)> done) {
  boost::asio::co_spawn(process_->io, (process_->checkout.get()->*what)(std::move(draft)),
                        [this, done = std::move(done)](const std::exception_ptr& error, Result<Answer> answer) {
                          if (error) std::rethrow_exception(error);
                          if (!is_over_) done(std::move(answer));
                        });
  pump();
}

}  // namespace gongji::sim
