// message.h — one HTTP request and one answer, as plain values.
//
// Whole messages only: a body is read to its end before anybody sees it, and its size is limited before it is read.
// The one exception is an answer that never ends (server-sent events): see Response::chunks.
//
// Thread safety: plain values.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/result.h"

namespace gongji::http {

struct Header {
  std::string name;
  std::string value;
};

// The first header of that name, letters compared without case.  The view lives as long as `headers` is not changed.
std::optional<std::string_view> find_header(const std::vector<Header>& headers, std::string_view name);

struct Request {
  std::string method = "GET";  // upper case
  std::string target = "/";    // as sent: path and query, still percent-encoded
  std::vector<Header> headers;
  std::string body;

  // Filled in by the server; ignored when a client sends the request.
  std::string peer_name;         // common name of the client's verified certificate, "" without one
  std::string peer_fingerprint;  // SHA-256 of that certificate in lower-case hex, "" without one
  bool loopback = false;         // the peer is this machine (127.0.0.0/8, ::1, or a unix socket)
  bool behind = false;           // an earlier request of its connection is not answered yet

  std::optional<std::string_view> find(std::string_view name) const { return find_header(headers, name); }
  std::string_view path() const;   // target before '?'
  std::string_view query() const;  // target after '?', "" without one
};

struct Response {
  // Gives the next piece of an endless answer, or nothing at its end.  Called on the connection's strand, one at a
  // time.
  using Chunks = std::function<boost::asio::awaitable<std::optional<std::string>>()>;

  unsigned status = 200;
  std::vector<Header> headers;  // Content-Length, Transfer-Encoding and Connection are the server's business
  std::string body;
  Chunks chunks;  // when set, `body` is not sent; the answer is chunked and the connection closes behind it

  std::optional<std::string_view> find(std::string_view name) const { return find_header(headers, name); }

  static Response json(unsigned status, std::string body);
  static Response text(unsigned status, std::string body);  // text/plain; charset=utf-8
  // {"code":"G5105","message":…,"next":…,"message_en":…,"next_en":…,"path":…,"detail":…}; the last two only if not
  // empty.
  static Response problem(unsigned status, const Trouble& what);
};

// `text` as a JSON string with its quotes.  Bytes that are not UTF-8 become U+FFFD.
std::string json_quoted(std::string_view text);

}  // namespace gongji::http
