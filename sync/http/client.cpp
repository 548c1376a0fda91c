#include "sync/http/client.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <utility>

#include "sync/http/detail/connection.h"
#include "sync/http/detail/digest.h"
#include "sync/http/detail/head.h"
#include "sync/http/troubles.h"

namespace gongji::http {
namespace asio = boost::asio;
namespace {

constexpr std::size_t one_packet_bytes_max = 16 * 1024;  // up to here head and body leave in one write

}  // namespace

class Client::Impl : public std::enable_shared_from_this<Client::Impl> {
 public:
  Impl(const asio::any_io_executor& executor, ClientOptions options)
      : strand_(asio::make_strand(executor)), memory_(std::make_shared<ClientMemory>()) {
    memory_->options = std::move(options);
  }

  static asio::awaitable<Result<Response>> call(std::shared_ptr<Impl> self, Request request,
                                                std::chrono::milliseconds deadline) {
    const Moment until = std::chrono::steady_clock::now() + deadline;
    const asio::any_io_executor strand = self->strand_;
    auto step = on_strand(strand, in_turn(std::move(self), std::move(request), until));
    Result<Response> response = co_await std::move(step);
    co_return response;
  }

  // An empty answer where there is a connection.
  static asio::awaitable<Result<Response>> connect(std::shared_ptr<Impl> self, std::chrono::milliseconds deadline) {
    const Moment until = std::chrono::steady_clock::now() + deadline;
    const asio::any_io_executor strand = self->strand_;
    auto step = on_strand(strand, connect_in_turn(std::move(self), until));
    Result<Response> done = co_await std::move(step);
    co_return done;
  }

  static asio::awaitable<Result<Response>> on_strand(asio::any_io_executor strand,
                                                     asio::awaitable<Result<Response>> work) {
    // Asio 1.81 hands a cancellation on to another executor by a pointer that may dangle when it is used there. Brought
    // there first, it is used at once.
    const auto cancel = std::make_shared<asio::cancellation_signal>();
    asio::cancellation_slot asked = (co_await asio::this_coro::cancellation_state).slot();
    if (asked.is_connected()) {
      asked.assign([cancel, strand](asio::cancellation_type type) {
        asio::post(strand, [cancel, type] { cancel->emit(type); });
      });
    }
    auto token = asio::bind_cancellation_slot(cancel->slot(), asio::use_awaitable);
    Result<Response> done = co_await asio::co_spawn(strand, std::move(work), std::move(token));
    asked.clear();
    co_return done;
  }

  // A connection belongs to the age it was opened in and is never used in a later one.
  void drop() {
    ++age_;
    asio::post(strand_, [self = shared_from_this()] { self->close_kept_if_old(); });
  }

  void reload_tls() {
    ++age_;
    asio::post(strand_, [self = shared_from_this()] {
      self->close_kept_if_old();
      // A call that runs now keeps the old memory to its end.
      auto fresh = std::make_shared<ClientMemory>();
      fresh->options = self->memory_->options;
      self->memory_ = std::move(fresh);
    });
  }

  bool connected() const { return connected_age_ == age_; }

  ClientCounters counters() const {
    ClientCounters out;
    out.calls = calls_;
    out.connections = connections_;
    out.full_handshakes = full_handshakes_;
    out.resumed_handshakes = resumed_handshakes_;
    out.retries = retries_;
    return out;
  }

 private:
  static constexpr std::uint64_t no_age = 0;

  struct Waiter {
    explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
    bool granted = false;
  };

  // The right to send, and one of the places under way; passed on to the next in the queue when it dies, however that
  // comes about.
  class Turn {
   public:
    Turn(Impl& owner, Moment until) : owner_(owner), waiter_(std::make_shared<Waiter>(owner.strand_)) {
      waiter_->timer.expires_at(until);
      owner_.waiting_.push_back(waiter_);
      owner_.grant();
    }
    ~Turn() {
      if (!waiter_->granted) {
        auto& waiting = owner_.waiting_;
        waiting.erase(std::remove(waiting.begin(), waiting.end(), waiter_), waiting.end());
        return;
      }
      --owner_.under_way_;
      written();
      owner_.grant();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    bool granted() const { return waiter_->granted; }
    asio::steady_timer& timer() { return waiter_->timer; }
    // Once more; false where another one was sent behind it, or is about to be.
    bool again() {
      if (!is_written_) return true;
      if (owner_.sending_) return false;
      owner_.sending_ = true;
      is_written_ = false;
      return true;
    }
    // Another one may be sent behind this.
    void written() {
      if (std::exchange(is_written_, true)) return;
      owner_.sending_ = false;
      owner_.grant();
    }

   private:
    Impl& owner_;
    std::shared_ptr<Waiter> waiter_;
    bool is_written_ = false;
  };

