#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "offline/base/check.h"
#include "sync/http/certificates.h"

namespace gongji::http::test {
namespace asio = boost::asio;
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void set_patience(int descriptor) {
  const timeval limit{patience.count() / 1000, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

struct MadePki : Pki {
  MadePki() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gongji-http-XXXXXX").string();
    GONGJI_CHECK(::mkdtemp(pattern.data()) != nullptr);
    folder = pattern;
    const WallTime now = system_clock().wall();
    const WallTime long_ago{now.ms - 1000LL * 86'400 * 400};
    const Identity ca = make_ca("Test Region CA", 1, now, 10).value();
    const Identity other = make_ca("Another CA", 2, now, 10).value();
    const Identity old_ca = make_ca("Test Region CA", 9, long_ago, 800).value();
    ca_sm3_hex = sm3_fingerprint(ca.certificate_pem).value();
    save("ca.pem", ca.certificate_pem);
    save("old-ca.pem", old_ca.certificate_pem);
    save_pair("server", issue_server(ca, {"localhost", "127.0.0.1"}, 3, now, 10).value());
    save_pair("elsewhere", issue_server(ca, {"elsewhere.example"}, 4, now, 10).value());
    save_pair("expired", issue_server(old_ca, {"localhost", "127.0.0.1"}, 5, long_ago, 10).value());
    const SigningRequest till = make_signing_request("ignored").value();
    const std::string certificate = issue_client(ca, till.csr_pem, "till-7", 6, now, 10).value();
    till_sha256_hex = sha256_fingerprint(certificate).value();
    save_pair("till", {certificate, till.key_pem});
    const SigningRequest stranger_request = make_signing_request("stranger").value();
    save_pair("stranger", {issue_client(other, stranger_request.csr_pem, "stranger", 7, now, 10).value(),
                           stranger_request.key_pem});
  }
  ~MadePki() {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
  MadePki(const MadePki&) = delete;
  MadePki& operator=(const MadePki&) = delete;
  void save(const std::string& name, const std::string& text) { write_private_file(file(name), text).value(); }
  void save_pair(const std::string& name, const Identity& identity) {
    save(name + ".pem", identity.certificate_pem);
    save(name + ".key", identity.key_pem.reveal());
  }
};

}  // namespace

bool eventually(const std::function<bool()>& condition) {
  const auto last_call = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > last_call) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

Running::Running() : work_(context_.get_executor()) {
  for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { context_.run(); });
}

Running::~Running() {
  context_.stop();
  for (std::thread& thread : threads_) thread.join();
}

std::future<Result<Response>> Running::begin(Client& client, Request request, milliseconds deadline) {
  auto promise = std::make_shared<std::promise<Result<Response>>>();
  asio::co_spawn(context_, client.call(std::move(request), deadline),
                 [promise](const std::exception_ptr& bug, Result<Response> answer) {
                   if (bug) {
                     promise->set_exception(bug);
                   } else {
                     promise->set_value(std::move(answer));
                   }
                 });
  return promise->get_future();
}

Result<Response> Running::ask(Client& client, Request request, milliseconds deadline) {
  return begin(client, std::move(request), deadline).get();
}

Handler Desk::handler() {
  return [this](Request request) -> asio::awaitable<Response> {
    ++served_;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    const std::string path(request.path());
    if (path == "/echo") co_return Response::text(200, std::move(request.body));
    if (path == "/who") {
      co_return Response::text(
          200, request.peer_name + "|" + request.peer_fingerprint + "|" + (request.loopback ? "loopback" : "far"));
    }
    if (path == "/behind") co_return Response::text(200, request.behind ? "behind another" : "alone");
    if (path == "/throw") throw std::runtime_error("the handler has a bug");
    if (path == "/big") co_return Response::text(200, std::string(100'000, 'b'));
    if (path == "/bad-header") {
      Response response = Response::text(200, "never seen");
      response.headers.push_back({"X-Note", "a\r\nSet-Cookie: stolen=1"});
      co_return response;
    }
    if (path == "/pieces") {
      Response response;
      response.chunks = [left = 3]() mutable -> asio::awaitable<std::optional<std::string>> {
        if (left == 0) co_return std::nullopt;
        co_return "piece " + std::to_string(left--) + "\n";
      };
      co_return response;
    }
    if (path == "/hold" || path == "/forever") {
      ++holding_;
      while (path == "/forever" || !released_) {
        pause.expires_after(milliseconds(1));
        co_await pause.async_wait(asio::use_awaitable);
      }
      co_return Response::text(200, "released");
    }
    co_return Response::json(404, "{}");
  };
}

// With GONGJI_TEST_UNDER_WAY every case is one of connections that read ahead (`http-ahead`).
std::unique_ptr<Server> serve(Running& running, Desk& desk, ServerOptions options) {
  const char* under_way = std::getenv("GONGJI_TEST_UNDER_WAY");
  if (under_way != nullptr) options.limits.under_way_max = std::strtoul(under_way, nullptr, 10);
  return std::move(Server::listen(running.context(), std::move(options), desk.handler())).value();
}

ClientOptions client_of(const Server& server) {
  ClientOptions options;
  options.port = server.port();
  return options;
}

Request get(std::string target) {
  Request request;
  request.target = std::move(target);
  return request;
}

Request post(std::string target, std::string body) {
  Request request;
  request.method = "POST";
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

TlsServer Pki::server(bool mutual) const {
  return {file("server.pem"), file("server.key"), mutual ? file("ca.pem") : std::string(), false};
}
TlsClient Pki::till() const {
  return {file("ca.pem"), file("till.pem"), file("till.key"), {}, {}};
}
TlsClient Pki::nameless() const {
  return {file("ca.pem"), {}, {}, {}, {}};
}
TlsClient Pki::stranger() const {
  return {file("ca.pem"), file("stranger.pem"), file("stranger.key"), {}, {}};
}

const Pki& pki() {
  static const MadePki made;
  return made;
}

RawPeer::RawPeer(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  set_patience(descriptor_);
  const sockaddr_in address = loopback(port);
  connected_ = ::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}
RawPeer::~RawPeer() {
  ::close(descriptor_);
}

bool RawPeer::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawPeer::half_close() {
  ::shutdown(descriptor_, SHUT_WR);
}

std::string RawPeer::read_all() {
  std::string all;
  char piece[4096];
  for (;;) {
    const ssize_t got = ::recv(descriptor_, piece, sizeof piece, 0);
    if (got <= 0) return all;
    all.append(piece, static_cast<std::size_t>(got));
  }
}

std::string RawPeer::read_until(std::string_view mark) {
  std::string all;
  char byte = 0;
  while (all.find(mark) == std::string::npos && ::recv(descriptor_, &byte, 1, 0) == 1) all += byte;
  return all;
}

bool RawPeer::closed_by_peer() {
  char byte = 0;
  return ::recv(descriptor_, &byte, 1, 0) == 0;
}

RawServer::RawServer(Script script) : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  GONGJI_CHECK(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  GONGJI_CHECK(::listen(listener_, 8) == 0);
  GONGJI_CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  if (!script) return;
  thread_ = std::thread([this, script = std::move(script)] {
    for (int index = 0;; ++index) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      set_patience(connection);
      script(connection, index);
      ::close(connection);
    }
  });
}

RawServer::~RawServer() {
  ::shutdown(listener_, SHUT_RDWR);  // wakes accept
  if (thread_.joinable()) thread_.join();
  ::close(listener_);
}

std::string read_head(int connection) {
  std::string head;
  char byte = 0;
  while (head.find("\r\n\r\n") == std::string::npos && ::recv(connection, &byte, 1, 0) == 1) head += byte;
  return head;
}

void write_text(int connection, std::string_view text) {
  ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
}

}  // namespace gongji::http::test
