#include "sync/http/server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <cerrno>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "sync/http/detail/session.h"
#include "sync/http/troubles.h"

namespace gongji::http {
namespace asio = boost::asio;
using asio::ip::tcp;
using local = asio::local::stream_protocol;
namespace {

// Connections above connections_max that are still told why; those above these are closed without a word.
constexpr std::size_t refusals_max = 16;
// When the process has no descriptor left, trying again at once would only burn the processor.
constexpr std::chrono::milliseconds accept_again{100};

Trouble cannot_listen(const std::string& where, const error_code& failure) {
  return trouble(troubles::listen_failed, where, failure.message());
}

Result<tcp::acceptor> listen_tcp(const asio::any_io_executor& executor, const ServerOptions& options) {
  const std::string where = options.address + ":" + std::to_string(options.port);
  error_code failure;
  const auto address = asio::ip::make_address(options.address, failure);
  if (failure) return cannot_listen(where, failure);
  const tcp::endpoint endpoint(address, options.port);
  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), failure);
  if (!failure) acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
  if (!failure) acceptor.bind(endpoint, failure);
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) return cannot_listen(where, failure);
  return acceptor;
}

// A socket file that nobody answers on was left by a process that died.
void remove_dead_socket(const asio::any_io_executor& executor, const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISSOCK(found.st_mode)) return;
  error_code failure;
  local::socket probe(executor);
  probe.connect(local::endpoint(path), failure);
  if (failure == asio::error::connection_refused) ::unlink(path.c_str());
}

Result<local::acceptor> listen_unix(const asio::any_io_executor& executor, const std::string& path) {
  if (path.size() >= sizeof(sockaddr_un::sun_path)) {
    return trouble(troubles::listen_failed, path, "path too long for a unix socket");
  }
  remove_dead_socket(executor, path);
  error_code failure;
  local::acceptor acceptor(executor);
  acceptor.open(local(), failure);
  if (!failure) acceptor.bind(local::endpoint(path), failure);
  if (!failure && ::chmod(path.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) != 0) {
    failure.assign(errno, boost::system::system_category());
  }
  if (!failure) acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (failure) return cannot_listen(path, failure);
  return acceptor;
}

Session::Peer peer_of(const tcp::socket& socket) {
  error_code failure;
  const auto peer = socket.remote_endpoint(failure);
  if (failure) return {};
  auto address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  if (address.is_v4()) return {address.to_string(), address.is_loopback()};
  const auto bytes = address.to_v6().to_bytes();
  return {std::string(bytes.begin(), bytes.begin() + 8), address.is_loopback()};  // one customer has a /64
}
Session::Peer peer_of(const local::socket&) {
  return {{}, true};
}

void no_delay(tcp::socket& socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
}
void no_delay(local::socket&) {}

}  // namespace

class Server::Impl : public std::enable_shared_from_this<Server::Impl> {
 public:
  Impl(asio::io_context& context, ServerOptions options, Handler handler, std::shared_ptr<TlsContext> tls)
      : options_(std::move(options)),
        context_(context),
        strand_(asio::make_strand(context)),
        stop_timer_(strand_),
        service_(std::make_shared<Service>(options_.limits)),
        tls_(std::move(tls)) {
    service_->handler = std::move(handler);
    service_->on_handler_failure = options_.on_handler_failure;
  }

  Result<void> open() {
    if (options_.unix_socket) {
      Result<local::acceptor> acceptor = listen_unix(strand_, *options_.unix_socket);
      if (!acceptor) return acceptor.error();
      acceptor_.emplace<local::acceptor>(std::move(*acceptor));
      asio::co_spawn(strand_, accept_loop<local::acceptor>(shared_from_this()), asio::detached);
    } else {
      Result<tcp::acceptor> acceptor = listen_tcp(strand_, options_);
      if (!acceptor) return acceptor.error();
      port_ = acceptor->local_endpoint().port();
      acceptor_.emplace<tcp::acceptor>(std::move(*acceptor));
      asio::co_spawn(strand_, accept_loop<tcp::acceptor>(shared_from_this()), asio::detached);
    }
    return {};
  }

  void stop() {
    service_->stopping = true;
    asio::post(strand_, [self = shared_from_this()] {
      self->close_acceptor();
      for (const auto& session : self->open_sessions()) session->finish();
      if (self->stop_armed_) return;
      self->stop_armed_ = true;
      self->watch_the_end(std::chrono::steady_clock::now() + self->options_.limits.stop);
    });
  }

  void close() {
    service_->stopping = true;
    asio::post(strand_, [self = shared_from_this()] {
      self->close_acceptor();
      self->stop_timer_.cancel();
      for (const auto& session : self->open_sessions()) session->abort();
    });
  }

