// Many at once, and peers who mean no good: what they can take is bounded, and others are served meanwhile.
#include <catch2/catch.hpp>

#include "support.h"
#include "sync/http/server.h"
#include "sync/http/troubles.h"

using namespace gongji;
using namespace gongji::http;
using namespace gongji::http::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

ClientOptions till_of(const Server& server) {
  ClientOptions options = client_of(server);
  options.tls = pki().till();
  return options;
}

}  // namespace

TEST_CASE("strangers of one address are few, and who has proved its name is none") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.tls = pki().server();
  options.limits.strangers_per_address_max = 3;
  const auto server = serve(running, desk, options);
  std::vector<std::unique_ptr<Client>> tills;
  for (int i = 0; i < 5; ++i) {
    tills.push_back(std::make_unique<Client>(running.context().get_executor(), till_of(*server)));
    REQUIRE(running.ask(*tills.back(), get("/who")).has_value());
  }
  std::vector<std::unique_ptr<RawPeer>> silent;
  for (int i = 0; i < 3; ++i) silent.push_back(std::make_unique<RawPeer>(server->port()));
  REQUIRE(eventually([&] { return server->connections() == 8; }));
  CHECK(RawPeer(server->port()).closed_by_peer());
  CHECK_FALSE(call_and_wait(till_of(*server), get("/who"), patience).has_value());
  for (const auto& till : tills) CHECK(running.ask(*till, get("/who")).has_value());
  silent.pop_back();
  REQUIRE(eventually([&] { return server->connections() <= 7; }));
  CHECK(call_and_wait(till_of(*server), get("/who"), patience).has_value());
}

TEST_CASE("strangers are few in all, wherever they come from") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.tls = pki().server();
  options.limits.strangers_max = 2;
  const auto server = serve(running, desk, options);
  const RawPeer first(server->port()), second(server->port());
  REQUIRE(eventually([&] { return server->connections() == 2; }));
  CHECK(RawPeer(server->port()).closed_by_peer());
}

TEST_CASE("connections that a peer has left behind are closed, the longest silent first") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.tls = pki().server();
  options.limits.connections_per_peer_max = 3;
  const auto server = serve(running, desk, options);
  std::vector<std::unique_ptr<Client>> lives;
  for (int i = 0; i < 10; ++i) {
    lives.push_back(std::make_unique<Client>(running.context().get_executor(), till_of(*server)));
    REQUIRE(running.ask(*lives.back(), get("/who")).has_value());
  }
  CHECK(eventually([&] { return server->connections() == 3; }));
  // The newest are the ones that live.
  REQUIRE(running.ask(*lives.back(), get("/who")).has_value());
  CHECK(lives.back()->counters().connections == 1);
  // Where none is silent, the oldest goes.
  std::vector<std::unique_ptr<Client>> busy;
  std::vector<std::future<Result<Response>>> answers;
  for (int i = 0; i < 3; ++i) {
    busy.push_back(std::make_unique<Client>(running.context().get_executor(), till_of(*server)));
    answers.push_back(running.begin(*busy.back(), get("/hold")));
    REQUIRE(eventually([&] { return desk.holding() == i + 1; }));
  }
  Client newest(running.context().get_executor(), till_of(*server));
  CHECK(running.ask(newest, get("/who")).has_value());
  const auto pushed_out = answers.front().get();
  REQUIRE(pushed_out.has_error());
  CHECK(pushed_out.error().text == &troubles::connection_lost);
  CHECK(desk.holding() == 3);  // nobody was released
  desk.release();
  CHECK(answers.back().get().has_value());
}

TEST_CASE("what a stranger may send is less, and its target's own limit where that is smaller") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.tls = pki().server();
  options.tls->client_certificate_optional = true;
  options.limits.stranger_body_bytes_max = 1'000;
  options.limits.body_limit = [](std::string_view target) { return target == "/echo" ? 100'000u : 10u; };
  const auto server = serve(running, desk, options);
  ClientOptions nameless = client_of(*server);
  nameless.tls = pki().nameless();
  const auto status = [&](const ClientOptions& who, const char* target, std::size_t bytes) {
    return call_and_wait(who, post(target, std::string(bytes, 'x')), patience).value().status;
  };
  CHECK(status(nameless, "/echo", 1'000) == 200);
  CHECK(status(nameless, "/echo", 1'001) == 413);
  CHECK(status(nameless, "/who", 11) == 413);
  CHECK(status(till_of(*server), "/echo", 100'000) == 200);
  CHECK(status(till_of(*server), "/echo", 100'001) == 413);
}

TEST_CASE("bodies in memory are bounded together: one above is told to come again") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.bodies_bytes_max = 100'000;
  const auto server = serve(running, desk, options);
  Client holding(running.context().get_executor(), client_of(*server));
  auto held = running.begin(holding, post("/hold", std::string(60'000, 'x')));
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  const Response refused = call_and_wait(client_of(*server), post("/echo", std::string(60'000, 'x')), patience).value();
  CHECK(refused.status == 503);
  CHECK_THAT(refused.body, Contains("G5110"));
  CHECK(refused.find("Retry-After") == "1");
  CHECK(call_and_wait(client_of(*server), post("/echo", std::string(30'000, 'x')), patience).value().status == 200);
  desk.release();
  REQUIRE(held.get().value().status == 200);
  CHECK(call_and_wait(client_of(*server), post("/echo", std::string(60'000, 'x')), patience).value().status == 200);
  // A body that is larger than all of it alone is let in where its own limit allows it.
  CHECK(call_and_wait(client_of(*server), post("/echo", std::string(200'000, 'x')), patience).value().status == 200);
}

TEST_CASE("a body that was damaged on the way is refused, and a damaged answer is no answer") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  SECTION("whole, each side tells the digest and checks it") {
    ClientOptions options = client_of(*server);
    options.digest = true;
    const Response answer = call_and_wait(options, post("/echo", "hello"), patience).value();
    CHECK(answer.body == "hello");
    // printf hello | openssl dgst -sha256 -binary | base64
    CHECK(answer.find("Content-Digest") == "sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:");
  }
  SECTION("a request") {
    const auto exchange = [&](std::string_view body) {
      RawPeer peer(server->port());
      peer.send(
          "POST /echo HTTP/1.1\r\nConnection: close\r\nContent-Length: 5\r\n"
          "Content-Digest: sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:\r\n\r\n");
      peer.send(body);
      return peer.read_all();
    };
    CHECK_THAT(exchange("hello"), StartsWith("HTTP/1.1 200 "));
    CHECK_THAT(exchange("hellp"), StartsWith("HTTP/1.1 400 ") && Contains("G5109"));
    CHECK(desk.served() == 1);
  }
  SECTION("an answer") {
    const RawServer damaging([](int connection, int) {
      read_head(connection);
      write_text(connection,
                 "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"
                 "Content-Digest: sha-256=:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=:\r\n\r\nhellp");
    });
    ClientOptions options;
    options.port = damaging.port();
    options.digest = true;
    const auto answer = call_and_wait(options, get("/"), patience);
    REQUIRE(answer.has_error());
    CHECK(answer.error().text == &troubles::response_invalid);
  }
  SECTION("of an algorithm that nobody asked for nothing is known") {
    RawPeer peer(server->port());
    peer.send(
        "POST /echo HTTP/1.1\r\nConnection: close\r\nContent-Length: 5\r\nContent-Digest: sha-512=:AA==:\r\n\r\nhello");
    CHECK_THAT(peer.read_all(), StartsWith("HTTP/1.1 200 "));
  }
}
