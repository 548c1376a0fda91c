// A terminal's next certificate, and its end.
#include <catch2/catch.hpp>

#include "sync/http/certificates.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

http::Response ask(TestTill& till, const std::string& path, const std::string& body, const std::string& fingerprint) {
  http::Request request;
  request.method = "POST";
  request.target = path;
  request.body = body;
  request.headers.push_back({std::string(protocol::version_header), "2"});
  request.peer_name = till.enrolled.terminal;
  request.peer_fingerprint = fingerprint;
  return till.centre.service->handle(request, till.centre.clock.wall());
}

std::string renewed(TestTill& till) {
  const auto csr = http::make_signing_request("till");
  REQUIRE(csr.has_value());
  const auto response =
      ask(till, "/v1/renew", protocol::encode(protocol::RenewRequest{csr->csr_pem}), till.fingerprint);
  INFO(response.body);
  REQUIRE(response.status == 200);
  const auto answer = protocol::decode_renew_answer(response.body);
  REQUIRE(answer.has_value());
  const auto facts = http::read_certificate(answer->certificate_pem);
  REQUIRE(facts.has_value());
  CHECK(facts->common_name == till.enrolled.terminal);
  CHECK(facts->valid_until > http::read_certificate(till.enrolled.certificate_pem)->valid_until);
  return *http::sha256_fingerprint(answer->certificate_pem);
}

protocol::RetireRequest retire_request(const TestTill& till, bool forced = false) {
  protocol::RetireRequest request;
  request.terminal = till.enrolled.terminal;
  request.epoch = till.enrolled.epoch;
  request.last_seq = till.log.size();
  if (!till.log.empty()) request.last_hash = till.log.back().hash;
  request.signature = till.keys->sign(
      record::head_tag, record::head_statement(request.terminal, request.epoch, request.last_seq, request.last_hash));
  request.forced = forced;
  return request;
}

}  // namespace

TEST_CASE("the present certificate is good until the next one was used, and refused from then on") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  centre.clock.advance(std::chrono::hours(24 * 300));
  const std::string lost = renewed(till);  // this answer never arrived
  const std::string next = renewed(till);
  const std::string statement = protocol::encode(protocol::StatementRequest{centre.today()});
  CHECK(ask(till, "/v1/statement", statement, till.fingerprint).status == 200);
  CHECK(ask(till, "/v1/statement", statement, lost).status == 401);
  CHECK(ask(till, "/v1/statement", statement, next).status == 200);
  CHECK(ask(till, "/v1/statement", statement, till.fingerprint).status == 401);
  CHECK(ask(till, "/v1/statement", statement, next).status == 200);
}

TEST_CASE("a revoked terminal renews nothing, and what is no request is refused") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  CHECK(ask(till, "/v1/renew", protocol::encode(protocol::RenewRequest{"no request"}), till.fingerprint).status == 400);
  REQUIRE(centre.service->revoke(till.enrolled.terminal).has_value());
  const auto csr = http::make_signing_request("till");
  const auto response =
      ask(till, "/v1/renew", protocol::encode(protocol::RenewRequest{csr->csr_pem}), till.fingerprint);
  CHECK(response.status == 401);
  CHECK(code_of(response) == "revoked");
}

TEST_CASE("a terminal retires when all of its log is there: its holds are freed, and it is refused from then on") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  const auto snapshot = *till.person(wang_fang);
  auto sale = till.sale(snapshot, {Money::yuan(100)});
  REQUIRE(till.hold(sale).status == 200);
  auto unused = till.sale(*till.person(zhao_min), {Money::yuan(50)});
  REQUIRE(till.hold(unused).status == 200);
  till.append(sale);

  const auto early = ask(till, "/v1/retire", protocol::encode(retire_request(till)), till.fingerprint);
  CHECK(early.status == 409);
  CHECK(code_of(early) == "log_incomplete");
  till.sync();
  auto forged = retire_request(till);
  forged.last_hash[0] ^= 1;
  CHECK(code_of(ask(till, "/v1/retire", protocol::encode(forged), till.fingerprint)) == "bad_signature");

  const std::string request = protocol::encode(retire_request(till));
  const auto done = ask(till, "/v1/retire", request, till.fingerprint);
  INFO(done.body);
  REQUIRE(done.status == 200);
  const auto answer = protocol::decode_retire_answer(done.body);
  REQUIRE(answer.has_value());
  CHECK(answer->acknowledged_seq == 1);
  CHECK(answer->holds == 1);
  CHECK(code_of(till.send(till.sync_request())) == "revoked");
  // Its answer was lost: it asks again, and hears the same.
  CHECK(ask(till, "/v1/retire", request, till.fingerprint).status == 200);
  CHECK(centre.in_balance());
}

TEST_CASE("a forced end gives up what the centre does not have, and says how far it has the log") {
  TestCentre centre;
  TestTill till(centre, pharmacy);
  till.append(till.sale(*till.person(wang_fang), {Money::yuan(100)}));
  till.sync();
  till.append(till.sale(*till.person(wang_fang), {Money::yuan(100)}));
  const auto done = ask(till, "/v1/retire", protocol::encode(retire_request(till, true)), till.fingerprint);
  REQUIRE(done.status == 200);
  CHECK(protocol::decode_retire_answer(done.body)->acknowledged_seq == 1);
}

}  // namespace gongji::centre
