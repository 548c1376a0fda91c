#include <map>

#include "offline/base/check.h"
#include "sync/http/client.h"
#include "sync/http/troubles.h"
#include "tests/state_machine/wire.h"

namespace gongji::tests {

namespace {

std::map<std::string, Wire*>& wires() {
  static std::map<std::string, Wire*> all;
  return all;
}

}  // namespace

Wire::Wire(std::string name) : name_(std::move(name)) {
  wires()[name_] = this;
}
Wire::~Wire() {
  wires().erase(name_);
}
Wire& Wire::named(const std::string& name) {
  const auto found = wires().find(name);
  GONGJI_CHECK(found != wires().end());
  return *found->second;
}

Result<http::Response> Wire::call(const http::Request& request) const {
  if (line == Line::down) {
    ++in_vain;
    return trouble(http::troubles::connect_failed, name_);
  }
  http::Response response = centre(request);
  if (line == Line::one_way) return trouble(http::troubles::deadline_passed, name_);
  return response;
}

}  // namespace gongji::tests

namespace gongji::http {

class Client::Impl {
 public:
  explicit Impl(tests::Wire& to) : wire(to) {}
  tests::Wire& wire;
};

Client::Client(const boost::asio::any_io_executor&, ClientOptions options)
    : impl_(std::make_shared<Impl>(tests::Wire::named(options.host))) {}
Client::~Client() = default;

boost::asio::awaitable<Result<void>> Client::connect(std::chrono::milliseconds) {
  if (impl_->wire.line == tests::Line::down) co_return trouble(troubles::connect_failed, impl_->wire.name());
  co_return Result<void>();
}

boost::asio::awaitable<Result<Response>> Client::call(Request request, std::chrono::milliseconds) {
  auto& wire = impl_->wire;
  auto answer = wire.call(request);
  if (wire.meanwhile) {
    auto step = wire.meanwhile(request.path());
    co_await std::move(step);
    if (wire.line == tests::Line::one_way) co_return trouble(troubles::deadline_passed, wire.name());
  }
  co_return answer;
}

void Client::drop() {}
bool Client::connected() const {
  return true;
}
void Client::reload_tls() {}
ClientCounters Client::counters() const {
  return {};
}

Result<Response> call_and_wait(ClientOptions options, Request request, std::chrono::milliseconds) {
  return tests::Wire::named(options.host).call(request);
}

}  // namespace gongji::http
