// network.h — the lines between tills and centre: messages that take their time, get lost, come twice, late, out of
// order or damaged; lines that fall, fall in one direction, or come back while old connections stay dead.
//
// client.cpp defines the product's http::Client on top of this, at link time: link and checkout are the product's own.
// What TLS finds damaged it throws away, and the connection with it; so does this.
//
// One thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sync/http/message.h"
#include "tests/sim/faults.h"
#include "tests/sim/sim_random.h"
#include "tests/sim/timeline.h"

namespace gongji::sim {

// What a line is like for the time being; chances in a thousand messages.
struct Weather {
  bool down = false;             // nothing arrives
  bool answers_cut_off = false;  // requests arrive, answers do not
  unsigned lost = 0, twice = 0, late = 0, damaged = 0;
};

class Line {
 public:
  using Done = std::function<void(Result<http::Response>)>;
  // The far end: the answer, or nothing where it died before it had sent one.
  using Centre = std::function<std::optional<http::Response>(const http::Request&)>;

  // A till's two clients find their line by its name, which is the host that they are told to call.
  Line(std::string name, Timeline& timeline, FaultCounts& faults);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  static Line& named(const std::string& name);
  // Its world begins: the name is this one's, and what happens to it comes from `seed`.
  void begin(std::uint64_t seed);

  // What a client keeps between calls; 0: no connection.
  using Connection = std::uint64_t;
  // `done` is called once, later.
  void call(Connection& connection, http::Request request, milliseconds deadline, Done done);

  // As the first part of a call.
  using Connected = std::function<void(Result<void>)>;
  void connect(Connection& connection, milliseconds deadline, Connected done);

  // The router forgot what it knew: connections that were open are dead, new ones work.
  void forget_connections() { ++generation_; }
  // Whoever waits at this end hears at once that there is no line.
  void hang_up();

  const std::string& name() const { return name_; }
  Weather weather;
  Centre centre;
  std::function<void()> wake = [] {};  // something was answered at this end

 private:
  struct Call;
  void arrive(const std::shared_ptr<Call>& call, const http::Request& request);
  void finish(const std::shared_ptr<Call>& call, Result<http::Response> result);
  void fail(const std::shared_ptr<Call>& call, microseconds span, const TroubleText& why);
  microseconds travel();
  microseconds connect_fails_after();

  std::string name_;
  Timeline& timeline_;
  FaultCounts& faults_;
  Chance chance_;
  Connection generation_ = 1;
  std::uint64_t sent_ = 0, arrived_ = 0;  // newest number of either
  std::vector<std::weak_ptr<Call>> waiting_;
  std::shared_ptr<Line*> here_;  // events of the timeline may outlive this
};

}  // namespace gongji::sim
