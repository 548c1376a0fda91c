#include "sync/protocol/uplink.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <set>

namespace gongji::protocol {
namespace {

using std::chrono::milliseconds;
using Kind = Uplink::Action::Kind;

// Always the same byte: 0x00 gives the shortest delay.  A number whose remainder is known makes delays exact.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::uint64_t number) : number_(number) {}
  void fill(std::span<std::uint8_t> out) override {
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = static_cast<std::uint8_t>(number_ >> (8 * (out.size() - 1 - i)));
  }

 private:
  std::uint64_t number_;
};

constexpr SteadyTime start{50'000};

}  // namespace

TEST_CASE("the first attempt is at once, fresh, and alone until its outcome is told") {
  SeededRandom random(1);
  Uplink uplink({}, random);
  CHECK_FALSE(uplink.line_up());
  const auto first = uplink.next(start);
  CHECK(first.kind == Kind::sync);
  CHECK(first.fresh_connection);
  uplink.entries_waiting(start);
  CHECK(uplink.next(start).kind == Kind::wait);
  CHECK(uplink.next(start.plus(milliseconds{500'000})).kind == Kind::wait);
  CHECK(uplink.next(start).until > start);
  uplink.answered(start, false);
  CHECK(uplink.line_up());
}

TEST_CASE("new entries go up at once, on the connection that is there; an idle line is polled") {
  SeededRandom random(1);
  Uplink uplink({}, random);
  uplink.next(start);
  uplink.answered(start, false);

  const auto idle = uplink.next(start);
  CHECK(idle.kind == Kind::wait);
  CHECK(idle.until == start.plus(UplinkTuning{}.poll_idle));
  CHECK(uplink.next(start.plus(milliseconds{1'999})).kind == Kind::wait);

  const SteadyTime sold = start.plus(milliseconds{100});
  uplink.entries_waiting(sold);
  const auto now = uplink.next(sold);
  CHECK(now.kind == Kind::sync);
  CHECK_FALSE(now.fresh_connection);
  uplink.answered(sold, false);

  CHECK(uplink.next(sold.plus(milliseconds{2'000})).kind == Kind::sync);
}

TEST_CASE("an entry that arrives during an attempt, and a rest of the feed, cause another attempt at once") {
  SeededRandom random(1);
  Uplink uplink({}, random);
  uplink.next(start);
  uplink.entries_waiting(start);
  uplink.answered(start, false);
  CHECK(uplink.next(start).kind == Kind::sync);
  uplink.answered(start, true);
  CHECK(uplink.next(start).kind == Kind::sync);
  uplink.answered(start, false);
  CHECK(uplink.next(start).kind == Kind::wait);
}

TEST_CASE("each failure backs off by at most its own ceiling, and never beyond the cap") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SeededRandom random(seed);
    Uplink uplink({}, random);
    SteadyTime now = start;
    for (const int ceiling_ms : {250, 500, 1000, 2000, 3000, 3000, 3000}) {
      REQUIRE(uplink.next(now).kind == Kind::sync);
      uplink.failed(now, std::nullopt);
      CHECK_FALSE(uplink.line_up());
      const auto action = uplink.next(now);
      if (action.kind == Kind::sync) {  // the shortest delay of full jitter is none at all
        uplink.answered(now, false);
        break;
      }
      CHECK(action.until > now);
      CHECK(action.until <= now.plus(milliseconds{ceiling_ms}));
      now = action.until;
    }
  }
}

TEST_CASE("the jitter is full: both ends of the range are reached and tills spread over it") {
  FixedRandom none(0), all(250);  // 250 mod 251 = 250, the whole ceiling
  Uplink at_once({}, none), late({}, all);
  at_once.next(start);
  at_once.failed(start, std::nullopt);
  CHECK(at_once.next(start).kind == Kind::sync);
  late.next(start);
  late.failed(start, std::nullopt);
  CHECK(late.next(start).until == start.plus(milliseconds{250}));

  std::set<std::int64_t> moments;
  for (std::uint64_t seed = 1; seed <= 500; ++seed) {
    SeededRandom random(seed);
    Uplink uplink({}, random);
    uplink.next(start);
    uplink.failed(start, std::nullopt);
    moments.insert(uplink.next(start).until.ms);
  }
  CHECK(moments.size() > 150);
}

TEST_CASE("a failure is followed by a fresh connection, and success resets the back-off") {
  FixedRandom all(3'000);
  UplinkTuning tuning;
  tuning.backoff_base = milliseconds{3'000};
  Uplink uplink(tuning, all);
  SteadyTime now = start;
  for (int i = 0; i < 3; ++i) {
    REQUIRE(uplink.next(now).fresh_connection);
    uplink.failed(now, std::nullopt);
    now = uplink.next(now).until;
    CHECK(now == start.plus(milliseconds{3'000 * (i + 1)}));
  }
  REQUIRE(uplink.next(now).kind == Kind::sync);
  uplink.answered(now, true);
  CHECK_FALSE(uplink.next(now).fresh_connection);
}

TEST_CASE("entries that arrive during a back-off wait for its end") {
  FixedRandom all(250);
  Uplink uplink({}, all);
  uplink.next(start);
  uplink.failed(start, std::nullopt);
  uplink.entries_waiting(start);
  CHECK(uplink.next(start.plus(milliseconds{249})).kind == Kind::wait);
  CHECK(uplink.next(start.plus(milliseconds{250})).kind == Kind::sync);
}

TEST_CASE("Retry-After is a floor, and an absurd one is cut to an hour") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SeededRandom random(seed);
    Uplink uplink({}, random);
    uplink.next(start);
    uplink.failed(start, milliseconds{30'000});
    CHECK(uplink.next(start).until >= start.plus(milliseconds{30'000}));
    CHECK(uplink.next(start).until <= start.plus(milliseconds{30'250}));
    CHECK(uplink.next(start.plus(milliseconds{29'999})).kind == Kind::wait);
  }
  FixedRandom none(0);
  Uplink uplink({}, none);
  uplink.next(start);
  uplink.failed(start, milliseconds::max());
  CHECK(uplink.next(start).until == start.plus(milliseconds{3'600'000}));
}

namespace {

UplinkTuning with_window() {
  UplinkTuning tuning;
  tuning.drain_window = milliseconds{900'000};
  return tuning;
}

// The line is gone from `start` on: attempts end at once, in vain, until one would begin at `returns` or later.
SteadyTime first_contact(Uplink& uplink, SteadyTime returns) {
  REQUIRE(uplink.next(start).kind == Kind::sync);
  uplink.answered(start, false);
  uplink.foreground_failed(start);
  SteadyTime now = start;
  for (;;) {
    const auto action = uplink.next(now);
    if (action.kind == Kind::wait) {
      REQUIRE(action.until > now);
      now = action.until;
      continue;
    }
    if (now >= returns) return now;
    uplink.failed(now, std::nullopt);
  }
}

}  // namespace

TEST_CASE("after a long outage the log's first contact is spread evenly over the window, whenever the line returns") {
  for (const std::int64_t outage_s : {120, 1'000, 14'400}) {
    const SteadyTime returns = start.plus(std::chrono::seconds(outage_s));
    std::vector<int> minutes(15);
    for (std::uint64_t seed = 1; seed <= 1'500; ++seed) {
      SeededRandom random(seed);
      Uplink uplink(with_window(), random);
      const SteadyTime heard = first_contact(uplink, returns);
      REQUIRE(heard - returns <= milliseconds{900'000});
      ++minutes[std::min<std::size_t>(14, static_cast<std::size_t>((heard - returns).count() / 60'000))];
      // The drain that begins there is not delayed again.
      uplink.answered(heard, true);
      REQUIRE(uplink.next(heard).kind == Kind::sync);
    }
    CAPTURE(outage_s);
    // 100 each on average; beyond 150 or below 50 the chance is 10^-5.
    CHECK(*std::max_element(minutes.begin(), minutes.end()) < 150);
    CHECK(*std::min_element(minutes.begin(), minutes.end()) > 50);
  }
}

TEST_CASE("after a short outage, or without a window, a till comes at once with all it has") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SeededRandom random(seed), other(seed);
    Uplink brief(with_window(), random);
    const SteadyTime soon = start.plus(milliseconds{50'000});
    const SteadyTime heard = first_contact(brief, soon);
    CHECK(heard - soon <= milliseconds{3'000});
    brief.answered(heard, true);
    CHECK(brief.next(heard).kind == Kind::sync);

    Uplink small({}, other);
    const SteadyTime late = start.plus(milliseconds{14'400'000});
    CHECK(first_contact(small, late) - late <= milliseconds{3'000});
  }
}

TEST_CASE("while the log waits for its moment the counter asks at once, and is answered without waking the log") {
  FixedRandom last(900'000);
  Uplink uplink(with_window(), last);
  uplink.begin(start, std::chrono::hours(4));
  const SteadyTime moment = start.plus(milliseconds{900'000});
  CHECK(uplink.next(start).until == moment);
  CHECK_FALSE(uplink.line_up());
  CHECK(uplink.worth_asking(start));
  // In vain: the next sale within three seconds does not wait for the same.
  uplink.foreground_failed(start);
  CHECK_FALSE(uplink.worth_asking(start.plus(milliseconds{2'999})));
  const SteadyTime again = start.plus(milliseconds{3'000});
  CHECK(uplink.worth_asking(again));
  uplink.foreground_answered();
  CHECK(uplink.line_up());
  uplink.entries_waiting(again);
  CHECK(uplink.next(again).until == moment);
  // The line breaks once more before the log was heard: its moment stays, and the counter finds out for itself.
  uplink.foreground_failed(again);
  CHECK_FALSE(uplink.line_up());
  CHECK(uplink.next(again).until == moment);
  CHECK(uplink.worth_asking(again.plus(milliseconds{3'000})));
  const auto attempt = uplink.next(moment);
  REQUIRE(attempt.kind == Kind::sync);
  CHECK(attempt.fresh_connection);
  uplink.answered(moment, false);
  CHECK(uplink.line_up());
}

TEST_CASE("in an ordinary back-off a sale does not ask") {
  FixedRandom all(250);
  Uplink uplink(with_window(), all);
  uplink.next(start);
  uplink.failed(start, std::nullopt);
  CHECK_FALSE(uplink.worth_asking(start));
  CHECK_FALSE(uplink.worth_asking(start.plus(milliseconds{10'000})));
}

TEST_CASE("a process that starts after a long silence waits for its moment, one that was heard just now does not") {
  FixedRandom some(123'456);
  Uplink long_gone(with_window(), some), just_now(with_window(), some), small({}, some);
  long_gone.begin(start, std::chrono::minutes(1));
  CHECK(long_gone.next(start).until == start.plus(milliseconds{123'456}));
  just_now.begin(start, milliseconds{59'999});
  CHECK(just_now.next(start).kind == Kind::sync);
  small.begin(start, std::chrono::hours(100));
  CHECK(small.next(start).kind == Kind::sync);
}

TEST_CASE("a till whose journal is in doubt does not wait for the window, before an attempt or after one in vain") {
  FixedRandom last(900'000);
  Uplink uplink(with_window(), last);
  SECTION("found out while the log waits") {
    uplink.begin(start, std::chrono::hours(4));
    REQUIRE(uplink.next(start).kind == Kind::wait);
  }
  SECTION("known from the start") {}
  uplink.in_doubt(start);
  SteadyTime now = start;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(uplink.next(now).kind == Kind::sync);
    uplink.failed(now, std::nullopt);
    const auto action = uplink.next(now);
    REQUIRE(action.until <= now.plus(milliseconds{3'000}));
    now = std::max(action.until, now.plus(milliseconds{1'000}));
  }
}

TEST_CASE("a doubt does not break what the centre asked for with Retry-After") {
  FixedRandom none(0);
  Uplink uplink(with_window(), none);
  REQUIRE(uplink.next(start).kind == Kind::sync);
  uplink.failed(start, milliseconds{20'000}, true);
  uplink.in_doubt(start);
  CHECK(uplink.next(start).until == start.plus(milliseconds{20'000}));
}

TEST_CASE("a centre that answers but refuses is asked again in the usual rhythm, however long it does so") {
  FixedRandom all(3'000);
  Uplink uplink(with_window(), all);
  SteadyTime now = start;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(uplink.next(now).kind == Kind::sync);
    uplink.failed(now, std::nullopt, true);
    const auto action = uplink.next(now);
    REQUIRE(action.until <= now.plus(milliseconds{3'000}));
    CHECK_FALSE(uplink.worth_asking(now));
    now = std::max(action.until, now.plus(milliseconds{1'000}));
  }
}

TEST_CASE("an idle line is polled as often as the newest terms say") {
  SeededRandom random(1);
  Uplink uplink({}, random);
  uplink.next(start);
  uplink.set_poll_idle(milliseconds{60'000});
  uplink.answered(start, false);
  CHECK(uplink.next(start).until == start.plus(milliseconds{60'000}));
  uplink.entries_waiting(start);
  CHECK(uplink.next(start).kind == Kind::sync);  // what was sold goes at once all the same
}

TEST_CASE("a call at the counter that found the line dead causes one probe on a fresh connection") {
  FixedRandom all(250);
  Uplink uplink({}, all);
  uplink.next(start);
  uplink.answered(start, false);
  CHECK(uplink.next(start).kind == Kind::wait);
  uplink.foreground_failed(start);
  CHECK_FALSE(uplink.line_up());
  const auto probe = uplink.next(start);
  CHECK(probe.kind == Kind::sync);
  CHECK(probe.fresh_connection);
  uplink.failed(start, std::nullopt);
  uplink.foreground_failed(start);  // known already: does not shorten the back-off
  CHECK(uplink.next(start).kind == Kind::wait);
  CHECK(uplink.next(start).until == start.plus(milliseconds{250}));
}

TEST_CASE("a probe beside an attempt is wanted while the line is not up, and its answer counts once an attempt") {
  FixedRandom none(0);
  Uplink uplink({}, none);
  CHECK_FALSE(uplink.wants_probe());
  uplink.next(start);
  CHECK(uplink.wants_probe());
  uplink.answered(start, true);
  CHECK_FALSE(uplink.wants_probe());
  uplink.next(start);
  CHECK_FALSE(uplink.wants_probe());  // the line is up
  uplink.foreground_failed(start);
  CHECK(uplink.wants_probe());
  uplink.probe_answered();
  CHECK(uplink.line_up());
  CHECK(uplink.worth_asking(start));
  uplink.foreground_failed(start);
  CHECK_FALSE(uplink.line_up());
  CHECK_FALSE(uplink.wants_probe());
  uplink.probe_answered();
  CHECK_FALSE(uplink.line_up());
  uplink.failed(start, std::nullopt);
  CHECK_FALSE(uplink.wants_probe());
  uplink.next(start);
  CHECK(uplink.wants_probe());
}

TEST_CASE("while attempts are a window apart nobody probes beside them: the counter asks for itself") {
  FixedRandom none(0);
  Uplink uplink(with_window(), none);
  uplink.begin(start, std::chrono::hours(4));
  REQUIRE(uplink.next(start).kind == Kind::sync);
  CHECK_FALSE(uplink.wants_probe());
}

TEST_CASE("somebody who waits for it breaks the back-off and the window, on a fresh connection") {
  FixedRandom all(60'000);
  UplinkTuning tuning;
  tuning.drain_window = milliseconds{60'000};
  Uplink uplink(tuning, all);
  uplink.begin(start, std::chrono::hours(1));
  REQUIRE(uplink.next(start).until == start.plus(milliseconds{60'000}));
  uplink.hurry(start);
  REQUIRE(uplink.next(start).kind == Kind::sync);
  uplink.failed(start, milliseconds{600'000}, true);
  REQUIRE(uplink.next(start).until >= start.plus(milliseconds{600'000}));
  uplink.hurry(start);
  const auto probe = uplink.next(start);
  CHECK(probe.kind == Kind::sync);
  CHECK(probe.fresh_connection);
  uplink.answered(start, true);
  CHECK(uplink.next(start).kind == Kind::sync);
  uplink.failed(start, std::nullopt);
  CHECK(uplink.next(start).kind == Kind::wait);  // one that failed is told, and the back-off goes on
}

TEST_CASE("in a pause no attempt begins, whatever happens, and it ends by itself or by hand") {
  SeededRandom random(1);
  Uplink uplink({}, random);
  uplink.next(start);
  uplink.answered(start, false);
  const SteadyTime end = start.plus(milliseconds{60'000}), before = start.plus(milliseconds{59'999});
  uplink.pause(end);
  uplink.entries_waiting(start);
  uplink.foreground_failed(start);
  uplink.hurry(start);
  CHECK(uplink.next(before).kind == Kind::wait);
  CHECK(uplink.next(before).until == end);
  CHECK(uplink.paused_until(before) == end);
  CHECK(uplink.next(end).kind == Kind::sync);
  CHECK_FALSE(uplink.paused_until(end).has_value());
  uplink.answered(end, false);

  uplink.pause(end.plus(milliseconds{60'000}));
  uplink.resume(end.plus(milliseconds{1}));
  CHECK(uplink.next(end.plus(milliseconds{1})).kind == Kind::sync);
}

// A sale asks the centre twice, each with a deadline below two seconds (terminal/checkout/checkout.h); whichever finds
// the line dead tells the uplink, and from then on sales do not ask.
TEST_CASE("a line that returns is in use within five seconds, whenever it returns and however long it was gone") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SeededRandom random(seed);
    Uplink uplink({}, random);
    SteadyTime now = start;
    REQUIRE(uplink.next(now).kind == Kind::sync);
    uplink.answered(now, false);
    uplink.foreground_failed(now);
    const SteadyTime returns = start.plus(milliseconds{static_cast<std::int64_t>(seed * 971)});
    // Each attempt into a dead line ends at once (refused), or after 2 s (silence): sync/http gives a connection no
    // more.
    const milliseconds an_attempt{seed % 2 == 0 ? 0 : 2'000};
    while (!uplink.line_up()) {
      const auto action = uplink.next(now);
      if (action.kind == Kind::wait) {
        REQUIRE(action.until > now);
        now = action.until;
        continue;
      }
      CHECK(action.fresh_connection);
      if (now >= returns) {
        uplink.answered(now, false);
      } else {
        now = now.plus(an_attempt);
        uplink.failed(now, std::nullopt);
      }
    }
    CHECK(now - returns <= milliseconds{5'000});
  }
}

}  // namespace gongji::protocol
