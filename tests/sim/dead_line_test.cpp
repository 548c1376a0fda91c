// How long a sale waits for a line that swallows everything, and how soon one that is back is used at the counter: the
// daemon's own checkout, link and clock with the settings that it ships with, on virtual time.
#include <spdlog/spdlog.h>
#include <catch2/catch.hpp>

#include "offline/seal/sm3.h"
#include "tests/sim/centre.h"
#include "tests/sim/sim_random.h"
#include "tests/sim/till.h"
#include "tests/support/scratch.h"

namespace gongji::sim {

namespace {

using namespace std::chrono_literals;

// Some worlds give grants.
bool is_off_line(record::Backing backing) {
  return backing == record::Backing::reserve || backing == record::Backing::grant;
}

class Counter {
 public:
  explicit Counter(std::uint64_t seed) {
    spdlog::set_level(spdlog::level::off);
    set_virtual_now(microseconds(0));
    seed_key_random(seed);
    Setting setting;
    setting.seed = seed;
    setting.tills = 1;
    setting.faults = {};
    centre_ = std::make_unique<Centre>(setting, folder_ / "centre", timeline_, faults_);
    till_ = std::make_unique<Till>(*centre_, timeline_, faults_, folder_ / "till", 0, seed);
    till_->tuning = {};
    till_->begin(seed);
    REQUIRE(till_->start().has_value());
    run(10s);
    REQUIRE(sell().backing == record::Backing::hold);
    run(1s);  // what it left is sent; the next poll is not due yet
  }
  ~Counter() { till_->ignore_answers(); }

  void run(microseconds span) {
    run_until(virtual_now() + span, [] { return false; });
  }

  struct Answered {
    record::Backing backing = record::Backing::nothing;
    microseconds took{0};
  };
  Answered sell() {
    const microseconds asked = virtual_now();
    std::optional<Answered> out;
    till_->ask<terminal::SaleDraft, terminal::SaleOutcome>(
        &terminal::Checkout::sell, draft(), [&](const Result<terminal::SaleOutcome>& outcome) {
          REQUIRE(outcome.has_value());
          const auto& entry = std::get<terminal::Sold>(*outcome).entry;
          const auto* sale = std::get_if<record::Sale>(&entry.body);
          out = Answered{sale == nullptr ? record::Backing::nothing : sale->backing, virtual_now() - asked};
        });
    run_until(asked + 60s, [&] { return out.has_value(); });
    REQUIRE(out.has_value());
    return *out;
  }
  Weather& weather() { return till_->line.weather; }
  Till& till() { return *till_; }
  // How long until the line stands behind a sale again.
  microseconds until_held() {
    const microseconds from = virtual_now();
    while (sell().backing != record::Backing::hold) {
      run(250ms);
      REQUIRE(virtual_now() - from < 60s);
    }
    return virtual_now() - from;
  }

 private:
  terminal::SaleDraft draft() {
    const bool clinic = till_->terms().fixmedins_type != 2;
    terminal::SaleDraft draft;
    const std::string msgid = "sale-" + std::to_string(++sales_);
    draft.key = {till_->terms().fixmedins_code, msgid, clinic ? "2207" : "2102", seal::sm3(as_bytes(msgid))};
    draft.opter = "clerk";
    draft.credential.numbers = {"02", Secret(buyer(0).certno), Secret()};
    draft.psn_no = buyer(0).psn_no;
    draft.claim.id = msgid;
    draft.claim.begntime = civil_time_at(centre_->true_time());
    draft.claim.visit.med_type = clinic ? "11" : "41";
    draft.claim.acct_used_flag = settlement::AccountUse::own;
    auto& line = draft.claim.lines.emplace_back();
    line.feedetl_sn = "1";
    line.med_list_codg = "XC08CAB037A001020180517";
    line.name = "demo";
    line.pric = {1'000 * 10'000};
    line.cnt = {10'000};
    line.det_item_fee_sumamt = Money::fen(1'000);
    return draft;
  }
  void run_until(microseconds end, const std::function<bool()>& done) {
    while (!done()) {
      const auto alarm = till_->alarm().due();
      const bool event_first = !timeline_.empty() && (!alarm || timeline_.next() <= *alarm);
      if (event_first ? timeline_.next() > end : !alarm || *alarm > end) break;
      if (event_first) {
        timeline_.run_next();
      } else {
        set_virtual_now(std::max(*alarm, virtual_now()));
        till_->alarm().ring();
        till_->pump();
      }
    }
    if (!done()) set_virtual_now(end);
  }

  tests::Scratch folder_;
  Timeline timeline_;
  FaultCounts faults_;
  std::unique_ptr<Centre> centre_;
  std::unique_ptr<Till> till_;
  int sales_ = 0;
};

}  // namespace

TEST_CASE("a line that swallows everything costs one sale less than two seconds, and the next ones nothing") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Counter counter(seed);
    // Half of them with a connection that looks open, half without one.
    if (seed % 2 == 0) counter.till().line.forget_connections();
    counter.weather().down = true;
    const auto first = counter.sell();
    CHECK(is_off_line(first.backing));
    CHECK(first.took < 2s);
    for (int i = 0; i < 3; ++i) {
      const auto next = counter.sell();
      CHECK(is_off_line(next.backing));
      CHECK(next.took < 100ms);
      counter.run(700ms);
    }
  }
}

TEST_CASE("a line that returns stands behind sales again within five seconds, whenever it returns") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Counter counter(seed);
    if (seed % 2 == 0) counter.till().line.forget_connections();
    counter.weather().down = true;
    REQUIRE(is_off_line(counter.sell().backing));
    counter.run(5s + microseconds(static_cast<std::int64_t>(seed) * 2'437'000));
    counter.weather().down = false;
    CHECK(counter.until_held() <= 5s);
  }
}

TEST_CASE("a line that died under a sync stands behind sales again within five seconds, whatever the sync waits for") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    Counter counter(seed);
    REQUIRE(counter.sell().backing == record::Backing::hold);
    counter.weather().down = true;  // what the sale left is on its way
    REQUIRE(is_off_line(counter.sell().backing));
    counter.run(microseconds(static_cast<std::int64_t>(seed) * 437'000));
    counter.weather().down = false;
    CHECK(counter.until_held() <= 5s);
  }
}

}  // namespace gongji::sim
