// wire.h — the line between a till and its centre without sockets: http::Client of this program calls a function.
//
// in_process_client.cpp defines gongji::http::Client anew, so that link and checkout are the product's own.  A client
// speaks to the wire whose name is the host of its options.  One thread.
#pragma once

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>

#include "sync/http/message.h"

namespace gongji::tests {

enum class Line {
  up,
  down,     // nothing arrives
  one_way,  // requests arrive, answers do not
};

class Wire {
 public:
  explicit Wire(std::string name);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  static Wire& named(const std::string& name);

  Result<http::Response> call(const http::Request& request) const;
  const std::string& name() const { return name_; }

  std::function<http::Response(http::Request)> centre;
  // What else happens while an answer is on its way; on a line that is then one_way it is lost.
  std::function<boost::asio::awaitable<void>(std::string_view target)> meanwhile;
  Line line = Line::up;
  mutable int in_vain = 0;  // calls that were made ready and found the line down

 private:
  std::string name_;
};

}  // namespace gongji::tests