  Result<void> reload_tls() {
    if (!options_.tls) return {};
    Result<std::shared_ptr<TlsContext>> loaded = load_tls(*options_.tls);
    if (!loaded) return loaded.error();
    const std::lock_guard lock(service_->mutex);
    tls_ = *loaded;
    return {};
  }

  std::size_t connections() const {
    const std::lock_guard lock(service_->mutex);
    return service_->sessions.size();
  }

  std::uint16_t port() const { return port_; }

 private:
  template <class Acceptor>
  static asio::awaitable<void> accept_loop(std::shared_ptr<Impl> self) {
    auto& acceptor = std::get<Acceptor>(self->acceptor_);
    asio::steady_timer pause(self->strand_);
    while (acceptor.is_open()) {
      const asio::any_io_executor connection_strand = asio::make_strand(self->context_);
      auto [failure, socket] = co_await acceptor.async_accept(connection_strand, as_result);
      if (!failure) {
        self->begin(std::move(socket));
      } else if (acceptor.is_open()) {
        pause.expires_after(accept_again);
        co_await pause.async_wait(as_result);
      }
    }
  }

  template <class AcceptedSocket>
  void begin(AcceptedSocket socket) {
    const std::size_t open = connections();
    const std::size_t most = options_.limits.connections_max;
    if (open >= most + refusals_max || service_->stopping) return;
    Session::Peer peer = peer_of(socket);
    if (!service_->crowd.admit_stranger(peer.address)) return;
    no_delay(socket);
    std::shared_ptr<TlsContext> tls;
    {
      const std::lock_guard lock(service_->mutex);
      tls = tls_;
    }
    Session::start(Session::make(service_, Socket(std::move(socket)), std::move(tls), std::move(peer), open >= most));
  }

  void close_acceptor() {
    error_code ignored;
    if (auto* acceptor = std::get_if<tcp::acceptor>(&acceptor_)) acceptor->close(ignored);
    if (auto* acceptor = std::get_if<local::acceptor>(&acceptor_); acceptor != nullptr && acceptor->is_open()) {
      ::unlink(options_.unix_socket->c_str());
      acceptor->close(ignored);
    }
  }

  // Looks again every little while, so that the io_context runs out of work as soon as the last session has ended.
  void watch_the_end(Moment last_call) {
    const bool late = std::chrono::steady_clock::now() >= last_call;
    const auto sessions = open_sessions();
    if (sessions.empty()) return;
    if (late) {
      for (const auto& session : sessions) session->abort();
      return;
    }
    stop_timer_.expires_at(std::min(last_call, std::chrono::steady_clock::now() + std::chrono::milliseconds(20)));
    stop_timer_.async_wait([weak = weak_from_this(), last_call](const error_code& failure) {
      const auto self = weak.lock();
      if (self && !failure) self->watch_the_end(last_call);
    });
  }

  std::vector<std::shared_ptr<Session>> open_sessions() const {
    std::vector<std::shared_ptr<Session>> open;
    const std::lock_guard lock(service_->mutex);
    open.reserve(service_->sessions.size());
    for (const auto& [key, weak] : service_->sessions) {
      if (auto session = weak.lock()) open.push_back(std::move(session));
    }
    return open;
  }

  ServerOptions options_;
  asio::io_context& context_;
  asio::strand<asio::io_context::executor_type> strand_;  // of the acceptor and the stop timer
  asio::steady_timer stop_timer_;
  std::shared_ptr<Service> service_;
  std::shared_ptr<TlsContext> tls_;  // guarded by service_->mutex
  std::variant<std::monostate, tcp::acceptor, local::acceptor> acceptor_;
  std::uint16_t port_ = 0;
  bool stop_armed_ = false;
};

Result<std::unique_ptr<Server>> Server::listen(asio::io_context& context, ServerOptions options, Handler handler) {
  std::shared_ptr<TlsContext> tls;
  if (options.tls) {
    if (options.unix_socket) return trouble(troubles::tls_options_invalid, "unix_socket", "TLS is for TCP only");
    Result<std::shared_ptr<TlsContext>> loaded = load_tls(*options.tls);
    if (!loaded) return loaded.error();
    tls = *loaded;
  }
  auto impl = std::make_shared<Impl>(context, std::move(options), std::move(handler), std::move(tls));
  if (Result<void> opened = impl->open(); !opened) return opened.error();
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

Server::Server(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() {
  impl_->close();
}
std::uint16_t Server::port() const {
  return impl_->port();
}
Result<void> Server::reload_tls() {
  return impl_->reload_tls();
}
void Server::stop() {
  impl_->stop();
}
std::size_t Server::connections() const {
  return impl_->connections();
}

}  // namespace gongji::http
