// on_writer.h — from a coroutine to the writer's thread and back.
//
//   const JournalTask<Result<Stretch>> task = [](Journal& journal) { return journal.unsent(...); };
//   auto stretch = co_await on_journal(writer, task);
//   const Journal::Work work = [&](Turn& turn) -> Result<void> { ... };
//   auto done = co_await on_turn(writer, work);
//
// The task runs on the writer's thread while the coroutine waits, so it may refer to the coroutine's locals.  The
// coroutine goes on on its own executor.  Tasks are named by their caller and passed by reference: g++ 12 destroys
// lambdas that are temporaries of a co_await expression twice.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>
#include <utility>

#include "offline/journal/writer.h"

namespace gongji::link {

template <class T>
using JournalTask = std::function<T(journal::Journal&)>;

// `how`: &journal::Writer::look for a task that writes nothing and comes again and again.
template <class T>
boost::asio::awaitable<T> on_journal(
    journal::Writer& writer, const JournalTask<T>& task,
    void (journal::Writer::*how)(std::function<void(journal::Journal&)>) = &journal::Writer::run) {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto initiate = [&writer, &task, how, executor](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = boost::asio::make_work_guard(executor);
    (writer.*how)([shared, work = std::move(work), executor, &task](journal::Journal& journal) {
      auto result = std::make_shared<T>(task(journal));
      boost::asio::post(executor, [shared, result] { (*shared)(result); });
    });
  };
  auto result = co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(std::shared_ptr<T>)>(
      std::move(initiate), boost::asio::use_awaitable);
  co_return std::move(*result);
}

inline boost::asio::awaitable<Result<void>> on_turn(journal::Writer& writer,
                                                    const journal::Journal::Work& work_function) {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto initiate = [&writer, &work_function, executor](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto work = boost::asio::make_work_guard(executor);
    writer.submit([&work_function](journal::Turn& turn) { return work_function(turn); },
                  [shared, work = std::move(work), executor](Result<void> done) {
                    auto result = std::make_shared<Result<void>>(std::move(done));
                    boost::asio::post(executor, [shared, result] { (*shared)(result); });
                  });
  };
  auto result =
      co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(std::shared_ptr<Result<void>>)>(
          std::move(initiate), boost::asio::use_awaitable);
  co_return std::move(*result);
}

}  // namespace gongji::link
