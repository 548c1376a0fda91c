#include "sync/http/tls.h"

#include <openssl/ssl.h>

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support.h"
#include "sync/http/certificates.h"
#include "sync/http/troubles.h"

using namespace gongji;
using namespace gongji::http;
using namespace gongji::http::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

struct Pair {
  explicit Pair(TlsServer server_tls, TlsClient client_tls, Limits limits = {}) {
    ServerOptions server_options;
    server_options.tls = std::move(server_tls);
    server_options.limits = limits;
    server = serve(running, desk, server_options);
    options = client_of(*server);
    options.tls = std::move(client_tls);
    client = std::make_unique<Client>(running.context().get_executor(), options);
  }
  Result<Response> ask(Request request) { return running.ask(*client, std::move(request)); }

  Running running;
  Desk desk;
  std::unique_ptr<Server> server;
  ClientOptions options;
  std::unique_ptr<Client> client;
};

std::string code_of(const Result<Response>& answer) {
  return answer.has_error() ? std::string(answer.error().text->code) : "an answer";
}

// A TLS client of OpenSSL alone, without a certificate, which believes everybody.
class BarePeer {
 public:
  BarePeer(std::uint16_t port, int version_max) : context_(SSL_CTX_new(TLS_client_method())), peer_(port) {
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_max_proto_version(context_, version_max);
    ssl_ = SSL_new(context_);
    SSL_set_fd(ssl_, peer_.descriptor());
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~BarePeer() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
  }
  BarePeer(const BarePeer&) = delete;
  BarePeer& operator=(const BarePeer&) = delete;
  std::string version() const { return connected_ ? SSL_get_version(ssl_) : ""; }
  void send(std::string_view text) { SSL_write(ssl_, text.data(), static_cast<int>(text.size())); }
  std::string read_all() {
    std::string all;
    char piece[4096];
    for (int got = 0; (got = SSL_read(ssl_, piece, sizeof piece)) > 0;)
      all.append(piece, static_cast<std::size_t>(got));
    return all;
  }
  bool said_goodbye() const { return (SSL_get_shutdown(ssl_) & SSL_RECEIVED_SHUTDOWN) != 0; }

 private:
  SSL_CTX* context_;
  SSL* ssl_ = nullptr;
  RawPeer peer_;
  bool connected_ = false;
};

}  // namespace

