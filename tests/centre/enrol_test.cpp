#include <catch2/catch.hpp>

#include "offline/record/registration.h"
#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

std::string enrol_body(const std::string& secret, const seal::KeyStore& keys) {
  protocol::EnrolRequest request;
  request.code = Secret(secret);
  request.csr_pem = http::make_signing_request("till")->csr_pem;
  request.sign_public_key = keys.public_key();
  return protocol::encode(request);
}

std::string with_last_changed(std::string secret) {
  secret.back() = secret.back() == '7' ? '8' : '7';
  return secret;
}

}  // namespace

TEST_CASE("a terminal is enrolled with a certificate in its name, terms of its site, and epoch 1") {
  TestCentre centre;
  const TestTill till(centre, clinic);
  CHECK(till.enrolled.terminal == "T-000001");
  CHECK(till.enrolled.epoch == 1);
  CHECK(till.enrolled.site_key.size() == 32);
  CHECK(http::read_certificate(till.enrolled.certificate_pem)->common_name == "T-000001");
  CHECK(till.terms.fixmedins_code == clinic);
  CHECK(till.terms.dedc_hosp_lv == 1);
  REQUIRE(till.terms.reserve.size() == 4);
  CHECK(till.terms.reserve[0].presence == record::Presence::card_read_here);
  CHECK(till.terms.reserve[0].per_sale_max == Money::yuan(500));
  const TestTill second(centre, pharmacy);
  CHECK(second.enrolled.terminal == "T-000002");
  CHECK(second.enrolled.site_key != till.enrolled.site_key);
}

TEST_CASE("the centre vouches for the terminal's key in its own signature") {
  TestCentre centre;
  const TestTill till(centre, clinic);
  const record::Signed& registration = till.enrolled.registration;
  REQUIRE(record::verify(till.enrolled.centre_public_key, record::registration_tag, registration));
  CHECK_FALSE(record::verify(till.enrolled.authority_public_key, record::registration_tag, registration));
  const auto told = record::decode_registration(registration.bytes);
  REQUIRE(told.has_value());
  CHECK(told->terminal == "T-000001");
  CHECK(told->epoch == 1);
  CHECK(told->fixmedins_code == clinic);
  CHECK(told->sign_public_key == till.keys->public_key());
  CHECK(told->issued == centre.clock.wall());
  CHECK(record::encode(*told) == registration.bytes);
}

TEST_CASE("an enrolment code works once") {
  TestCentre centre;
  const auto keys = *seal::KeyStore::open(centre.folder.path / "keys", centre.random);
  const std::string secret = centre.new_code(clinic);
  CHECK(centre.post("/v1/enrol", enrol_body(secret, *keys)).status == 200);
  const auto again = centre.post("/v1/enrol", enrol_body(secret, *keys));
  CHECK(again.status == 401);
  CHECK(code_of(again) == "enrolment_code_invalid");
}

TEST_CASE("an enrolment code dies after five wrong tries, not before") {
  TestCentre centre;
  const auto keys = *seal::KeyStore::open(centre.folder.path / "keys", centre.random);
  const std::string four = centre.new_code(clinic), five = centre.new_code(clinic);
  for (int i = 0; i < 4; ++i) CHECK(centre.post("/v1/enrol", enrol_body(with_last_changed(four), *keys)).status == 401);
  CHECK(centre.post("/v1/enrol", enrol_body(four, *keys)).status == 200);
  for (int i = 0; i < 5; ++i) CHECK(centre.post("/v1/enrol", enrol_body(with_last_changed(five), *keys)).status == 401);
  CHECK(centre.post("/v1/enrol", enrol_body(five, *keys)).status == 401);
}

TEST_CASE("an enrolment code ends after 24 hours") {
  TestCentre centre;
  const auto keys = *seal::KeyStore::open(centre.folder.path / "keys", centre.random);
  const std::string in_time = centre.new_code(clinic), late = centre.new_code(clinic);
  centre.clock.advance(std::chrono::hours(24) - std::chrono::milliseconds(1));
  CHECK(centre.post("/v1/enrol", enrol_body(in_time, *keys)).status == 200);
  centre.clock.advance(std::chrono::milliseconds(1));
  CHECK(centre.post("/v1/enrol", enrol_body(late, *keys)).status == 401);
  CHECK(centre.service->make_enrolment_code(clinic, "T 1", centre.clock.wall()).has_error());
  CHECK(centre.service->make_enrolment_code("H00000000000", {}, centre.clock.wall()).has_error());
}

TEST_CASE("nothing but enrolment is answered without the terminal's own, current certificate") {
  TestCentre centre;
  TestTill till(centre, clinic);
  const std::string body = protocol::encode(till.sync_request());
  CHECK(centre.post("/v1/sync", body).status == 401);
  CHECK(centre.post("/v1/sync", body, "T-000001", std::string(64, '0')).status == 401);
  CHECK(centre.post("/v1/sync", body, "T-000009", till.fingerprint).status == 401);
  CHECK(till.post("/v1/sync", body).status == 200);
  REQUIRE(centre.service->revoke("T-000001").has_value());
  CHECK(code_of(till.post("/v1/sync", body)) == "revoked");
  CHECK(centre.service->revoke("T-000009").has_error());
}

TEST_CASE("enrolling an existing terminal opens a new epoch and ends the old certificate") {
  TestCentre centre;
  TestTill before(centre, clinic);
  TestTill after(centre, clinic, "T-000001");
  CHECK(after.enrolled.terminal == "T-000001");
  CHECK(after.enrolled.epoch == 2);
  CHECK(before.send(before.sync_request()).status == 401);
  CHECK(after.send(after.sync_request()).status == 200);

  const auto keys = *seal::KeyStore::open(centre.folder.path / "keys", centre.random);
  const std::string foreign = centre.new_code(pharmacy, "T-000001");
  CHECK(code_of(centre.post("/v1/enrol", enrol_body(foreign, *keys))) == "terminal_of_other_site");
}

TEST_CASE("what is not a message is a Problem with a path, whatever the call") {
  TestCentre centre;
  TestTill till(centre, clinic);
  for (const char* path : {"/v1/enrol", "/v1/person", "/v1/hold", "/v1/sync", "/v1/statement"}) {
    const auto response = till.post(path, "{\"x\":1}");
    CHECK(response.status == 400);
    CHECK(code_of(response) == "malformed");
  }
  CHECK(till.post("/v1/nothing", "{}").status == 404);
  CHECK(till.post("/v1/person", std::string(protocol::control_bytes_max + 1, ' ')).status == 413);

  http::Request request;
  request.method = "GET";
  request.target = "/v1/sync";
  CHECK(centre.service->handle(request, centre.clock.wall()).status == 405);
  request.method = "POST";
  request.headers = {{"Content-Encoding", "gzip"}};
  CHECK(centre.service->handle(request, centre.clock.wall()).status == 400);
  request.headers = {{"Content-Encoding", "zstd"}};
  request.body = protocol::compress(std::string(64u << 20, '\0'));
  CHECK(centre.service->handle(request, centre.clock.wall()).status == 413);
}

}  // namespace gongji::centre