  void grant() {
    if (sending_ || waiting_.empty() || under_way_ >= memory_->options.under_way_max) return;
    const std::shared_ptr<Waiter> next = std::move(waiting_.front());
    waiting_.pop_front();
    sending_ = true;
    ++under_way_;
    next->granted = true;
    next->timer.cancel();
  }

  // A place in the queue, or no need of one.
  Result<void> room_to_wait() const {
    const ClientOptions& options = memory_->options;
    const bool waits = sending_ || under_way_ >= options.under_way_max;
    if (!waits || waiting_.size() < options.limits.waiting_max) return {};
    return trouble(troubles::too_many_calls, options.host, "limit " + std::to_string(options.limits.waiting_max));
  }

  Trouble too_late_for_a_turn() const {
    return trouble(troubles::deadline_passed, memory_->options.host, "waiting for its turn");
  }

  static asio::awaitable<Result<Response>> in_turn(std::shared_ptr<Impl> self, Request request, Moment until) {
    ++self->calls_;
    const std::shared_ptr<ClientMemory> memory = self->memory_;
    const ClientOptions& options = memory->options;
    if (options.digest) {
      request.headers.push_back({std::string(digest_header), content_digest(request.body)});
      request.headers.push_back({std::string(wanted_digest_header), std::string(wanted_digest)});
    }
    std::optional<std::string> head = request_head(request, host_header(options));
    if (!head) co_return trouble(troubles::request_invalid, options.host);
    if (auto room = self->room_to_wait(); !room) co_return room.error();
    Turn turn(*self, until);
    if (!turn.granted()) co_await turn.timer().async_wait(as_result);
    if (!turn.granted()) co_return self->too_late_for_a_turn();
    const bool head_only = request.method == "HEAD";
    if (head->size() + request.body.size() <= one_packet_bytes_max) *head += std::exchange(request.body, {});
    Result<Response> response = co_await self->send(*head, request.body, head_only, until, turn);
    co_return response;
  }

  static asio::awaitable<Result<Response>> connect_in_turn(std::shared_ptr<Impl> self, Moment until) {
    if (auto room = self->room_to_wait(); !room) co_return room.error();
    Turn turn(*self, until);
    if (!turn.granted()) co_await turn.timer().async_wait(as_result);
    if (!turn.granted()) co_return self->too_late_for_a_turn();
    const std::uint64_t age = self->age_;
    std::shared_ptr<Connection> connection = self->take_kept(age);
    if (!connection) {
      auto opening = self->open(until);
      auto opened = co_await std::move(opening);
      if (!opened) co_return opened.error();
      connection = std::move(*opened);
    }
    if (age == self->age_) self->keep(std::move(connection), age);
    co_return Response();
  }

  asio::awaitable<Result<std::shared_ptr<Connection>>> open(Moment until) {
    asio::awaitable<Result<std::shared_ptr<Connection>>> opening = Connection::open(strand_, memory_, until);
    Result<std::shared_ptr<Connection>> opened = co_await std::move(opening);
    if (opened) count(**opened);
    co_return opened;
  }

  asio::awaitable<Result<Response>> send(const std::string& head, const std::string& body, bool head_only, Moment until,
                                         Turn& turn) {
    const std::shared_ptr<ClientMemory> memory = memory_;
    const std::function<void()> written = [&turn] { turn.written(); };
    for (bool again = false;; again = true) {
      const std::uint64_t age = age_;
      std::shared_ptr<Connection> connection = take_kept(age);
      const bool fresh = connection == nullptr;
      if (fresh) {
        auto opening = open(until);
        auto opened = co_await std::move(opening);
        if (!opened) co_return opened.error();
        connection = std::move(*opened);
      }
      keep(connection, age);
      Exchange done = co_await connection->exchange(head, body, head_only, until, written);
      if (done.response) {
        if (!done.keep_alive || age != age_) forget(connection);
        co_return std::move(*done.response);
      }
      const bool one_is_behind = connection->busy();
      connection->abort();
      forget(connection);
      const bool stale = memory->options.retry_stale && done.closed_unanswered && !fresh && !again;
      if (!stale || one_is_behind || !turn.again()) co_return std::move(*done.failure);
      ++retries_;
    }
  }

