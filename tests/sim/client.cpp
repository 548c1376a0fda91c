// client.cpp — the product's http::Client, on a simulated line (network.h).
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "offline/base/check.h"
#include "sync/http/client.h"
#include "tests/sim/network.h"

namespace gongji::http {

namespace asio = boost::asio;

class Client::Impl {
 public:
  explicit Impl(sim::Line& to) : line(to) {}
  sim::Line& line;
  sim::Line::Connection connection = 0;
};

Client::Client(const asio::any_io_executor&, ClientOptions options)
    : impl_(std::make_shared<Impl>(sim::Line::named(options.host))) {}
Client::~Client() = default;

asio::awaitable<Result<Response>> Client::call(Request request, std::chrono::milliseconds deadline) {
  using Answer = std::shared_ptr<Result<Response>>;
  const auto executor = co_await asio::this_coro::executor;
  const auto impl = impl_;
  auto initiate = [impl, executor, deadline, &request](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = asio::make_work_guard(executor);
    impl->line.call(impl->connection, std::move(request), deadline,
                    [impl, shared, executor, work = std::move(work)](Result<Response> result) {
                      auto answer = std::make_shared<Result<Response>>(std::move(result));
                      asio::post(executor, [shared, answer] { (*shared)(answer); });
                    });
  };
  auto answer = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Answer)>(std::move(initiate),
                                                                                           asio::use_awaitable);
  co_return std::move(*answer);
}

asio::awaitable<Result<void>> Client::connect(std::chrono::milliseconds deadline) {
  using Answer = std::shared_ptr<Result<void>>;
  const auto executor = co_await asio::this_coro::executor;
  const auto impl = impl_;
  auto initiate = [impl, executor, deadline](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = asio::make_work_guard(executor);
    impl->line.connect(impl->connection, deadline,
                       [impl, shared, executor, work = std::move(work)](Result<void> there) {
                         auto answer = std::make_shared<Result<void>>(std::move(there));
                         asio::post(executor, [shared, answer] { (*shared)(answer); });
                       });
  };
  auto answer = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Answer)>(std::move(initiate),
                                                                                           asio::use_awaitable);
  co_return std::move(*answer);
}

void Client::drop() {
  impl_->connection = 0;
}
bool Client::connected() const {
  return impl_->connection != 0;
}
void Client::reload_tls() {
  drop();
}
ClientCounters Client::counters() const {
  return {};
}

Result<Response> call_and_wait(ClientOptions, Request, std::chrono::milliseconds) {
  GONGJI_CHECK_WHY(false, "a simulated machine waits for nothing");
  std::abort();
}

}  // namespace gongji::http
