#include "sync/http/server.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

#include "support.h"
#include "sync/http/troubles.h"

using namespace gongji;
using namespace gongji::http;
using namespace gongji::http::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

std::string one_exchange(const Server& server, std::string_view bytes) {
  RawPeer peer(server.port());
  peer.send(bytes);
  return peer.read_all();
}

long resident_peak_kib() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word) {
    long value = 0;
    if (word == "VmHWM:" && status >> value) return value;
  }
  return 0;
}

}  // namespace

TEST_CASE("a request line that is not HTTP is answered 400 with a code, and the server lives") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  const char* broken[] = {
      "nonsense\r\n\r\n",
      "GET /\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "G\x01T / HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\nno colon here\r\n\r\n",
      "POST /echo HTTP/1.1\r\nContent-Length: minus one\r\n\r\n",
      "POST /echo HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
      "POST /echo HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
  };
  for (const char* bytes : broken) {
    CAPTURE(bytes);
    const std::string answer = one_exchange(*server, bytes);
    CHECK_THAT(answer, StartsWith("HTTP/1.1 400 "));
    CHECK_THAT(answer, Contains("\"code\":\"G5102\""));
    CHECK_THAT(answer, Contains("Connection: close"));
  }
  CHECK(desk.served() == 0);
  CHECK_THAT(one_exchange(*server, "GET /echo HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_CASE("a header over its limit is answered 431") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  SECTION("many headers") {
    std::string flood = "GET /echo HTTP/1.1\r\n";
    while (flood.size() < 200'000) flood += "X-Flood: 0123456789012345678901234567890123456789\r\n";
    CHECK_THAT(one_exchange(*server, flood), StartsWith("HTTP/1.1 431 ") && Contains("G5103"));
  }
  SECTION("an endless target") {
    CHECK_THAT(one_exchange(*server, "GET /" + std::string(200'000, 'a')), StartsWith("HTTP/1.1 431 "));
  }
  SECTION("a header just below it is served") {
    const std::string fits = "GET /echo HTTP/1.0\r\nX-Long: " + std::string(16'000, 'a') + "\r\n\r\n";
    CHECK_THAT(one_exchange(*server, fits), StartsWith("HTTP/1.1 200 "));
  }
  CHECK(desk.served() <= 1);
}

TEST_CASE("a body of 40 MB is answered 413 and never held in memory") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.linger = patience;
  const auto server = serve(running, desk, options);
  constexpr std::size_t total = 40'000'000;
  const std::string piece(64 * 1024, 'x');
  RawPeer peer(server->port());
  SECTION("announced by Content-Length") {
    std::ofstream("/proc/self/clear_refs") << "5";  // the peak counts from here
    const long before = resident_peak_kib();
    peer.send("POST /echo HTTP/1.1\r\nContent-Length: " + std::to_string(total) + "\r\n\r\n");
    for (std::size_t sent = 0; sent < total; sent += piece.size()) REQUIRE(peer.send(piece));
    peer.half_close();
    CHECK_THAT(peer.read_all(), StartsWith("HTTP/1.1 413 ") && Contains("\"code\":\"G5105\"") &&
                                    Contains("limit 1048576 bytes") && Contains("Connection: close"));
    CHECK(resident_peak_kib() - before < 20'000);
  }
  SECTION("in chunks that never end") {
    const std::string chunk = "10000\r\n" + piece + "\r\n";
    std::ofstream("/proc/self/clear_refs") << "5";
    const long before = resident_peak_kib();
    peer.send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (std::size_t sent = 0; sent < total; sent += piece.size()) REQUIRE(peer.send(chunk));
    peer.half_close();
    CHECK_THAT(peer.read_all(), StartsWith("HTTP/1.1 413 ") && Contains("G5105"));
    CHECK(resident_peak_kib() - before < 20'000);
  }
  CHECK(desk.served() == 0);
}

TEST_CASE("the body limit can differ by target") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.body_limit = [](std::string_view target) -> std::size_t { return target == "/echo" ? 10 : 3; };
  const auto server = serve(running, desk, options);
  CHECK_THAT(one_exchange(*server, "POST /echo HTTP/1.0\r\nContent-Length: 10\r\n\r\n0123456789"), Contains(" 200 "));
  CHECK_THAT(one_exchange(*server, "POST /echo HTTP/1.0\r\nContent-Length: 11\r\n\r\n0123456789a"), Contains(" 413 "));
  CHECK_THAT(one_exchange(*server, "POST /who HTTP/1.0\r\nContent-Length: 4\r\n\r\n0123"), Contains(" 413 "));
}

TEST_CASE("a sender that is too slow is answered 408") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.read_header = milliseconds(30);
  options.limits.read_body = milliseconds(30);
  options.limits.linger = milliseconds(30);
  const auto server = serve(running, desk, options);
  SECTION("in the header") {
    CHECK_THAT(one_exchange(*server, "GET /echo HTTP/1.1\r\nX-Slo"), StartsWith("HTTP/1.1 408 ") && Contains("G5104"));
  }
  SECTION("in the body") {
    CHECK_THAT(one_exchange(*server, "POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"),
               StartsWith("HTTP/1.1 408 ") && Contains("G5104"));
  }
  SECTION("one byte at a time does not move the deadline") {
    RawPeer peer(server->port());
    peer.send("GET /echo HTTP/1.1\r\n");
    std::thread dripping([&] {
      for (int i = 0; i < 2000 && peer.send("X"); ++i) std::this_thread::sleep_for(milliseconds(1));
    });
    CHECK_THAT(peer.read_until("\r\n"), StartsWith("HTTP/1.1 408 "));
    dripping.join();
  }
  CHECK(desk.served() == 0);
}

TEST_CASE("a connection that says nothing is closed after the idle limit") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.idle = milliseconds(20);
  const auto server = serve(running, desk, options);
  RawPeer peer(server->port());
  CHECK(peer.closed_by_peer());
  CHECK(eventually([&] { return server->connections() == 0; }));
}

TEST_CASE("connections above the limit are answered 503 and the others are served") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.connections_max = 2;
  const auto server = serve(running, desk, options);
  const std::string ask = "GET /echo HTTP/1.1\r\n\r\n";
  RawPeer first(server->port());
  RawPeer second(server->port());
  first.send(ask);
  second.send(ask);
  CHECK_THAT(first.read_until("\r\n\r\n"), Contains(" 200 "));
  CHECK_THAT(second.read_until("\r\n\r\n"), Contains(" 200 "));
  {
    RawPeer third(server->port());
    third.send(ask);
    CHECK_THAT(third.read_all(), StartsWith("HTTP/1.1 503 ") && Contains("G5106") && Contains("Retry-After: 1"));
  }
  first.send(ask);
  CHECK_THAT(first.read_until("\r\n\r\n"), Contains(" 200 "));
  first.half_close();
  CHECK(first.closed_by_peer());
  REQUIRE(eventually([&] { return server->connections() == 1; }));
  CHECK_THAT(one_exchange(*server, "GET /echo HTTP/1.0\r\n\r\n"), Contains(" 200 "));
}

TEST_CASE("far more connections than the limit are closed without a word") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.connections_max = 1;
  const auto server = serve(running, desk, options);
  std::vector<std::unique_ptr<RawPeer>> crowd;
  for (int i = 0; i < 40; ++i) crowd.push_back(std::make_unique<RawPeer>(server->port()));
  CHECK(crowd.back()->closed_by_peer());
  CHECK(server->connections() == 17);
}

TEST_CASE("a handler that throws costs a 500 with a code, and the server lives") {
  std::promise<std::string> told;
  Running running;
  Desk desk;
  ServerOptions options;
  options.on_handler_failure = [&](std::string_view why) { told.set_value(std::string(why)); };
  const auto server = serve(running, desk, options);
  const std::string answer = one_exchange(*server, "GET /throw HTTP/1.1\r\n\r\n");
  CHECK_THAT(answer, StartsWith("HTTP/1.1 500 ") && Contains("G5108") && Contains("Connection: close"));
  CHECK_THAT(answer, !Contains("has a bug"));  // the exception's words stay inside
  CHECK(told.get_future().get() == "the handler has a bug");
  CHECK_THAT(one_exchange(*server, "GET /echo HTTP/1.0\r\n\r\n"), Contains(" 200 "));
}

TEST_CASE("a header value cannot smuggle in another header") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  const std::string answer = one_exchange(*server, "GET /bad-header HTTP/1.0\r\n\r\n");
  CHECK_THAT(answer, StartsWith("HTTP/1.1 500 "));
  CHECK_THAT(answer, !Contains("stolen"));
}

