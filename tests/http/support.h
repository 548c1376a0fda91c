// support.h — a running io_context, certificates made once, and peers that speak raw bytes.
#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "sync/http/client.h"
#include "sync/http/server.h"

namespace gongji::http::test {

using std::chrono::milliseconds;

inline constexpr milliseconds patience{20'000};  // for what must happen; reaching it is a failure

// Asks again and again until `condition` holds; false when patience ends.
bool eventually(const std::function<bool()>& condition);

// An io_context on two threads, as in the programs.  Declare it first: what runs on it must go before it does.
class Running {
 public:
  Running();
  ~Running();
  boost::asio::io_context& context() { return context_; }
  // Calls and waits for the answer.
  Result<Response> ask(Client& client, Request request, milliseconds deadline = patience);
  std::future<Result<Response>> begin(Client& client, Request request, milliseconds deadline = patience);

 private:
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
};

// What the test's own handler can do, by path:
//   /behind whether another request of its connection was under way
//   /echo the body    /who the peer's name, fingerprint and "loopback"    /throw    /big a body of 100 000 bytes
//   /hold waits until release()    /forever never answers    /pieces three chunks    /bad-header a header with CR LF
class Desk {
 public:
  Handler handler();
  void release() { released_ = true; }
  int holding() const { return holding_; }
  int served() const { return served_; }

 private:
  std::atomic<bool> released_ = false;
  std::atomic<int> holding_ = 0;
  std::atomic<int> served_ = 0;
};

std::unique_ptr<Server> serve(Running& running, Desk& desk, ServerOptions options = {});
ClientOptions client_of(const Server& server);
Request get(std::string target);
Request post(std::string target, std::string body);

// One folder with every certificate that the tests need; removed at exit.
struct Pki {
  std::string folder;
  std::string ca_sm3_hex;
  std::string till_sha256_hex;
  std::string file(const std::string& name) const { return folder + "/" + name; }
  TlsServer server(bool mutual = true) const;  // for localhost and 127.0.0.1
  TlsClient till() const;                      // "till-7", issued by our CA
  TlsClient nameless() const;                  // believes our CA, has no certificate
  TlsClient stranger() const;                  // believes our CA, issued by another
};
const Pki& pki();

// A blocking socket to 127.0.0.1.
class RawPeer {
 public:
  explicit RawPeer(std::uint16_t port);
  ~RawPeer();
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;
  bool connected() const { return connected_; }
  int descriptor() const { return descriptor_; }
  bool send(std::string_view text);
  void half_close();
  std::string read_all();                         // until the other side closes, or patience ends
  std::string read_until(std::string_view mark);  // what came up to and with `mark`
  bool closed_by_peer();                          // waits for the end of the stream; false if bytes come

 private:
  int descriptor_;
  bool connected_ = false;
};

// A listening socket that does exactly what the script says, connection by connection, on its own thread.
class RawServer {
 public:
  using Script = std::function<void(int connection, int index)>;
  explicit RawServer(Script script);  // empty script: never accepts
  ~RawServer();
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  std::uint16_t port() const { return port_; }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};
std::string read_head(int connection);  // one request's header
void write_text(int connection, std::string_view text);

}  // namespace gongji::http::test
