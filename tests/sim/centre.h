// centre.h — the centre of a simulated world: one ledger on a disk that can lose power, and one or more processes of
// the product's CentreService in front of it.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline/packs/packs.h"
#include "sync/centre/folder.h"
#include "sync/centre/service.h"
#include "tests/sim/memory_disk.h"
#include "tests/sim/sim_random.h"
#include "tests/sim/story.h"
#include "tests/sim/timeline.h"

namespace gongji::sim {

// The rules that everybody settles by, read once.
const packs::PackSet& built_in_rules();
// Some more of them for processes that start again, read ahead for all worlds of this process and its forks.
void read_spare_rules();

// What a card in the reader may do on the reserve without its PIN, in a day.
constexpr Money pin_above = Money::yuan(60);

class Centre {
 public:
  Centre(const Setting& setting, const std::filesystem::path& folder, Timeline& timeline, FaultCounts& faults);
  ~Centre();
  void begin(std::uint64_t seed) { random_ = SeededRandom(seed_of(seed, "centre")); }

  // The answer of the process that this till's line leads to; nothing where that is away, or dies with it.
  std::optional<http::Response> handle(std::size_t till, const http::Request& request);
  std::string new_code(const std::string& site);
  // Of the whole story, for everybody: digits by person and number of the
  // voucher, from 1 on.
  void issue_vouchers(std::size_t persons, std::size_t days);
  const Secret& voucher(std::size_t person, std::size_t number) const { return vouchers_.at(person).at(number - 1); }
  // From now on, for a while, for one site; widens what an ID number may do.
  void order(const std::string& site, std::int64_t times, milliseconds span);
  const std::map<std::string, record::EmergencyOrder>& orders() const { return orders_; }  // by id

  void restart(std::size_t process, milliseconds away);
  void cut_power(milliseconds away);
  void die_before_the_next_answer(std::size_t process, milliseconds away);
  void mend();  // everything is up
  void idle();  // what a process does between requests

  // When the last process that ended so far was back, or will be.
  microseconds disturbed_until() const { return disturbed_until_; }

  // As it is, for everybody.
  WallTime true_time() const { return began_.plus(std::chrono::duration_cast<milliseconds>(virtual_now())); }
  Day today() const { return civil_time_at(true_time()).day; }
  centre::CentreService& service();  // one that is up; requires that there is one
  bool is_up() const;
  std::filesystem::path ledger_file() const { return folder_ / "ledger.sqlite"; }
  std::uint64_t commits() const { return disk_.syncs(); }
  bool gives_grants() const { return gives_grants_; }  // in every second region
  // As they were before the first sale.
  const std::vector<settlement::Counted>& opening_counters(const std::string& psn_no) { return opening_[psn_no]; }

  // Before the last connection to the ledger is closed: whoever reads it beside the processes lets go.
  std::function<void()> before_power_cut = [] {};

 private:
  struct Process {
    std::unique_ptr<centre::CentreService> service;  // none: it is away
    microseconds back_at{0};
    std::optional<milliseconds> dies_for;  // after the next answer is made
  };
  void open(Process& process);
  void end(Process& process, milliseconds away);
  void come_back(std::size_t place);

  std::filesystem::path folder_;
  Timeline& timeline_;
  FaultCounts& faults_;
  SeededRandom random_;
  std::optional<centre::CentreParts> read_;  // from the folder, once: all but ledger and rules
  MemoryDisk disk_;
  WallTime began_;
  std::vector<Process> processes_;
  microseconds disturbed_until_{0};
  bool gives_grants_;
  std::map<std::string, std::vector<settlement::Counted>> opening_;
  std::vector<std::vector<Secret>> vouchers_;
  std::map<std::string, record::EmergencyOrder> orders_;
};

}  // namespace gongji::sim
