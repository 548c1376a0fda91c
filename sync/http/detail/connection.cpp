#include "sync/http/detail/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>

#include "sync/http/detail/digest.h"
#include "sync/http/troubles.h"

namespace gongji::http {
namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
using asio::ip::tcp;
using std::chrono::steady_clock;
namespace {

constexpr std::size_t read_ahead_bytes_max = 64 * 1024;
constexpr unsigned interim_answers_max = 8;  // 1xx before the real one

using Endpoints = std::vector<asio::generic::stream_protocol::endpoint>;

std::string host_to_verify(const ClientOptions& options) {
  return options.tls && !options.tls->host_name.empty() ? options.tls->host_name : options.host;
}

// The call's deadline where it has passed, `otherwise` where only this step was too slow.
Trouble too_slow(const TroubleText& otherwise, const std::string& where, Moment until, const char* step) {
  if (steady_clock::now() >= until) return trouble(troubles::deadline_passed, where, step);
  return trouble(otherwise, where, std::string("timed out: ") + step);
}

void set_option(int socket, int level, int name, int value) {
  // Where the system does not know it, deadlines still hold.
  static_cast<void>(::setsockopt(socket, level, name, &value, sizeof value));
}

// What is sent must be acknowledged within `span`; see Watch for the time when there is nothing to acknowledge.
void give_up_after(int socket, std::chrono::seconds span) {
  set_option(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(span.count() * 1'000));
  set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, 1);
  set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, std::max(1, static_cast<int>(span.count()) - 1));
}

// While an answer is waited for, the system asks once a second whether the peer's machine is there.  Not on an idle
// connection: that would cost a mobile line its volume.
void watch(std::optional<int> socket, bool on) {
  if (socket) set_option(*socket, SOL_SOCKET, SO_KEEPALIVE, on ? 1 : 0);
}

// A look-up runs in the system's resolver, which cannot be cancelled; when it is late it is left alone with its state.
struct LookUp {
  explicit LookUp(const asio::any_io_executor& executor) : resolver(executor), timer(executor) {}
  tcp::resolver resolver;
  asio::steady_timer timer;
  bool done = false;
  error_code failure;
  Endpoints endpoints;
};

asio::awaitable<Result<Endpoints>> look_up(asio::any_io_executor executor, std::string host, std::uint16_t port,
                                           Moment at, Moment until) {
  error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  if (!not_an_address) co_return Endpoints{tcp::endpoint(address, port)};

  auto state = std::make_shared<LookUp>(executor);
  state->timer.expires_at(at);
  state->resolver.async_resolve(host, std::to_string(port),
                                [state](const error_code& failure, const tcp::resolver::results_type& results) {
                                  state->done = true;
                                  state->failure = failure;
                                  for (const auto& entry : results) state->endpoints.emplace_back(entry.endpoint());
                                  state->timer.cancel();
                                });
  if (!state->done) co_await state->timer.async_wait(as_result);
  if (!state->done) co_return too_slow(troubles::name_not_found, host, until, "look-up");
  if (state->failure || state->endpoints.empty()) {
    co_return trouble(troubles::name_not_found, host, state->failure.message());
  }
  co_return std::move(state->endpoints);
}

// Tries each address; a silent one may use only its share of the time, so that the next still gets its turn.
asio::awaitable<error_code> connect_to_one(std::shared_ptr<Wire> wire, Endpoints endpoints, Moment at) {
  error_code failure = asio::error::host_not_found;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const auto left = at - steady_clock::now();
    Socket& socket = wire->socket();
    socket.close(failure);
    socket.open(endpoints[i].protocol(), failure);
    if (failure) continue;
    wire->arm(steady_clock::now() + left / static_cast<int>(endpoints.size() - i));
    auto [connect_failure] = co_await socket.async_connect(endpoints[i], as_result);
    wire->disarm();
    failure = connect_failure;
    if (!failure) break;
  }
  co_return failure;
}

// OpenSSL hands over each ticket the server sends; the newest is kept for the next connection.
int session_index() {
  static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}
int keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* memory = static_cast<ClientMemory*>(SSL_get_ex_data(ssl, session_index()));
  if (memory == nullptr) return 0;
  memory->session.reset(session);
  return 1;
}

bool prepare_tls(SSL* ssl, ClientMemory& memory) {
  if (!expect_host(ssl, host_to_verify(memory.options))) return false;
  expect_valid_at(ssl, *memory.options.tls);
  if (SSL_set_ex_data(ssl, session_index(), &memory) != 1) return false;
  return !memory.session || SSL_set_session(ssl, memory.session.get()) == 1;
}

}  // namespace

