#include "tests/sim/network.h"

#include <algorithm>
#include <map>
#include <utility>

#include "offline/base/check.h"
#include "sync/http/troubles.h"

namespace gongji::sim {

namespace {

using namespace std::chrono_literals;

constexpr microseconds travel_min = 4ms, travel_max = 25ms;
constexpr microseconds late_max = 90s;              // beyond every deadline
constexpr microseconds connect_deadline_min = 1ms;  // refused at once, or
constexpr microseconds connect_deadline_max = 2s;   // nothing is heard

std::map<std::string, Line*>& lines() {
  static std::map<std::string, Line*> all;
  return all;
}

}  // namespace

struct Line::Call {
  std::uint64_t number = 0;
  Connection* connection = nullptr;
  Done done;
  bool finished = false;
};

Line::Line(std::string name, Timeline& timeline, FaultCounts& faults)
    : name_(std::move(name)), timeline_(timeline), faults_(faults), chance_(0), here_(std::make_shared<Line*>(this)) {}

Line::~Line() {
  const auto found = lines().find(name_);
  if (found != lines().end() && found->second == this) lines().erase(found);
}

void Line::begin(std::uint64_t seed) {
  lines()[name_] = this;
  chance_ = Chance(seed);
}

Line& Line::named(const std::string& name) {
  const auto found = lines().find(name);
  GONGJI_CHECK(found != lines().end());
  return *found->second;
}

microseconds Line::travel() {
  if (chance_.in_thousand(weather.late)) {
    faults_.count(Fault::message_late);
    return microseconds(chance_.between(travel_max.count(), late_max.count()));
  }
  return microseconds(chance_.between(travel_min.count(), travel_max.count()));
}

void Line::finish(const std::shared_ptr<Call>& call, Result<http::Response> result) {
  if (std::exchange(call->finished, true)) return;
  if (!result) *call->connection = 0;
  std::exchange(call->done, nullptr)(std::move(result));
  wake();
}

void Line::fail(const std::shared_ptr<Call>& call, microseconds span, const TroubleText& why) {
  timeline_.after(span, [call, here = std::weak_ptr(here_), &why] {
    if (const auto line = here.lock()) (*line)->finish(call, trouble(why, (*line)->name_));
  });
}

microseconds Line::connect_fails_after() {
  return chance_.in_thousand(500) ? connect_deadline_min : connect_deadline_max;
}

// Between call() and this a connection has the same luck; on the way there and back nothing is lost for good.
void Line::connect(Connection& connection, milliseconds deadline, Connected done) {
  std::erase_if(waiting_, [](const auto& other) { return other.expired(); });
  auto call = std::make_shared<Call>();
  call->connection = &connection;
  call->done = [done = std::move(done)](Result<http::Response> there) {
    done(there ? Result<void>() : Result<void>(there.error()));
  };
  waiting_.push_back(call);
  if (weather.down && connection == 0) {
    fail(call, connect_fails_after(), http::troubles::connect_failed);
    return;
  }
  if (connection == 0) connection = generation_;
  const microseconds span = travel() + travel();
  if (span > deadline) return fail(call, deadline, http::troubles::deadline_passed);
  timeline_.after(span, [call, here = std::weak_ptr(here_)] {
    if (const auto line = here.lock()) (*line)->finish(call, http::Response{});
  });
}

void Line::call(Connection& connection, http::Request request, milliseconds deadline, Done done) {
  std::erase_if(waiting_, [](const auto& other) { return other.expired(); });
  auto call = std::make_shared<Call>();
  call->number = ++sent_;
  call->connection = &connection;
  call->done = std::move(done);
  waiting_.push_back(call);
  fail(call, deadline, http::troubles::deadline_passed);
  const bool is_open = connection != 0;
  if (weather.down && !is_open) {
    fail(call, connect_fails_after(), http::troubles::connect_failed);
    return;
  }
  if (!is_open) connection = generation_;
  const bool is_dead = connection != generation_;  // it looks open from here
  if (weather.down || is_dead) return;             // nobody will answer
  if (chance_.in_thousand(weather.lost)) {
    faults_.count(Fault::request_lost);
    return;
  }
  if (chance_.in_thousand(weather.damaged)) {
    faults_.count(Fault::message_damaged);
    fail(call, travel(), http::troubles::connection_lost);
    return;
  }
  const auto sent = std::make_shared<const http::Request>(std::move(request));
  const auto send = [&](microseconds span) {
    timeline_.after(span, [call, sent, here = std::weak_ptr(here_)] {
      if (const auto line = here.lock()) (*line)->arrive(call, *sent);
    });
  };
  send(travel());
  if (chance_.in_thousand(weather.twice)) {
    faults_.count(Fault::message_twice);
    send(travel() + microseconds(chance_.between(0, late_max.count())));
  }
}

void Line::arrive(const std::shared_ptr<Call>& call, const http::Request& request) {
  if (call->number < arrived_) faults_.count(Fault::message_overtaken);
  arrived_ = std::max(arrived_, call->number);
  auto response = centre(request);
  if (!response) {
    fail(call, travel(), http::troubles::connection_lost);
    return;
  }
  if (weather.down || weather.answers_cut_off) return;
  if (chance_.in_thousand(weather.lost)) {
    faults_.count(Fault::answer_lost);
    return;
  }
  if (chance_.in_thousand(weather.damaged)) {
    faults_.count(Fault::message_damaged);
    fail(call, travel(), http::troubles::connection_lost);
    return;
  }
  timeline_.after(travel(), [call, here = std::weak_ptr(here_), answer = *std::move(response)]() mutable {
    if (const auto line = here.lock()) (*line)->finish(call, std::move(answer));
  });
}

void Line::hang_up() {
  for (const auto& waiting : std::exchange(waiting_, {})) {
    if (const auto call = waiting.lock()) finish(call, trouble(http::troubles::connection_lost, name_));
  }
}

}  // namespace gongji::sim
