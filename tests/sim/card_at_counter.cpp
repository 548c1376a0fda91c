#include "tests/sim/card_at_counter.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>

#include "card/troubles.h"
#include "tests/sim/broken.h"

namespace gongji::sim {

namespace {

constexpr std::chrono::milliseconds a_read{500};

std::map<const terminal::CounterCard*, CardAtCounter*>& slots() {
  static std::map<const terminal::CounterCard*, CardAtCounter*> all;
  return all;
}

bool is_same(const CardAtCounter& slot, const card::CardFields& before) {
  return slot.card && slot.card->card_identifier == before.card_identifier;
}

}  // namespace

void CardAtCounter::stop_reads() {
  for (auto* timer : reads) timer->cancel();
}

std::unique_ptr<terminal::CounterCard> reader_of(CardAtCounter& slot) {
  auto reader = std::make_unique<terminal::CounterCard>(nullptr);
  slots()[reader.get()] = &slot;
  return reader;
}

}  // namespace gongji::sim

namespace gongji::terminal {

namespace asio = boost::asio;

CounterCard::CounterCard(std::unique_ptr<card::CardReader> reader) : reader_(std::move(reader)) {}

CounterCard::~CounterCard() {
  sim::slots().erase(this);
}

asio::awaitable<Result<card::CardFields>> CounterCard::read(std::chrono::milliseconds) {
  const auto executor = co_await asio::this_coro::executor;
  sim::CardAtCounter& slot = *sim::slots().at(this);
  asio::steady_timer timer(executor, sim::a_read);
  slot.reads.push_back(&timer);
  boost::system::error_code stopped;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, stopped));
  std::erase(slot.reads, &timer);
  if (stopped) co_return trouble(card::troubles::interrupted);
  if (!slot.card) co_return trouble(card::troubles::no_card);
  co_return *slot.card;
}

asio::awaitable<Result<void>> CounterCard::confirm(card::CardFields before) {
  const sim::CardAtCounter& slot = *sim::slots().at(this);
  if (!slot.card) co_return trouble(card::troubles::card_pulled);
  if (!sim::is_same(slot, before)) co_return trouble(card::troubles::card_changed);
  co_return Result<void>();
}

asio::awaitable<Result<void>> CounterCard::verify_pin(card::CardFields before, Secret pin) {
  sim::CardAtCounter& slot = *sim::slots().at(this);
  if (!sim::is_same(slot, before)) co_return trouble(card::troubles::card_pulled);
  const std::string shown = before.card_identifier.reveal() + "|" + pin.reveal();
  sim::must(slot.refused != shown, "a_refused_pin_is_not_shown_again", "to the same card");
  ++slot.shown;
  if (pin.reveal() == slot.pin) {
    slot.refused.reset();
    co_return Result<void>();
  }
  slot.refused = shown;
  co_return trouble(card::troubles::pin_wrong);
}

void CounterCard::release() {}

void CounterCard::stop() {
  sim::slots().at(this)->stop_reads();
}

}  // namespace gongji::terminal
