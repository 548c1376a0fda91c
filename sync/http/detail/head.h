// head.h — the first lines of a message, written.  (Reading them is Beast's.)
//
// Nothing is returned when a name or value would break the message apart (CR, LF, blanks where none may be).
// Content-Length, Transfer-Encoding and Connection of the caller are left out: they are written from what is sent.
#pragma once

#include <optional>
#include <string>

#include "sync/http/message.h"

namespace gongji::http {

// `host` is written unless the request brings its own Host.
std::optional<std::string> request_head(const Request& request, const std::string& host);

enum class Framing { length, chunked, until_close };
std::optional<std::string> response_head(const Response& response, Framing framing, bool keep_alive);

}  // namespace gongji::http
