#include "sync/http/detail/head.h"

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <string_view>

namespace gongji::http {
namespace {

bool is_token(std::string_view text) {  // RFC 9110, 5.6.2
  constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           others.find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
  });
}

bool is_target(std::string_view text) {
  return !text.empty() && std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7F;
  });
}

bool is_ours(std::string_view name) {
  const std::vector<Header> probe{{std::string(name), {}}};
  return find_header(probe, "Content-Length") || find_header(probe, "Transfer-Encoding") ||
         find_header(probe, "Connection");
}

bool append(std::string& head, const std::vector<Header>& headers) {
  for (const Header& header : headers) {
    if (!is_token(header.name) || !is_value(header.value)) return false;
    if (is_ours(header.name)) continue;
    head += header.name + ": " + header.value + "\r\n";
  }
  return true;
}

}  // namespace

std::optional<std::string> request_head(const Request& request, const std::string& host) {
  if (!is_token(request.method) || !is_target(request.target)) return std::nullopt;
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
  if (!request.find("Host")) head += "Host: " + host + "\r\n";
  if (!append(head, request.headers)) return std::nullopt;
  const bool bodyless = request.body.empty() && (request.method == "GET" || request.method == "HEAD");
  if (!bodyless) head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return head + "\r\n";
}

std::optional<std::string> response_head(const Response& response, Framing framing, bool keep_alive) {
  if (response.status < 200 || response.status > 999) return std::nullopt;
  const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(response.status));
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason.data(), reason.size());
  head += "\r\n";
  if (!append(head, response.headers)) return std::nullopt;
  const bool bodyless = response.status == 204 || response.status == 304;
  if (framing == Framing::chunked) head += "Transfer-Encoding: chunked\r\n";
  if (framing == Framing::length && !bodyless)
    head += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
  if (!keep_alive) head += "Connection: close\r\n";
  return head + "\r\n";
}

}  // namespace gongji::http