TEST_CASE("pipelined requests are answered in order") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  const std::string answers =
      one_exchange(*server,
                   "POST /echo HTTP/1.1\r\nContent-Length: 5\r\n\r\nfirst"
                   "POST /echo HTTP/1.1\r\nContent-Length: 6\r\n\r\nsecond"
                   "POST /echo HTTP/1.1\r\nContent-Length: 5\r\nConnection: close\r\n\r\nthird");
  const auto first = answers.find("\r\n\r\nfirst");
  const auto second = answers.find("\r\n\r\nsecond");
  const auto third = answers.find("\r\n\r\nthird");
  REQUIRE(third != std::string::npos);
  CHECK(first < second);
  CHECK(second < third);
  CHECK(desk.served() == 3);
}

TEST_CASE("the last request of a connection is answered with Connection: close") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.requests_max = 2;
  const auto server = serve(running, desk, options);
  const std::string ask = "GET /echo HTTP/1.1\r\n\r\n";
  const std::string answers = one_exchange(*server, ask + ask + ask);
  CHECK(desk.served() == 2);
  CHECK_THAT(answers, Contains("Connection: close"));
}

TEST_CASE("HEAD has the length and no body; chunks arrive framed; Expect is granted") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  SECTION("HEAD") {
    const std::string answer = one_exchange(*server, "HEAD /big HTTP/1.1\r\nConnection: close\r\n\r\n");
    CHECK_THAT(answer, Contains("Content-Length: 100000\r\n") && Catch::Matchers::EndsWith("\r\n\r\n"));
  }
  SECTION("chunks") {
    CHECK_THAT(one_exchange(*server, "GET /pieces HTTP/1.1\r\n\r\n"),
               Contains("Transfer-Encoding: chunked") && Contains("8\r\npiece 3\n\r\n") &&
                   Catch::Matchers::EndsWith("8\r\npiece 1\n\r\n0\r\n\r\n"));
  }
  SECTION("chunks for an old client are sent bare") {
    CHECK_THAT(one_exchange(*server, "GET /pieces HTTP/1.0\r\n\r\n"),
               Catch::Matchers::EndsWith("\r\n\r\npiece 3\npiece 2\npiece 1\n"));
  }
  SECTION("Expect") {
    RawPeer peer(server->port());
    peer.send("POST /echo HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
    CHECK(peer.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    peer.send("body");
    CHECK_THAT(peer.read_all(), StartsWith("HTTP/1.1 200 ") && Catch::Matchers::EndsWith("\r\n\r\nbody"));
  }
}

TEST_CASE("a peer that has closed its own side still gets its answer") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  RawPeer peer(server->port());
  peer.send("GET /hold HTTP/1.1\r\n\r\n");
  peer.half_close();
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  desk.release();
  CHECK_THAT(peer.read_all(), Contains("released"));
  CHECK(eventually([&] { return server->connections() == 0; }));
}

