// session.h — one accepted connection: its requests, one after the other.
//
// Thread safety: run() and everything it does stay on the connection's strand; finish() and abort() may be called from
// any thread.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "sync/http/detail/crowd.h"
#include "sync/http/detail/wire.h"
#include "sync/http/server.h"

namespace gongji::http {

class Session;

// What the sessions of one server share.  The limits and the functions never change; the rest is guarded or atomic.
struct Service {
  explicit Service(const Limits& given)
      : limits(given),
        crowd({limits.strangers_max, limits.strangers_per_address_max, limits.connections_per_peer_max,
               limits.bodies_bytes_max}) {}
  const Limits limits;
  Crowd crowd;
  Handler handler;
  std::function<void(std::string_view)> on_handler_failure;
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::unordered_map<Session*, std::weak_ptr<Session>> sessions;
};

class Session : public std::enable_shared_from_this<Session> {
 public:
  struct Peer {
    std::string address;  // its stranger was admitted by the crowd, which is told when it is none any more
    bool loopback = false;
  };
  // `tls` is null for a plain connection.  `refused`: the server is full, every request is answered 503.
  // Registers itself with the service until it is destroyed.
  static std::shared_ptr<Session> make(const std::shared_ptr<Service>& service, Socket socket,
                                       std::shared_ptr<TlsContext> tls, Peer peer, bool refused);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  static void start(const std::shared_ptr<Session>& session);
  void finish();  // ends at the next pause between requests, at once if that is now
  void abort();   // closes at once and cancels the handler
  // Since when nobody has asked anything; nothing while a request is handled.  Any thread.
  std::optional<Moment> idle_since() const;

 private:
  using HeaderParser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

  // Bytes of a request's body that are in memory, until it was handled: who has the answer may send the next.
  class Held {
   public:
    explicit Held(Crowd& crowd) : crowd_(crowd) {}
    ~Held() { give_back(); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    bool take(std::size_t bytes) {
      if (!crowd_.take_bytes(bytes)) return false;
      bytes_ += bytes;
      return true;
    }
    void give_back() { crowd_.give_back_bytes(std::exchange(bytes_, 0)); }

   private:
    Crowd& crowd_;
    std::size_t bytes_ = 0;
  };

  struct Refusal {
    unsigned status;
    Trouble what;
  };
  // A request as it came.
  struct Incoming {
    explicit Incoming(Crowd& crowd) : held(crowd) {}
    Request request;
    Held held;
    bool old_version = false, head_only = false, asked_to_keep = false;
    std::optional<Refusal> refusal;  // in place of a whole request
  };
  // A request whose answer has not left (under_way_max above 1).
  struct Turn {
    explicit Turn(Crowd& crowd) : in(crowd) {}
    Incoming in;
    bool last = false;  // the connection ends behind its answer
    bool digest_wanted = false, thrown = false;
    std::optional<Response> response;
    boost::asio::cancellation_signal cancel;
  };

  Session(std::shared_ptr<Service> service, Socket socket, Peer peer, bool refused);

  static boost::asio::awaitable<void> run(std::shared_ptr<Session> self);
  boost::asio::awaitable<bool> shake_hands();
  boost::asio::awaitable<bool> wait_for_request();    // false: nobody asks any more
  boost::asio::awaitable<bool> serve_one(bool last);  // false: the connection ends behind this answer
  std::size_t body_limit(std::string_view target) const;
  // False: refused, or the connection is lost.
  boost::asio::awaitable<bool> read(Incoming& in);
  boost::asio::awaitable<bool> read_body(HeaderParser& header, Incoming& in);
  boost::asio::awaitable<Response> handle(Request request, bool& thrown);
  boost::asio::awaitable<bool> answer(Response response, bool keep_alive, bool head_only, bool old_version);
  boost::asio::awaitable<bool> write(std::string head, std::string body);
  boost::asio::awaitable<bool> stream(std::string head, Response::Chunks chunks, bool framed);
  boost::asio::awaitable<void> refuse(Refusal refusal);
  std::optional<Refusal> why_refused(boost::system::error_code failure, std::size_t body_limit) const;
  void arm_reading(std::chrono::milliseconds span);
  void note_idle();
  // session_ahead.cpp: requests are read, handled and answered side by side.
  boost::asio::awaitable<void> serve_ahead(std::shared_ptr<Session> self);
  static boost::asio::awaitable<void> read_ahead(std::shared_ptr<Session> self);
  static boost::asio::awaitable<void> take_turn(std::shared_ptr<Session> self, std::shared_ptr<Turn> turn);
  boost::asio::awaitable<bool> answer_first();  // false: the connection ends
  boost::asio::awaitable<void> something_happens();
  void happened();

  std::shared_ptr<Service> service_;
  std::shared_ptr<Wire> wire_;
  boost::asio::cancellation_signal cancel_;
  boost::beast::flat_buffer buffer_;
  bool tls_ = false;
  Peer peer_;
  bool refused_;
  bool stranger_ = true;
  bool ending_ = false;   // after the request that is under way
  bool waiting_ = false;  // for the first byte of a request
  bool reading_ = false;  // behind that byte
  bool idle_ = false;     // and nothing is under way
  std::deque<std::shared_ptr<Turn>> turns_;
  bool reader_ended_ = false, closing_ = false;
  bool answering_ = false;  // the wire's deadline is the answer's; a reader's is `read_by_`, behind it
  Moment read_by_;
  boost::asio::steady_timer happened_;
  std::atomic<Moment::rep> idle_since_ = 0;  // 0: busy
  bool peer_may_still_send_ = true;          // then close() lingers
  std::string peer_name_;
  std::string peer_fingerprint_;
};

}  // namespace gongji::http
