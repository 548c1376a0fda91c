// The service behind real sockets: TLS, client certificates, a till that knows nothing but its one-time code.
#include <boost/asio/io_context.hpp>

#include <catch2/catch.hpp>

#include <thread>

#include "sync/centre/booking_thread.h"
#include "sync/http/client.h"
#include "sync/http/server.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {

TEST_CASE("over TLS a till enrols by its code alone, then syncs with its own certificate only") {
  TestCentre centre;
  const auto directory = centre.folder.path / "centre";
  boost::asio::io_context context;
  http::ServerOptions options;
  options.tls = http::TlsServer{(directory / "server.pem").string(), (directory / "server.key").string(),
                                (directory / "ca.pem").string(), true};
  options.limits.under_way_max = 2;
  BookingThread booking;
  auto server = http::Server::listen(context, options, handler_over(*centre.service, booking, centre.clock));
  REQUIRE(server.has_value());
  const auto code = centre.service->make_enrolment_code(clinic, {}, centre.clock.wall());
  REQUIRE(code.has_value());
  const auto keys = *seal::KeyStore::open(centre.folder.path / "keys", centre.random);
  const auto request_of_till = http::make_signing_request("till");
  std::thread running([&] { context.run(); });

  const auto call = [&](const http::TlsClient& tls, const std::string& path, const std::string& body) {
    http::ClientOptions client;
    client.port = (*server)->port();
    client.tls = tls;
    http::Request request;
    request.method = "POST";
    request.target = path;
    request.body = body;
    return http::call_and_wait(client, request, std::chrono::seconds(30));
  };
  http::TlsClient pinned;
  pinned.pinned_ca_sm3_hex = code->ca_sm3_hex;
  protocol::EnrolRequest request;
  request.code = code->secret;
  request.csr_pem = request_of_till->csr_pem;
  request.sign_public_key = keys->public_key();
  const auto enrolled = call(pinned, "/v1/enrol", protocol::encode(request));
  const bool came_through = enrolled.has_value() && enrolled->status == 200;
  protocol::SyncRequest sync;
  sync.terminal = "T-000001";
  http::Response without, with;
  if (came_through) {
    const auto answer = protocol::decode_enrol_answer(enrolled->body);
    const std::string cert = (centre.folder.path / "till.pem").string(),
                      key = (centre.folder.path / "till.key").string();
    (void)http::write_private_file(cert, answer->certificate_pem);
    (void)http::write_private_file(key, request_of_till->key_pem.reveal());
    without = *call(pinned, "/v1/sync", protocol::encode(sync));
    http::TlsClient mutual;
    mutual.ca_pem_file = (directory / "ca.pem").string();
    mutual.cert_pem_file = cert;
    mutual.key_pem_file = key;
    with = *call(mutual, "/v1/sync", protocol::encode(sync));
  }
  (*server)->stop();
  running.join();
  REQUIRE(came_through);
  CHECK(without.status == 401);
  CHECK(with.status == 200);
  CHECK(protocol::decode_sync_answer(with.body)->acknowledged_seq == 0);
}

}  // namespace gongji::centre
