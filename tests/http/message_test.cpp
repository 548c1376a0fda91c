#include "sync/http/message.h"

#include <catch2/catch.hpp>

#include <set>

#include "sync/http/troubles.h"

using namespace gongji;
using namespace gongji::http;

TEST_CASE("a header is found by its name in any case, the first of several") {
  Request request;
  request.headers = {{"Content-Type", "a"}, {"content-type", "b"}, {"X", ""}};
  CHECK(request.find("CONTENT-TYPE") == "a");
  CHECK(request.find("x") == "");
  CHECK(!request.find("Content"));
  CHECK(!request.find("Content-Type2"));
}

TEST_CASE("a target is split at its first question mark") {
  Request request;
  request.target = "/api/v1/changes?since=3?4";
  CHECK(request.path() == "/api/v1/changes");
  CHECK(request.query() == "since=3?4");
  request.target = "/healthz";
  CHECK(request.path() == "/healthz");
  CHECK(request.query().empty());
}

TEST_CASE("JSON text is quoted so that no content breaks out of it") {
  CHECK(json_quoted("plain 中文") == "\"plain 中文\"");
  CHECK(json_quoted("a\"b\\c\n\x01") == "\"a\\\"b\\\\c\\u000a\\u0001\"");
  CHECK(json_quoted("bad \xFF\xC3 end") == "\"bad \xEF\xBF\xBD\xEF\xBF\xBD end\"");
  CHECK(json_quoted("") == "\"\"");
}

TEST_CASE("a problem carries its code, what happened and what to do next, in both languages") {
  const Response response = Response::problem(413, trouble(troubles::body_too_large, "lines", "limit \"3\""));
  CHECK(response.status == 413);
  CHECK(response.find("content-type") == "application/json");
  CHECK(response.body.starts_with("{\"code\":\"G5105\",\"message\":\"请求内容超过上限"));
  CHECK(response.body.ends_with(",\"path\":\"lines\",\"detail\":\"limit \\\"3\\\"\"}"));
  CHECK(Response::problem(400, trouble(troubles::request_malformed)).body.find("detail") == std::string::npos);
}

TEST_CASE("every trouble of this module has its own code in G51xx and all four sentences") {
  std::set<std::string_view> codes;
  for (const TroubleText* text : troubles::all) {
    CAPTURE(text->code);
    CHECK(text->code.starts_with("G51"));
    CHECK(text->code.size() == 5);
    CHECK(codes.insert(text->code).second);
    CHECK(!text->zh.empty());
    CHECK(!text->next_zh.empty());
    CHECK(!text->en.empty());
    CHECK(!text->next_en.empty());
  }
}
