// Connections whose next request is read, and handled, while one is handled (Limits::under_way_max).
#include <catch2/catch.hpp>

#include "support.h"
#include "sync/http/troubles.h"

using namespace gongji;
using namespace gongji::http;
using namespace gongji::http::test;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;

namespace {

const std::string hold = "GET /hold HTTP/1.1\r\n\r\n";

std::string echo(const std::string& text, const std::string& headers = {}) {
  return "POST /echo HTTP/1.1\r\nContent-Length: " + std::to_string(text.size()) + "\r\n" + headers + "\r\n" + text;
}

ServerOptions two_under_way() {
  ServerOptions options;
  options.limits.under_way_max = 2;
  options.limits.linger = milliseconds(20);
  return options;
}

std::size_t count_of(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("the next request is handled while one is, the one behind it is not, and answers leave in order") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk, two_under_way());
  RawPeer peer(server->port());
  peer.send(hold + echo("second") + echo("third", "Connection: close\r\n"));
  REQUIRE(eventually([&] { return desk.holding() == 1 && desk.served() == 2; }));
  // Whoever comes meanwhile is served, and the third still waits.
  RawPeer other(server->port());
  other.send(echo("other", "Connection: close\r\n"));
  CHECK_THAT(other.read_all(), EndsWith("\r\n\r\nother"));
  CHECK(desk.served() == 3);
  desk.release();
  const std::string answers = peer.read_all();
  CHECK(answers.find("released") < answers.find("second"));
  CHECK(answers.find("second") < answers.find("third"));
  CHECK_THAT(answers, EndsWith("\r\n\r\nthird"));
  CHECK(desk.served() == 4);
}

TEST_CASE("with one under way the next request waits for the answer") {
  Running running;
  Desk desk;
  ServerOptions options;
  const auto server = std::move(Server::listen(running.context(), options, desk.handler())).value();
  RawPeer peer(server->port());
  peer.send(hold + echo("second", "Connection: close\r\n"));
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  RawPeer other(server->port());
  other.send(echo("other", "Connection: close\r\n"));
  CHECK_THAT(other.read_all(), EndsWith("\r\n\r\nother"));
  CHECK(desk.served() == 2);
  desk.release();
  CHECK_THAT(peer.read_all(), EndsWith("\r\n\r\nsecond"));
}

TEST_CASE("a request knows whether it came behind another") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk, two_under_way());
  RawPeer peer(server->port());
  const std::string ask = "GET /behind HTTP/1.1\r\n";
  peer.send(ask + "\r\n");
  CHECK_THAT(peer.read_until("alone"), EndsWith("alone"));
  peer.send(hold + ask + "Connection: close\r\n\r\n");
  REQUIRE(eventually([&] { return desk.served() == 3; }));
  desk.release();
  CHECK_THAT(peer.read_all(), EndsWith("behind another"));
}

TEST_CASE("half a request does not hold up the answer before it, and has its own deadline") {
  Running running;
  Desk desk;
  ServerOptions options = two_under_way();
  options.limits.read_body = milliseconds(50);
  const auto server = serve(running, desk, options);
  RawPeer peer(server->port());
  peer.send(hold + "POST /echo HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf");
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  SECTION("it never comes whole") {
    desk.release();
    const std::string answers = peer.read_all();
    CHECK_THAT(answers, StartsWith("HTTP/1.1 200 ") && Contains("released"));
    CHECK_THAT(answers, Contains("HTTP/1.1 408 "));
  }
  SECTION("its deadline passes first") {
    RawPeer other(server->port());
    other.send("POST /echo HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf");
    CHECK_THAT(other.read_all(), StartsWith("HTTP/1.1 408 "));
    desk.release();
    const std::string answers = peer.read_all();
    CHECK_THAT(answers, StartsWith("HTTP/1.1 200 ") && Contains("released"));
    CHECK_THAT(answers, Contains("HTTP/1.1 408 "));
  }
  CHECK(eventually([&] { return server->connections() == 0; }));
}

TEST_CASE("behind the last answer of a connection nothing is handled") {
  Running running;
  Desk desk;
  ServerOptions options = two_under_way();
  std::string first = hold;
  SECTION("the peer asked for the end") {
    first = "GET /hold HTTP/1.1\r\nConnection: close\r\n\r\n";
  }
  SECTION("it was the last that is served") {
    options.limits.requests_max = 1;
  }
  const auto server = serve(running, desk, options);
  RawPeer peer(server->port());
  peer.send(first + echo("second"));
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  desk.release();
  const std::string answers = peer.read_all();
  CHECK(count_of(answers, "HTTP/1.1 ") == 1);
  CHECK_THAT(answers, Contains("Connection: close"));
  CHECK(desk.served() == 1);
}

