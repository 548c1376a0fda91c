#include "terminal/on_thread.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <thread>

using namespace gongji;
namespace asio = boost::asio;

TEST_CASE("a task runs on the pool's thread, and what it throws is thrown to who waits for it") {
  asio::io_context io(1);
  asio::thread_pool pool(1);
  std::string told;
  std::thread::id where;
  const std::function<int()> fails = []() -> int { throw std::runtime_error("no such disk"); };
  const std::function<int()> works = [&] {
    where = std::this_thread::get_id();
    return 7;
  };
  const auto ask = [&]() -> asio::awaitable<int> {
    try {
      auto step = terminal::on_thread<int>(pool, fails);
      co_await std::move(step);
    } catch (const std::runtime_error& thrown) {
      told = thrown.what();
    }
    auto step = terminal::on_thread<int>(pool, works);
    const int value = co_await std::move(step);
    co_return value;
  };
  int answer = 0;
  asio::co_spawn(io, ask, [&](const std::exception_ptr&, int value) { answer = value; });
  io.run();
  CHECK(told == "no such disk");
  CHECK(answer == 7);
  CHECK(where != std::this_thread::get_id());
}