TEST_CASE("stop lets a running request finish, closes idle connections and takes no new ones") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.linger = milliseconds(20);
  const auto server = serve(running, desk, options);
  RawPeer idle(server->port());
  idle.send("GET /echo HTTP/1.1\r\n\r\n");
  idle.read_until("\r\n\r\n");
  RawPeer busy(server->port());
  busy.send("GET /hold HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  server->stop();
  server->stop();
  CHECK(idle.closed_by_peer());
  CHECK(eventually([&] { return !RawPeer(server->port()).connected(); }));
  CHECK(eventually([&] { return server->connections() == 1; }));
  desk.release();
  CHECK_THAT(busy.read_all(), Contains("Connection: close") && Contains("released"));
  CHECK(eventually([&] { return server->connections() == 0; }));
}

TEST_CASE("a request that has not arrived whole when stop comes is refused with a code") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  RawPeer peer(server->port());
  peer.send("POST /echo HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  REQUIRE(peer.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  server->stop();
  peer.send("body");
  peer.half_close();
  CHECK_THAT(peer.read_all(), StartsWith("HTTP/1.1 503 ") && Contains("G5107"));
  CHECK(desk.served() == 0);
}

TEST_CASE("stop cancels a request that outlives the stop limit") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.stop = milliseconds(20);
  const auto server = serve(running, desk, options);
  RawPeer busy(server->port());
  busy.send("GET /forever HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  server->stop();
  CHECK(busy.read_all().empty());
  CHECK(eventually([&] { return server->connections() == 0; }));
}

TEST_CASE("a server that goes away takes its connections with it") {
  Running running;
  Desk desk;
  auto server = serve(running, desk);
  RawPeer busy(server->port());
  busy.send("GET /forever HTTP/1.1\r\n\r\n");
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  server.reset();
  CHECK(busy.read_all().empty());
}

TEST_CASE("an address that is taken or not ours is named") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  ServerOptions options;
  SECTION("taken") {
    options.port = server->port();
  }
  SECTION("not ours") {
    options.address = "203.0.113.1";
  }
  SECTION("not an address") {
    options.address = "till";
  }
  SECTION("no such folder") {
    options.unix_socket = "/nonexistent/gongji.sock";
  }
  SECTION("a path too long") {
    options.unix_socket = "/" + std::string(200, 'a');
  }
  const auto second = Server::listen(running.context(), options, desk.handler());
  REQUIRE(second.has_error());
  CHECK(second.error().text == &troubles::listen_failed);
  CHECK(!second.error().path.empty());
}

TEST_CASE("a unix socket is private to its group, replaces a dead one and not a live one") {
  const std::string path = pki().file("daemon.sock");
  Running running;
  Desk desk;
  ServerOptions options;
  options.unix_socket = path;
  {
    boost::asio::io_context never_run;  // its server dies without removing the file
    const auto dead = std::move(Server::listen(never_run, options, desk.handler())).value();
  }
  REQUIRE(std::filesystem::exists(path));
  const auto server = serve(running, desk, options);
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0660);
  CHECK(Server::listen(running.context(), options, desk.handler()).has_error());

  ClientOptions client_options;
  client_options.unix_socket = path;
  Client client(running.context().get_executor(), client_options);
  CHECK(running.ask(client, get("/who")).value().body == "||loopback");
  server->stop();
  CHECK(eventually([&] { return !std::filesystem::exists(path); }));
}