TEST_CASE("a handler that throws ends the connection, whatever is behind it") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk, two_under_way());
  RawPeer peer(server->port());
  peer.send("GET /throw HTTP/1.1\r\n\r\n" + hold);
  const std::string answers = peer.read_all();
  CHECK_THAT(answers, StartsWith("HTTP/1.1 500 "));
  CHECK(count_of(answers, "HTTP/1.1 ") == 1);
  desk.release();
  CHECK(eventually([&] { return server->connections() == 0; }));
}

TEST_CASE("leave to send a body is given behind the answer before it") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk, two_under_way());
  RawPeer peer(server->port());
  peer.send(hold + "POST /echo HTTP/1.1\r\nContent-Length: 4\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  desk.release();
  CHECK_THAT(peer.read_until("100 Continue\r\n\r\n"), StartsWith("HTTP/1.1 200 ") && Contains("released"));
  peer.send("body");
  CHECK_THAT(peer.read_all(), EndsWith("\r\n\r\nbody"));
}

TEST_CASE("a body that is too much beside the one that is handled waits for its answer") {
  Running running;
  Desk desk;
  ServerOptions options = two_under_way();
  options.limits.bodies_bytes_max = 10;
  const auto server = serve(running, desk, options);
  RawPeer peer(server->port());
  peer.send("POST /hold HTTP/1.1\r\nContent-Length: 8\r\n\r\n12345678" + echo("abcdefgh", "Connection: close\r\n"));
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  desk.release();
  CHECK_THAT(peer.read_all(), Contains("released") && EndsWith("\r\n\r\nabcdefgh"));
}

TEST_CASE("who asked for a digest is told one where the next request is read meanwhile, too") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk, two_under_way());
  ClientOptions options = client_of(*server);
  options.digest = true;
  const Response answer = call_and_wait(options, post("/echo", "hello"), patience).value();
  CHECK(answer.find("Content-Digest") == "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:");
}

TEST_CASE("how long a connection may be silent counts from the last answer, not from the last request") {
  Running running;
  Desk desk;
  ServerOptions options = two_under_way();
  SECTION("what comes in time is answered") {
    options.limits.idle = milliseconds(3'000);
    const auto server = serve(running, desk, options);
    RawPeer peer(server->port());
    peer.send(hold);
    std::this_thread::sleep_for(milliseconds(1'500));
    desk.release();
    REQUIRE_THAT(peer.read_until("released"), StartsWith("HTTP/1.1 200 "));
    std::this_thread::sleep_for(milliseconds(2'000));
    peer.send(echo("second", "Connection: close\r\n"));
    CHECK_THAT(peer.read_all(), EndsWith("\r\n\r\nsecond"));
  }
  SECTION("who stays silent is closed") {
    options.limits.idle = milliseconds(200);
    const auto server = serve(running, desk, options);
    RawPeer peer(server->port());
    peer.send(hold);
    REQUIRE(eventually([&] { return desk.holding() == 1; }));
    desk.release();
    REQUIRE_THAT(peer.read_until("released"), StartsWith("HTTP/1.1 200 "));
    CHECK(eventually([&] { return server->connections() == 0; }));
  }
}

TEST_CASE("stop lets what is under way finish and closes behind it") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk, two_under_way());
  RawPeer peer(server->port());
  peer.send(hold);
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  server->stop();
  desk.release();
  CHECK_THAT(peer.read_all(), Contains("Connection: close") && Contains("released"));
  CHECK(eventually([&] { return server->connections() == 0; }));
}

TEST_CASE("over TLS both directions are used at once") {
  Running running;
  Desk desk;
  ServerOptions options = two_under_way();
  options.tls = pki().server();
  const auto server = serve(running, desk, options);
  ClientOptions client_options = client_of(*server);
  client_options.tls = pki().till();
  client_options.under_way_max = 2;
  Client client(running.context().get_executor(), client_options);
  for (int round = 0; round < 20; ++round) {
    const std::string first(300'000, 'a'), second(300'000, 'b');
    auto one = running.begin(client, post("/echo", first));
    auto two = running.begin(client, post("/echo", second));
    CHECK(one.get().value().body == first);
    CHECK(two.get().value().body == second);
  }
  CHECK(client.counters().connections == 1);
}
