#include "sync/http/detail/wire.h"

#include <sys/socket.h>

#include <boost/asio/buffer.hpp>

#include <array>
#include <cerrno>

namespace gongji::http {
namespace asio = boost::asio;
namespace {

// A cancel can fall between two steps of a composed operation and miss both, so it is repeated.
constexpr std::chrono::milliseconds cancel_again{20};
// How long we wait for the peer's goodbye after ours; the answer is worth nothing, the courtesy is.
constexpr std::chrono::milliseconds goodbye{100};

}  // namespace

Wire::Wire(Socket socket) : socket_(std::move(socket)), timer_(socket_.get_executor()) {}

Wire::~Wire() {
  // OpenSSL spoils the session of a connection that ended without goodbyes.  A line that dropped is just when resuming
  // helps, and HTTP's own framing already tells a whole answer from a cut one.
  if (tls_) SSL_set_shutdown(tls_->native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void Wire::use_tls(std::shared_ptr<TlsContext> context) {
  context_ = std::move(context);
  tls_ = std::make_unique<TlsStream>(socket_, context_->ssl.native_handle());
}

asio::awaitable<error_code> Wire::handshake(Side side) {
  if (side == Side::client) SSL_set_connect_state(ssl());
  if (side == Side::server) SSL_set_accept_state(ssl());
  auto [failure, count] = co_await tls_->async_step(TlsStream::Act::shake_hands, nullptr, 0, as_result);
  co_return failure;
}

void Wire::arm(Moment at) {
  expired_ = false;
  timer_.expires_at(at);
  wait(++generation_);
}

void Wire::disarm() {
  ++generation_;
  timer_.cancel();
}

void Wire::wait(std::uint64_t generation) {
  timer_.async_wait([weak = weak_from_this(), generation](const error_code& failure) {
    const std::shared_ptr<Wire> self = weak.lock();
    if (!self || failure || self->generation_ != generation) return;
    self->expired_ = true;
    error_code ignored;
    self->socket_.cancel(ignored);
    self->timer_.expires_after(cancel_again);
    self->wait(generation);
  });
}

bool Wire::quiet() {
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

asio::awaitable<void> Wire::close(std::chrono::milliseconds linger) {
  if (tls_) {
    arm(goodbye);
    co_await tls_->async_step(TlsStream::Act::say_goodbye, nullptr, 0, as_result);
  }
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  if (linger.count() > 0) {
    arm(linger);
    std::array<char, 16 * 1024> forgotten{};
    while (!expired_) {
      auto [failure, count] = co_await socket_.async_read_some(asio::buffer(forgotten), as_result);
      if (failure || count == 0) break;
    }
  }
  abort();
}

void Wire::abort() {
  disarm();
  error_code ignored;
  socket_.close(ignored);
}

}  // namespace gongji::http
