#include "terminal/checkout/counter_card.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gongji::terminal {

namespace asio = boost::asio;

CounterCard::CounterCard(std::unique_ptr<card::CardReader> reader) : reader_(std::move(reader)) {}

CounterCard::~CounterCard() {
  thread_.stop();
  // Ends a read in progress, so that the thread can be joined.
  reader_.reset();
  thread_.join();
}

asio::awaitable<Result<card::CardFields>> CounterCard::read(std::chrono::milliseconds wait) {
  card::CardReader& reader = *reader_;
  auto on_thread = [&reader, wait]() -> asio::awaitable<Result<card::CardFields>> { co_return reader.read(wait); };
  auto fields = co_await asio::co_spawn(thread_, on_thread, asio::use_awaitable);
  co_return fields;
}

asio::awaitable<Result<void>> CounterCard::confirm(card::CardFields before) {
  card::CardReader& reader = *reader_;
  auto on_thread = [&reader, &before]() -> asio::awaitable<Result<void>> { co_return reader.confirm(before); };
  auto done = co_await asio::co_spawn(thread_, on_thread, asio::use_awaitable);
  co_return done;
}

asio::awaitable<Result<void>> CounterCard::verify_pin(card::CardFields before, Secret pin) {
  card::CardReader& reader = *reader_;
  auto on_thread = [&reader, &before, &pin]() -> asio::awaitable<Result<void>> {
    co_return reader.verify_pin(before, pin);
  };
  auto done = co_await asio::co_spawn(thread_, on_thread, asio::use_awaitable);
  co_return done;
}

void CounterCard::release() {
  asio::post(thread_, [this] { reader_->release(); });
}

}  // namespace gongji::terminal