  // The kept connection if it is of this age and the peer has not closed it meanwhile.  One that is under way is good
  // for one more.
  std::shared_ptr<Connection> take_kept(std::uint64_t age) {
    std::shared_ptr<Connection> connection = kept_;
    if (!connection) return nullptr;
    if (kept_age_ == age && (connection->busy() || connection->usable())) return connection;
    if (!connection->busy()) connection->abort();
    forget(connection);
    return nullptr;
  }

  void keep(std::shared_ptr<Connection> connection, std::uint64_t age) {
    kept_ = std::move(connection);
    kept_age_ = age;
    connected_age_ = age;
  }

  void forget(const std::shared_ptr<Connection>& connection) {
    if (kept_ != connection) return;
    kept_.reset();
    connected_age_ = no_age;
  }

  void close_kept_if_old() {
    if (!kept_ || kept_age_ == age_) return;
    if (!kept_->busy()) kept_->abort();
    forget(std::shared_ptr<Connection>(kept_));
  }

  void count(const Connection& connection) {
    ++connections_;
    if (!memory_->options.tls) return;
    ++(connection.resumed() ? resumed_handshakes_ : full_handshakes_);
  }

  static std::string host_header(const ClientOptions& options) {
    if (options.unix_socket) return "localhost";
    const bool v6 = options.host.find(':') != std::string::npos;
    return (v6 ? "[" + options.host + "]" : options.host) + ":" + std::to_string(options.port);
  }

  asio::strand<asio::any_io_executor> strand_;
  std::shared_ptr<ClientMemory> memory_;
  bool sending_ = false;  // somebody opens a connection, or writes
  std::size_t under_way_ = 0;
  std::deque<std::shared_ptr<Waiter>> waiting_;
  std::shared_ptr<Connection> kept_;
  std::uint64_t kept_age_ = no_age;

  std::atomic<std::uint64_t> age_ = 1;
  std::atomic<std::uint64_t> connected_age_ = no_age;
  std::atomic<std::uint64_t> calls_ = 0;
  std::atomic<std::uint64_t> connections_ = 0;
  std::atomic<std::uint64_t> full_handshakes_ = 0;
  std::atomic<std::uint64_t> resumed_handshakes_ = 0;
  std::atomic<std::uint64_t> retries_ = 0;
};

Client::Client(const asio::any_io_executor& executor, ClientOptions options)
    : impl_(std::make_shared<Impl>(executor, std::move(options))) {}
Client::~Client() {
  impl_->drop();
}

asio::awaitable<Result<Response>> Client::call(Request request, std::chrono::milliseconds deadline) {
  return Impl::call(impl_, std::move(request), deadline);
}

asio::awaitable<Result<void>> Client::connect(std::chrono::milliseconds deadline) {
  const auto impl = impl_;
  auto step = Impl::connect(impl, deadline);
  const Result<Response> there = co_await std::move(step);
  if (!there) co_return there.error();
  co_return Result<void>();
}

void Client::drop() {
  impl_->drop();
}
bool Client::connected() const {
  return impl_->connected();
}
void Client::reload_tls() {
  impl_->reload_tls();
}
ClientCounters Client::counters() const {
  return impl_->counters();
}

Result<Response> call_and_wait(ClientOptions options, Request request, std::chrono::milliseconds deadline) {
  asio::io_context context(1);
  Client client(context.get_executor(), std::move(options));
  std::optional<Result<Response>> answer;
  asio::co_spawn(context, client.call(std::move(request), deadline),
                 [&](const std::exception_ptr& bug, Result<Response> result) {
                   if (bug) std::rethrow_exception(bug);
                   answer = std::move(result);
                   context.stop();  // a late name look-up is not waited for
                 });
  context.run();
  return std::move(*answer);
}

}  // namespace gongji::http
