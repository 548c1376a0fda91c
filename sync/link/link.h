// link.h — moves frames between this till's journal and its centre; owns nothing else.
//
// Two connections: the counter's (person, hold: somebody waits) and the log's (sync, in the background), both TLS 1.3
// with mutual certificates.  The state machine is protocol::Uplink; this file gives it sockets and a clock.
//
// Threads: everything here runs on the given io_context's (single) thread, but for line_up() and status(), which any
// thread may call (what status() tells of pauses and of what comes next is exact on the executor only).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "offline/base/clock.h"
#include "offline/base/result.h"
#include "offline/journal/writer.h"
#include "offline/record/hold_rules.h"
#include "sync/http/tls.h"
#include "sync/protocol/messages.h"
#include "sync/protocol/uplink.h"

namespace gongji::link {

// The till's files of rules (terminal/rules).  Called on the executor; each returns when what it did is durable.
struct RuleFiles {
  std::function<bool(const Digest&)> has;
  // The bytes have this digest.  False where they cannot be kept now (a full disk): they are fetched again.  A file
  // that is not the authority's, or that fits nothing here, is kept or not as the taker likes: it is not fetched again.
  std::function<bool(const Digest&, const std::string&)> take;
  std::function<bool(const Digest&)> drop;
};

struct LinkOptions {
  std::string host;
  std::uint16_t port = 0;
  http::TlsClient tls;
  std::string terminal;
  std::uint32_t epoch = 1;
  Bytes centre_public_key;  // verifies snapshots and feed
  protocol::UplinkTuning tuning;
  std::chrono::milliseconds sync_deadline{10'000};
  // Called with the centre's signed time at each sync, on the executor, before the answer is applied.
  std::function<void(WallTime)> heard_time = [](WallTime) {};
  Bytes authority_public_key;  // verifies terms; empty: whoever uses them does
  std::string software;        // told to the centre, "" = nothing
  protocol::Versions speaks = protocol::spoken;
  std::optional<RuleFiles> rules;  // absent: notices of rules are passed over
  // Roots that the till believes from now on.  False where they could not be kept: they are told again.
  std::function<bool(const std::vector<std::string>&)> take_roots = [](const std::vector<std::string>&) {
    return true;
  };
  // Asked after each sync: the request for the next certificate, where it is time for one.
  std::function<std::optional<std::string>(WallTime)> renewal_due = [](WallTime) { return std::nullopt; };
  // The next certificate; from its return on the TLS files are the new ones.  False: it is asked for again.
  std::function<bool(const std::string&)> take_certificate = [](const std::string&) { return true; };
  // The journal was in doubt at the start.
  bool in_doubt = false;
  // Of the journal: holds are asked for in its name.
  record::Opening opening;
  // Since the centre was last heard, by an earlier process; zero also where nobody can tell.
  std::chrono::milliseconds silent_for{0};
  // The centre has opened a new epoch for this terminal: the present journal ends.  Called on the executor; false where
  // that could not be kept: it is asked for again.
  std::function<bool(const protocol::EpochAnswer&)> begin_epoch = [](const protocol::EpochAnswer&) { return false; };
};

struct LinkStatus {
  bool line_up = false;
  std::string last_problem;  // "" after a success; code and sentence, no personal data
  std::uint64_t syncs = 0, failures = 0, entries_sent = 0;
  std::optional<WallTime> last_contact;  // since the start, as the centre signed it
  bool in_doubt = false;                 // the journal: nothing may be promised
  std::uint32_t version = 0;             // of the protocol, as the centre took it last; 0: not heard yet
  unsigned failures_in_a_row = 0;
  bool running = false;                                          // a sync is under way
  std::optional<std::chrono::milliseconds> paused_for, next_in;  // from when status() was called
};

inline constexpr std::chrono::hours pause_max{24};
// What a call of the counter has where nobody knows yet whether the line is back: three round trips of a slow line.
inline constexpr std::chrono::milliseconds unsure_deadline{800};

class Link {
 public:
  Link(const boost::asio::any_io_executor& executor, LinkOptions options, journal::Writer& journal, const Clock& clock,
       Random& random);
  ~Link();

  void start();
  // Stops after the running call; safe to destroy when the executor has run dry.
  void stop();
  void poke();  // something new is in the journal

  bool line_up() const;
  // On the executor: whether a sale should ask the centre (protocol::Uplink::worth_asking).
  bool worth_asking() const;
  LinkStatus status() const;

  // On the executor, like status() where it shall tell of pauses: no background sync begins for so long (at most
  // pause_max).  The counter's calls go on.  A pause ends with the process.
  void pause(std::chrono::milliseconds span);
  void resume();
  // Syncs at once until nothing is left on either side.  Errors: paused, what the first sync that failed said, the
  // deadline (the rest goes on in the background).
  boost::asio::awaitable<Result<void>> sync_now(std::chrono::milliseconds deadline);
  // The TLS files were changed.
  void reload_tls();

  // The counter's calls.  The error side is trouble of the wire (G53xx: line down, deadline, bad answer); a refusal by
  // the centre is a Problem.
  template <class T>
  struct Answer {
    std::optional<T> value;
    std::optional<protocol::Problem> problem;
  };
  // The snapshot's signature was verified.
  boost::asio::awaitable<Result<Answer<record::Signed>>> person(protocol::Credential credential,
                                                                std::chrono::milliseconds deadline);
  boost::asio::awaitable<Result<Answer<protocol::HoldAnswer>>> hold(protocol::HoldRequest request,
                                                                    std::chrono::milliseconds deadline);
  // What the centre knows of this journal is more than there is: the doubt is on the disk when this returns, and the
  // log goes up without waiting for its moment.  Errors: sealing, disk.
  boost::asio::awaitable<Result<void>> doubt_log();
  // A hold that no entry will use: told to the centre with the next sync.
  void release(std::string hold_id);

  // One sync now, outside the machine's rhythm (commands, tests); not while start() runs it, too.  True where something
  // is left on either side.
  boost::asio::awaitable<Result<bool>> sync_once();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace gongji::link