TEST_CASE("with certificates on both sides the server knows who calls") {
  Pair pair(pki().server(), pki().till());
  CHECK(pair.ask(get("/who")).value().body == "till-7|" + pki().till_sha256_hex + "|loopback");
  const std::string large(800'000, 'z');
  CHECK(pair.ask(post("/echo", large)).value().body == large);
  CHECK(pair.client->counters().full_handshakes == 1);
}

TEST_CASE("over TLS one answer is read while the request behind it is still being written") {
  Running running;
  Desk desk;
  ServerOptions served;
  served.tls = pki().server();
  const auto server = serve(running, desk, served);
  ClientOptions options = client_of(*server);
  options.tls = pki().till();
  options.under_way_max = 2;
  Client client(running.context().get_executor(), options);
  // More than the sockets between hold: the second waits half written until the first is answered.
  const std::string large(1'000'000, 'z');
  for (int round = 0; round < 3; ++round) {
    auto first = running.begin(client, get("/hold"));
    REQUIRE(eventually([&] { return desk.holding() == 1 || round > 0; }));
    auto second = running.begin(client, post("/echo", large));
    desk.release();
    CHECK(first.get().value().body == "released");
    CHECK(second.get().value().body == large);
  }
  CHECK(client.counters().connections == 1);
}

TEST_CASE("a server without a client CA answers the nameless") {
  Pair pair(pki().server(false), pki().nameless());
  CHECK(pair.ask(get("/who")).value().body == "||loopback");
}

TEST_CASE("a client without a certificate, or with another authority's, is refused and told so") {
  SECTION("none") {
    Pair pair(pki().server(), pki().nameless());
    CHECK(code_of(pair.ask(get("/who"))) == "G5128");
    CHECK(pair.desk.served() == 0);
  }
  SECTION("another authority's") {
    Pair pair(pki().server(), pki().stranger());
    CHECK(code_of(pair.ask(get("/who"))) == "G5128");
    CHECK(pair.desk.served() == 0);
  }
  SECTION("a server's certificate is not a client's") {
    TlsClient wrong = pki().till();
    wrong.cert_pem_file = pki().file("server.pem");
    wrong.key_pem_file = pki().file("server.key");
    Pair pair(pki().server(), wrong);
    CHECK(code_of(pair.ask(get("/who"))) == "G5128");
  }
}

TEST_CASE("where the client's certificate is optional, none is nameless and a wrong one is refused") {
  TlsServer optional = pki().server();
  optional.client_certificate_optional = true;
  CHECK(Pair(optional, pki().nameless()).ask(get("/who")).value().body == "||loopback");
  CHECK_THAT(Pair(optional, pki().till()).ask(get("/who")).value().body, StartsWith("till-7|"));
  CHECK(code_of(Pair(optional, pki().stranger()).ask(get("/who"))) == "G5128");
}

TEST_CASE("a server of another authority, another name or another time is refused") {
  SECTION("another authority") {
    TlsClient believer = pki().nameless();
    believer.ca_pem_file = pki().file("stranger.pem");
    Pair pair(pki().server(false), believer);
    CHECK(code_of(pair.ask(get("/"))) == "G5125");
    CHECK(pair.desk.served() == 0);
  }
  SECTION("another name on its certificate") {
    Pair pair({pki().file("elsewhere.pem"), pki().file("elsewhere.key"), {}, false}, pki().nameless());
    CHECK(code_of(pair.ask(get("/"))) == "G5126");
  }
  SECTION("another name expected") {
    TlsClient other = pki().nameless();
    other.host_name = "centre.example";
    CHECK(code_of(Pair(pki().server(false), other).ask(get("/"))) == "G5126");
  }
  SECTION("the expected name instead of the dialled address") {
    TlsClient other = pki().nameless();
    other.host_name = "elsewhere.example";
    Pair pair({pki().file("elsewhere.pem"), pki().file("elsewhere.key"), {}, false}, other);
    CHECK(pair.ask(get("/echo")).value().status == 200);
  }
  SECTION("expired") {
    TlsClient believer = pki().nameless();
    believer.ca_pem_file = pki().file("old-ca.pem");
    Pair pair({pki().file("expired.pem"), pki().file("expired.key"), {}, false}, believer);
    CHECK(code_of(pair.ask(get("/"))) == "G5127");
  }
}

TEST_CASE("certificates are judged at the moment that the caller trusts") {
  const WallTime now = system_clock().wall();
  const auto at = [](std::optional<WallTime> moment) { return [moment] { return moment; }; };
  TlsClient believer = pki().nameless();
  SECTION("a clock in another year is not asked") {
    believer.valid_at = at(now);
    CHECK(Pair(pki().server(false), believer).ask(get("/echo")).value().status == 200);
    believer.valid_at = at(now.plus(std::chrono::hours(24 * 400)));
    CHECK(code_of(Pair(pki().server(false), believer).ask(get("/"))) == "G5127");
    believer.valid_at = at(WallTime{0});
    CHECK(code_of(Pair(pki().server(false), believer).ask(get("/"))) == "G5127");
  }
  SECTION("who does not know the time still believes nobody else") {
    believer.valid_at = at(std::nullopt);
    CHECK(Pair(pki().server(false), believer).ask(get("/echo")).value().status == 200);
    Pair elsewhere({pki().file("elsewhere.pem"), pki().file("elsewhere.key"), {}, false}, believer);
    CHECK(code_of(elsewhere.ask(get("/"))) == "G5126");
    believer.ca_pem_file = pki().file("stranger.pem");
    CHECK(code_of(Pair(pki().server(false), believer).ask(get("/"))) == "G5125");
  }
  SECTION("an expired certificate is taken by who does not know the time") {
    believer.ca_pem_file = pki().file("old-ca.pem");
    believer.valid_at = at(std::nullopt);
    Pair pair({pki().file("expired.pem"), pki().file("expired.key"), {}, false}, believer);
    CHECK(pair.ask(get("/echo")).value().status == 200);
  }
}

TEST_CASE("a pinned root is believed without a file, and no other") {
  TlsClient enrolling;
  enrolling.pinned_ca_sm3_hex = pki().ca_sm3_hex;
  SECTION("the right root, sent by the server") {
    CHECK(Pair(pki().server(false), enrolling).ask(get("/echo")).value().status == 200);
  }
  SECTION("another root") {
    enrolling.pinned_ca_sm3_hex[0] = enrolling.pinned_ca_sm3_hex[0] == '0' ? '1' : '0';
    Pair pair(pki().server(false), enrolling);
    CHECK(code_of(pair.ask(get("/echo"))) == "G5125");
    CHECK(pair.desk.served() == 0);
  }
  SECTION("the right root but a leaf that it did not sign") {
    // An attacker may send any root beside his own certificate.
    const WallTime now = system_clock().wall();
    const Identity fake_ca = make_ca("Test Region CA", 1, now, 10).value();
    Identity fake = issue_server(fake_ca, {"127.0.0.1"}, 3, now, 10).value();
    fake.certificate_pem.resize(fake.certificate_pem.size() - fake_ca.certificate_pem.size());
    std::ifstream file(pki().file("ca.pem"));
    fake.certificate_pem += std::string(std::istreambuf_iterator<char>(file), {});
    write_private_file(pki().file("fake.pem"), fake.certificate_pem).value();
    write_private_file(pki().file("fake.key"), fake.key_pem.reveal()).value();
    Pair pair({pki().file("fake.pem"), pki().file("fake.key"), {}, false}, enrolling);
    CHECK(code_of(pair.ask(get("/echo"))) == "G5125");
  }
  SECTION("the right root but the wrong host") {
    enrolling.host_name = "centre.example";
    CHECK(code_of(Pair(pki().server(false), enrolling).ask(get("/echo"))) == "G5126");
  }
  SECTION("a pin beside a CA file narrows it") {
    TlsClient both = pki().till();
    both.pinned_ca_sm3_hex = pki().ca_sm3_hex;
    CHECK_THAT(Pair(pki().server(), both).ask(get("/who")).value().body, StartsWith("till-7|"));
    both.pinned_ca_sm3_hex = std::string(64, '0');
    CHECK(code_of(Pair(pki().server(), both).ask(get("/who"))) == "G5125");
  }
}

TEST_CASE("TLS 1.2 is refused") {
  const Pair pair(pki().server(false), pki().nameless());
  CHECK(BarePeer(pair.server->port(), TLS1_2_VERSION).version().empty());
  CHECK(BarePeer(pair.server->port(), TLS1_3_VERSION).version() == "TLSv1.3");
}

TEST_CASE("a thousand calls need one handshake, and a reconnect resumes it") {
  Pair pair(pki().server(), pki().till());
  for (int i = 0; i < 1000; ++i) REQUIRE(pair.ask(get("/echo")).has_value());
  CHECK(pair.client->counters().full_handshakes == 1);
  for (std::uint64_t resumed = 1; resumed <= 3; ++resumed) {
    pair.client->drop();
    CHECK(pair.ask(get("/who")).value().body == "till-7|" + pki().till_sha256_hex + "|loopback");
    CHECK(pair.client->counters().full_handshakes == 1);
    CHECK(pair.client->counters().resumed_handshakes == resumed);
  }
  REQUIRE(pair.server->reload_tls().has_value());  // sessions are of the context that is gone
  pair.client->drop();
  CHECK(pair.ask(get("/who")).has_value());
  CHECK(pair.client->counters().full_handshakes == 2);
}

TEST_CASE("a session is kept only of a client with a certificate") {
  TlsServer lets_in = pki().server();
  lets_in.client_certificate_optional = true;
  Pair nameless(lets_in, pki().nameless());
  for (std::uint64_t full = 1; full <= 3; ++full) {
    CHECK(nameless.ask(get("/who")).value().body == "||loopback");
    CHECK(nameless.client->counters().full_handshakes == full);
    nameless.client->drop();
  }
  Pair till(lets_in, pki().till());
  REQUIRE(till.ask(get("/who")).has_value());
  till.client->drop();
  REQUIRE(till.ask(get("/who")).has_value());
  CHECK(till.client->counters().resumed_handshakes == 1);
}

TEST_CASE("an idle TLS connection closed by the server is replaced before the next call") {
  Limits limits;
  limits.idle = milliseconds(10);
  Pair pair(pki().server(), pki().till(), limits);
  REQUIRE(pair.ask(get("/echo")).has_value());
  REQUIRE(eventually([&] { return pair.server->connections() == 0; }));
  CHECK(pair.ask(get("/echo")).has_value());
  CHECK(pair.client->counters().connections == 2);
  CHECK(pair.client->counters().resumed_handshakes == 1);
}

TEST_CASE("over TLS too, a large body is answered 413") {
  Pair pair(pki().server(), pki().till());
  const Response refused = pair.ask(post("/echo", std::string(20'000'000, 'z'))).value();
  CHECK(refused.status == 413);
  CHECK(pair.ask(post("/echo", "small")).value().body == "small");
}

TEST_CASE("over TLS too, a slow sender is answered 408, and then the server says goodbye") {
  Limits limits;
  limits.read_body = milliseconds(20);
  const Pair pair(pki().server(false), pki().nameless(), limits);
  BarePeer slow(pair.server->port(), TLS1_3_VERSION);
  slow.send("POST /echo HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf");
  CHECK_THAT(slow.read_all(), StartsWith("HTTP/1.1 408 ") && Contains("G5104"));
  CHECK(slow.said_goodbye());
}

TEST_CASE("a handshake that never ends costs its deadline on both sides") {
  Running running;
  Desk desk;
  SECTION("a silent server") {
    const RawServer silent(nullptr);
    ClientOptions options;
    options.port = silent.port();
    options.tls = pki().nameless();
    options.connect_deadline = milliseconds(20);
    const Result<Response> answer = call_and_wait(options, get("/"), patience);
    CHECK(code_of(answer) == "G5129");
    CHECK_THAT(answer.error().detail, Contains("timed out"));
  }
  SECTION("a silent client") {
    ServerOptions options;
    options.tls = pki().server();
    options.limits.handshake = milliseconds(20);
    options.limits.linger = milliseconds(20);
    const auto server = serve(running, desk, options);
    RawPeer peer(server->port());
    peer.read_all();
    CHECK(eventually([&] { return server->connections() == 0; }));
  }
  SECTION("a client that speaks plain HTTP") {
    ServerOptions options;
    options.tls = pki().server();
    const auto server = serve(running, desk, options);
    RawPeer peer(server->port());
    peer.send("GET / HTTP/1.1\r\n\r\n");
    peer.half_close();
    peer.read_all();
    CHECK(eventually([&] { return server->connections() == 0; }));
    CHECK(desk.served() == 0);
  }
  SECTION("a server that speaks plain HTTP") {
    const auto server = serve(running, desk);
    ClientOptions options = client_of(*server);
    options.tls = pki().nameless();
    CHECK(code_of(call_and_wait(options, get("/"), patience)) == "G5129");
  }
}

TEST_CASE("what is wrong with TLS files is named, and by which file") {
  write_private_file(pki().file("rubbish.pem"), "not a certificate").value();
  const auto server_trouble = [](const TlsServer& tls) { return check_tls(tls).error(); };
  const auto client_trouble = [](const TlsClient& tls) { return check_tls(tls).error(); };
  REQUIRE(check_tls(pki().server()).has_value());
  REQUIRE(check_tls(pki().till()).has_value());

  TlsServer server = pki().server();
  server.key_pem_file.clear();
  CHECK(server_trouble(server).text == &troubles::tls_options_invalid);
  CHECK(server_trouble(server).path == "key_pem_file");
  server.key_pem_file = pki().file("missing.key");
  CHECK(server_trouble(server).text == &troubles::tls_file_unreadable);
  CHECK(server_trouble(server).path == pki().file("missing.key"));
  server.key_pem_file = pki().file("rubbish.pem");
  CHECK(server_trouble(server).text == &troubles::tls_file_invalid);
  server.key_pem_file = pki().file("till.key");
  CHECK(server_trouble(server).text == &troubles::tls_key_does_not_match);
  server = pki().server();
  server.cert_pem_file = pki().file("rubbish.pem");
  CHECK(server_trouble(server).text == &troubles::tls_file_invalid);
  server = pki().server();
  server.client_ca_pem_file = pki().file("rubbish.pem");
  CHECK(server_trouble(server).text == &troubles::tls_file_invalid);

  CHECK(client_trouble({}).text == &troubles::tls_options_invalid);
  TlsClient client = pki().till();
  client.cert_pem_file.clear();
  CHECK(client_trouble(client).text == &troubles::tls_options_invalid);
  client = pki().till();
  client.pinned_ca_sm3_hex = "cafe";
  CHECK(client_trouble(client).path == "pinned_ca_sm3_hex");
  client = pki().till();
  client.ca_pem_file = pki().file("missing.pem");
  CHECK(client_trouble(client).text == &troubles::tls_file_unreadable);

  SECTION("a server does not start with them, and a client's call tells") {
    Running running;
    Desk desk;
    ServerOptions options;
    options.tls = server;
    CHECK(Server::listen(running.context(), options, desk.handler()).error().text == &troubles::tls_file_invalid);
    ClientOptions client_options;
    client_options.tls = client;
    CHECK(code_of(call_and_wait(client_options, get("/"), patience)) == "G5112");
  }
}

TEST_CASE("a client reads its files again when told to") {
  Pair pair(pki().server(), pki().nameless());
  const std::string certificate = pki().file("later.pem");
  const std::string key = pki().file("later.key");
  TlsClient later = pki().till();
  later.cert_pem_file = certificate;
  later.key_pem_file = key;
  ClientOptions options = pair.options;
  options.tls = later;
  Client client(pair.running.context().get_executor(), options);
  CHECK(code_of(pair.running.ask(client, get("/who"))) == "G5112");
  const Identity ca = make_ca("Unrelated", 1, system_clock().wall(), 1).value();
  const SigningRequest wrong = make_signing_request("later").value();
  write_private_file(certificate, issue_client(ca, wrong.csr_pem, "later", 8, system_clock().wall(), 1).value())
      .value();
  write_private_file(key, wrong.key_pem.reveal()).value();
  CHECK(code_of(pair.running.ask(client, get("/who"))) == "G5128");
  std::filesystem::copy_file(pki().file("till.pem"), certificate, std::filesystem::copy_options::overwrite_existing);
  std::filesystem::copy_file(pki().file("till.key"), key, std::filesystem::copy_options::overwrite_existing);
  CHECK(code_of(pair.running.ask(client, get("/who"))) == "G5128");  // still the files read before
  client.reload_tls();
  CHECK_THAT(pair.running.ask(client, get("/who")).value().body, StartsWith("till-7|"));
}
