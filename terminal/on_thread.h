// on_thread.h — from a coroutine to the thread of a pool and back.
//
//   const std::function<Tasks()> task = [&] { return list(...); };
//   auto step = on_thread<Tasks>(pool, task);
//   auto tasks = co_await std::move(step);
//
// The task runs on the pool's thread while the coroutine waits, so it may refer to the coroutine's locals; the
// coroutine goes on on its own executor.  What the task throws is thrown to who waits.  A cancellation does not reach
// it.  Not Asio's co_spawn() onto the pool: that of 1.81 hands a cancellation on by a pointer that the end of the task
// leaves dangling.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace gongji::terminal {

template <class T>
boost::asio::awaitable<T> on_thread(boost::asio::thread_pool& pool, const std::function<T()>& task) {
  namespace asio = boost::asio;
  struct Ended {
    std::optional<T> value;
    std::exception_ptr thrown;
  };
  using Handed = std::shared_ptr<Ended>;
  const auto executor = co_await asio::this_coro::executor;
  auto initiate = [&pool, &task, executor](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = asio::make_work_guard(executor);
    asio::post(pool, [shared, work = std::move(work), executor, &task] {
      const Handed ended = std::make_shared<Ended>();
      try {
        ended->value.emplace(task());
      } catch (...) {
        ended->thrown = std::current_exception();
      }
      asio::post(executor, [shared, ended] { (*shared)(ended); });
    });
  };
  const Handed ended = co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Handed)>(std::move(initiate),
                                                                                                  asio::use_awaitable);
  if (ended->thrown) std::rethrow_exception(ended->thrown);
  co_return *std::move(ended->value);
}

}  // namespace gongji::terminal
