// link_state.h — what a Link keeps.  Internal to this module.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "offline/record/snapshot.h"
#include "offline/record/verdict.h"
#include "sync/http/client.h"
#include "sync/link/link.h"

namespace gongji::link {

// What goes up with one sync.
struct Batch {
  journal::Journal::Stretch stretch;
  std::uint64_t cursor = 0;  // the feed is in hand up to here
  record::Opening opening;
  std::vector<record::ClosedGrant> closed;
};

// A request that went up, and what is needed of it when its answer comes.
struct Sent {
  Batch batch;  // without its entries
  std::size_t entries = 0;
  std::vector<std::string> released;
  std::set<std::string> known_before;  // holds
  bool behind = false;                 // the answer to the one before it had not come
  bool compact = false;                // one of the entries is
  std::optional<Result<http::Response>> response;
};

// What an answer brought, for the journal.
struct Heard {
  std::uint64_t acknowledged = 0;
  std::vector<record::ClosedGrant> closed;  // that went up with the question, and the centre could free
  record::FeedBatch feed;
};

struct Link::State : std::enable_shared_from_this<State> {
  State(const boost::asio::any_io_executor& on, LinkOptions settings, journal::Writer& writer, const Clock& time,
        Random& dice);

  boost::asio::any_io_executor executor;
  LinkOptions options;
  journal::Writer& journal;
  const Clock& clock;
  http::Client counter;  // somebody waits
  http::Client log;      // in the background
  protocol::Uplink uplink;
  boost::asio::steady_timer timer;
  boost::asio::steady_timer outcome;  // cancelled when a sync has ended
  bool stopping = false;
  bool reached = false;  // the running sync had some answer
  // Of the protocol, as the centre took it last; until it was heard, that which every centre understands.
  std::uint32_t version = protocol::lowest_version;
  bool writes_compact = false;  // the journal was told that the centre reads compact entries
  // Holds obtained by this process that the centre may still list.  A listed hold that is not here was left over by an
  // earlier life of this process; see sync().
  std::set<std::string> known_holds;
  std::set<std::string> to_release;
  unsigned holds_asked = 0;  // questions for a hold that are under way: the centre may list what they will bring
  std::optional<std::chrono::milliseconds> asked_to_wait;
  // What the last sync said, for those who wait for it.
  std::uint64_t ended = 0;
  Result<bool> last = true;
  SteadyTime renew_not_before{};

  // In a drain the journal's thread works while a batch is under way: it takes in what the answer before brought, and
  // reads the batch behind.  One such task at a time; a sync that fails leaves nothing of it.
  bool behind_running = false;
  Result<void> behind = {};  // of the last one that ended
  boost::asio::steady_timer behind_ended;
  std::optional<Batch> read_ahead;  // by the task
  std::optional<Batch> next;        // that goes up with the next sync
  // In a drain one more request goes up while the answer to a sync is waited for: its answer is the next sync's.  A
  // sync that fails forgets it, when its answer has come or cannot come any more.
  std::shared_ptr<Sent> in_front;  // of the running sync, where one may go up behind it
  std::shared_ptr<Sent> ahead;
  boost::asio::steady_timer ahead_ended;

  bool probing = false;  // beside a sync
  boost::asio::steady_timer probe_timer;

  std::atomic<bool> line_up{false};
  mutable std::mutex status_lock;
  LinkStatus status_now;
  std::optional<SteadyTime> paused_until, due;  // guarded by status_lock

  void in_doubt();   // the journal is, and says so itself
  void note_line();  // of the uplink, for line_up() and status()
  void note(const Result<bool>& more);
  void take_rhythm(const record::Terms& terms);
  void note_times();  // of the uplink, for status()
  void heard_version(std::uint32_t taken);

  // One request in this till's versions, or in those of them that know what it says.  Errors: the client's;
  // till_too_old, centre_too_old.
  boost::asio::awaitable<Result<http::Response>> exchange(http::Client& on, std::string target, std::string body,
                                                          std::chrono::milliseconds deadline);
  boost::asio::awaitable<Result<http::Response>> exchange(http::Client& on, std::string target, std::string body,
                                                          std::chrono::milliseconds deadline,
                                                          protocol::Versions speaks);
  // link_sync.cpp.  `goes_on`: another sync follows at once where there is more; else all that was heard is in the
  // journal when this returns.
  boost::asio::awaitable<Result<bool>> sync(bool goes_on);
  std::shared_ptr<Sent> make(Batch batch, bool is_behind, std::string& body);
  boost::asio::awaitable<Result<http::Response>> send(std::string body, bool compact);
  boost::asio::awaitable<Result<bool>> hear(const Sent& sent, Result<http::Response> response, bool goes_on);
  void send_ahead();
  boost::asio::awaitable<void> ahead_task(std::shared_ptr<Sent> sent, std::string body);
  boost::asio::awaitable<Result<http::Response>> answer_to(std::shared_ptr<Sent> sent);
  boost::asio::awaitable<void> forget_ahead();
  // link_journal.cpp
  boost::asio::awaitable<Result<Batch>> read_batch(std::optional<journal::Journal::Stretch> behind_of);
  boost::asio::awaitable<Result<void>> take_in(const Heard& heard);
  void work_behind(std::optional<Heard> heard, const journal::Journal::Stretch& read_behind_of);
  boost::asio::awaitable<void> behind_task(std::optional<Heard> heard, journal::Journal::Stretch start);
  boost::asio::awaitable<Result<void>> settle();  // waits for the task
  bool pass_over_unsigned_terms(record::FeedBatch& feed);
  boost::asio::awaitable<Result<void>> leave_epoch(journal::Doubt found);
  boost::asio::awaitable<void> loop();
  // link_probe.cpp
  void probe_beside_sync();
  boost::asio::awaitable<void> probe_task();
  // link_files.cpp.  Files that the feed tells of are here before it counts as applied.
  boost::asio::awaitable<Result<void>> take_files(const record::FeedBatch& feed);
  boost::asio::awaitable<Result<std::optional<std::string>>> fetch_rules(record::RulesNotice notice);
  boost::asio::awaitable<void> renew(WallTime now);
  void reload_tls();

  template <class T>
  boost::asio::awaitable<Result<Answer<T>>> ask(std::string target, std::string body,
                                                std::chrono::milliseconds deadline,
                                                Result<T> (*read)(std::string_view));
};

// The centre's word of refusal.
Trouble refusal_of(const http::Response& response, std::string path = {});

}  // namespace gongji::link