Connection::Connection(std::shared_ptr<Wire> wire, std::shared_ptr<ClientMemory> memory)
    : wire_(std::move(wire)),
      memory_(std::move(memory)),
      buffer_(memory_->options.limits.header_bytes_max + read_ahead_bytes_max) {}

asio::awaitable<Result<std::shared_ptr<Connection>>> Connection::open(asio::any_io_executor executor,
                                                                      std::shared_ptr<ClientMemory> memory,
                                                                      Moment until) {
  const ClientOptions& options = memory->options;
  if (options.tls && !memory->tls) {
    if (options.unix_socket) co_return trouble(troubles::tls_options_invalid, "unix_socket", "TLS is for TCP only");
    Result<std::shared_ptr<TlsContext>> loaded = load_tls(*options.tls);
    if (!loaded) co_return loaded.error();
    memory->tls = *loaded;
    SSL_CTX_sess_set_new_cb(memory->tls->ssl.native_handle(), keep_session);
  }

  const Moment at = std::min(until, steady_clock::now() + options.connect_deadline);
  const std::string where =
      options.unix_socket ? *options.unix_socket : options.host + ":" + std::to_string(options.port);
  Endpoints endpoints;
  if (options.unix_socket) {
    if (options.unix_socket->size() >= sizeof(sockaddr_un::sun_path)) {
      co_return trouble(troubles::connect_failed, where, "path too long for a unix socket");
    }
    endpoints.emplace_back(asio::local::stream_protocol::endpoint(*options.unix_socket));
  } else {
    asio::awaitable<Result<Endpoints>> looking = look_up(executor, options.host, options.port, at, until);
    Result<Endpoints> found = co_await std::move(looking);
    if (!found) co_return found.error();
    endpoints = std::move(*found);
  }

  auto wire = std::make_shared<Wire>(Socket(executor));
  asio::awaitable<error_code> connecting = connect_to_one(wire, std::move(endpoints), at);
  const error_code connect_failure = co_await std::move(connecting);
  if (connect_failure == asio::error::operation_aborted) {
    co_return too_slow(troubles::connect_failed, where, until, "connect");
  }
  if (connect_failure) co_return trouble(troubles::connect_failed, where, connect_failure.message());
  error_code ignored;
  if (!options.unix_socket) {
    wire->socket().set_option(tcp::no_delay(true), ignored);
    if (options.dead_after) give_up_after(wire->socket().native_handle(), *options.dead_after);
  }

  std::shared_ptr<Connection> connection(new Connection(wire, memory));
  if (!options.tls) co_return connection;
  wire->use_tls(memory->tls);
  if (!prepare_tls(wire->ssl(), *memory)) co_return trouble(troubles::tls_failed, where, openssl_reason());
  wire->arm(at);
  const error_code failure = co_await wire->handshake(Wire::Side::client);
  wire->disarm();
  if (failure) {
    memory->session.reset();  // whatever was wrong, the next attempt starts from nothing
    if (failure == asio::error::operation_aborted) co_return too_slow(troubles::tls_failed, where, until, "handshake");
    co_return client_tls_trouble(failure, wire->ssl(), host_to_verify(options));
  }
  co_return connection;
}

// From the first byte of a request to the end of its answer; however that comes about, the next one's answer is read.
class Connection::UnderWay {
 public:
  UnderWay(Connection& connection, Moment until)
      : connection_(connection), turn_(std::make_shared<Turn>(connection.wire_->get_executor())) {
    turn_->until = until;
    turn_->reads = connection_.under_way_.empty();
    connection_.under_way_.push_back(turn_);
    if (turn_->reads) watch(watched(), true);
    connection_.arm_for_the_first();
  }
  ~UnderWay() {
    auto& all = connection_.under_way_;
    const bool was_first = all.front() == turn_;
    all.erase(std::find(all.begin(), all.end(), turn_));
    connection_.arm_for_the_first();
    if (all.empty()) watch(watched(), false);
    if (all.empty() || !was_first) return;
    all.front()->reads = true;
    all.front()->timer.cancel();
  }
  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;
  bool reads() const { return turn_->reads; }
  asio::steady_timer& timer() { return turn_->timer; }

