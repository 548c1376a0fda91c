#include "terminal/api/gate.h"

#include <catch2/catch.hpp>

#include "terminal/troubles.h"

using namespace gongji;
using namespace gongji::terminal;

namespace {

constexpr const char* token = "till-one-0123456789";

http::Request request(std::string target, std::vector<http::Header> headers = {}) {
  http::Request out;
  out.target = std::move(target);
  out.headers = std::move(headers);
  if (!out.find("Host")) out.headers.push_back({"Host", "127.0.0.1:8471"});
  return out;
}

Gate gate(bool tokenless = false) {
  return Gate({Secret(token), Secret("till-two-0123456789")}, tokenless);
}

std::string_view refused(const Gate& at, const http::Request& what) {
  auto path = at.admit(what);
  return path ? std::string_view("admitted") : path.error().text->code;
}

}  // namespace

TEST_CASE("a token in the path opens the interface and is cut off") {
  CHECK(gate().admit(request("/t/till-one-0123456789/fsi/api/rsfComIfsService/callService")).value() ==
        "/fsi/api/rsfComIfsService/callService");
  CHECK(gate().admit(request("/t/till-two-0123456789/csb/2102")).value() == "/csb/2102");
}

TEST_CASE("a bearer token opens our own paths") {
  CHECK(gate().admit(request("/api/v1/status?x=1", {{"authorization", "Bearer till-one-0123456789"}})).value() ==
        "/api/v1/status");
}

TEST_CASE("a wrong, cut or missing token is refused") {
  const std::string_view wrong = troubles::token_wrong.code;
  CHECK(refused(gate(), request("/api/v1/status")) == wrong);
  CHECK(refused(gate(), request("/t/till-one-012345678/2102")) == wrong);
  CHECK(refused(gate(), request("/t/till-one-0123456789")) == wrong);
  CHECK(refused(gate(), request("/t//2102")) == wrong);
  CHECK(refused(gate(), request("/api/v1/status", {{"Authorization", "Bearer till-one-0123456780"}})) == wrong);
  CHECK(refused(gate(), request("/api/v1/status", {{"Authorization", "Basic till-one-0123456789"}})) == wrong);
}

TEST_CASE("tokenless is a setting, and a wrong token is wrong even then") {
  CHECK(gate(true).admit(request("/csb/2102")).value() == "/csb/2102");
  CHECK(refused(gate(true), request("/t/nonsense/csb/2102")) == troubles::token_wrong.code);
}

TEST_CASE("a web page of another site is refused before its token is looked at") {
  const std::string_view origin = troubles::origin_refused.code;
  const http::Header bearer{"Authorization", "Bearer till-one-0123456789"};
  CHECK(refused(gate(), request("/api/v1/status", {bearer, {"Origin", "https://example.com"}})) == origin);
  CHECK(refused(gate(), request("/api/v1/status", {bearer, {"Origin", "null"}})) == origin);
  CHECK(refused(gate(), request("/api/v1/status", {bearer, {"Sec-Fetch-Site", "cross-site"}})) == origin);
  CHECK(refused(gate(), request("/api/v1/status", {bearer, {"Host", "attacker.example"}})) == origin);
  CHECK(refused(gate(), request("/api/v1/status", {bearer, {"Host", "127.0.0.1.attacker.example"}})) == origin);
  CHECK(refused(gate(true), request("/csb/2102", {{"Host", "attacker.example"}})) == origin);
  CHECK(gate().admit(request("/api/v1/status", {bearer, {"Origin", "http://127.0.0.1:8471"}})).has_value());
  CHECK(gate().admit(request("/api/v1/status", {bearer, {"Sec-Fetch-Site", "same-origin"}})).has_value());
}

TEST_CASE("our own names of the host, with a port or without") {
  for (const char* host : {"127.0.0.1", "127.0.0.1:8471", "localhost:1", "[::1]", "[::1]:8471"})
    CHECK(is_own_host(host));
  for (const char* host : {"", "127.0.0.2", "localhost.", "[::1", "127.0.0.1:x", "127.0.0.1:8471:1", "[::2]:8471"}) {
    CHECK_FALSE(is_own_host(host));
  }
}
