#include "terminal/checkout/counter_card.h"

#include <boost/asio/post.hpp>

#include <functional>

#include "terminal/on_thread.h"

namespace gongji::terminal {

namespace asio = boost::asio;

CounterCard::CounterCard(std::unique_ptr<card::CardReader> reader)
    : reader_(std::move(reader)), thread_(std::make_unique<asio::thread_pool>(1)) {}

// The thread ends before the reader that it uses.
CounterCard::~CounterCard() {
  stop();
  thread_->stop();
  thread_->join();
}

void CounterCard::stop() {
  reader_->stop();
}

asio::awaitable<Result<card::CardFields>> CounterCard::read(std::chrono::milliseconds wait) {
  using Fields = Result<card::CardFields>;
  const std::function<Fields()> task = [this, wait] { return reader_->read(wait); };
  auto step = on_thread<Fields>(*thread_, task);
  auto fields = co_await std::move(step);
  co_return fields;
}

asio::awaitable<Result<void>> CounterCard::confirm(card::CardFields before) {
  const std::function<Result<void>()> task = [this, &before] { return reader_->confirm(before); };
  auto step = on_thread<Result<void>>(*thread_, task);
  auto done = co_await std::move(step);
  co_return done;
}

asio::awaitable<Result<void>> CounterCard::verify_pin(card::CardFields before, Secret pin) {
  const std::function<Result<void>()> task = [this, &before, &pin] { return reader_->verify_pin(before, pin); };
  auto step = on_thread<Result<void>>(*thread_, task);
  auto done = co_await std::move(step);
  co_return done;
}

void CounterCard::release() {
  asio::post(*thread_, [this] { reader_->release(); });
}

}  // namespace gongji::terminal