 private:
  std::optional<int> watched() const {
    const ClientOptions& options = connection_.memory_->options;
    Socket& socket = connection_.wire_->socket();
    return options.dead_after && !options.unix_socket && socket.is_open() ? std::optional<int>(socket.native_handle())
                                                                          : std::nullopt;
  }
  Connection& connection_;
  std::shared_ptr<Turn> turn_;
};

// The one that must end first; when that is too late, all are.
void Connection::arm_for_the_first() {
  if (under_way_.empty()) return wire_->disarm();
  Moment until = under_way_.front()->until;
  for (const auto& turn : under_way_) until = std::min(until, turn->until);
  wire_->arm(until);
}

asio::awaitable<Exchange> Connection::exchange(const std::string& head, const std::string& body, bool head_only,
                                               Moment until, const std::function<void()>& written) {
  Exchange out;
  UnderWay under_way(*this, until);
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
  auto [write_failure, count] = co_await asio::async_write(*wire_, parts, as_result);
  // A server that refuses a request answers before it has read all of it, so the answer is looked for even when
  // writing failed.
  if (write_failure == asio::error::operation_aborted) {
    out.failure = lost(write_failure, until, "sending");
    abort();
    co_return out;
  }
  if (!write_failure) written();
  if (!under_way.reads()) {
    under_way.timer().expires_at(until);
    co_await under_way.timer().async_wait(as_result);
  }
  if (!under_way.reads() || !wire_->socket().is_open()) {
    out.failure = trouble(troubles::connection_lost, memory_->options.host, "waiting for the answer before");
    abort();
    co_return out;
  }
  asio::awaitable<Exchange> receiving = receive(write_failure, head_only, until);
  out = co_await std::move(receiving);
  if (!out.response) abort();
  co_return out;
}

asio::awaitable<Exchange> Connection::receive(error_code write_failure, bool head_only, Moment until) {
  const ClientLimits& limits = memory_->options.limits;
  Exchange out;
  for (unsigned interim = 0; interim <= interim_answers_max; ++interim) {
    beast_http::response_parser<beast_http::string_body> parser;
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    parser.body_limit(limits.body_bytes_max);
    if (head_only) parser.skip(true);
    auto [failure, count] = co_await beast_http::async_read(*wire_, buffer_, parser, as_result);
    if (failure) {
      // A peer that has gone silent would be silent on a fresh connection, too.
      const bool silent = failure == asio::error::timed_out || write_failure == asio::error::timed_out;
      out.closed_unanswered = !parser.got_some() && buffer_.size() == 0 && interim == 0 && !wire_->expired() && !silent;
      const bool told_why = !write_failure || is_certificate_alert(failure);
      out.failure = lost(told_why ? failure : write_failure, until, "waiting for the answer");
      break;
    }
    auto& message = parser.get();
    if (message.result_int() < 200 && message.result_int() != 101) continue;
    Response response;
    response.status = message.result_int();
    for (const auto& field : message) {
      response.headers.push_back(
          {{field.name_string().data(), field.name_string().size()}, {field.value().data(), field.value().size()}});
    }
    out.keep_alive = message.keep_alive() && !message.need_eof() && !write_failure;
    response.body = std::move(message.body());
    if (memory_->options.digest && !head_only && !digest_agrees(response.headers, response.body)) {
      out.failure = trouble(troubles::response_invalid, memory_->options.host, "it was damaged on the way");
      break;
    }
    out.response = std::move(response);
    break;
  }
  if (!out.response && !out.failure) {
    out.failure = trouble(troubles::response_invalid, memory_->options.host, "only interim answers");
  }
  co_return out;
}

Trouble Connection::lost(const error_code& failure, Moment until, const char* step) const {
  const std::string& host = memory_->options.host;
  if (wire_->expired()) return too_slow(troubles::connection_lost, host, until, step);
  if (failure == beast_http::error::body_limit || failure == beast_http::error::header_limit ||
      failure == beast_http::error::buffer_overflow) {
    return trouble(troubles::response_too_large, host, failure.message());
  }
  if (is_certificate_alert(failure)) return trouble(troubles::certificate_refused, host, failure.message());
  const bool cut_short = failure == beast_http::error::end_of_stream || failure == beast_http::error::partial_message;
  if (failure.category() == error_code(beast_http::error::bad_method).category() && !cut_short) {
    return trouble(troubles::response_invalid, host, failure.message());
  }
  return trouble(troubles::connection_lost, host, std::string(step) + ": " + failure.message());
}

}  // namespace gongji::http
