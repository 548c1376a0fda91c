// counter_card.h — the card reader seen from coroutines.  card::CardReader blocks; it works on a thread of its own
// here.
//
// A sale that read the card itself keeps the reader until it is over, so two sales never share one card.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <memory>

#include "card/card_reader.h"
#include "offline/base/result.h"

namespace gongji::terminal {

class CounterCard {
 public:
  explicit CounterCard(std::unique_ptr<card::CardReader> reader);
  ~CounterCard();

  boost::asio::awaitable<Result<card::CardFields>> read(std::chrono::milliseconds wait);
  boost::asio::awaitable<Result<void>> confirm(card::CardFields before);
  // Once; see card::CardReader::verify_pin.
  boost::asio::awaitable<Result<void>> verify_pin(card::CardFields before, Secret pin);
  void release();  // returns at once
  // For good: who waits for a card, or will, is answered `interrupted`.
  void stop();

 private:
  std::unique_ptr<card::CardReader> reader_;
  std::unique_ptr<boost::asio::thread_pool> thread_;
};

// Lets the card go at the end of a question or a sale that read it.
class CardTurn {
 public:
  explicit CardTurn(CounterCard* card) : card_(card) {}
  ~CardTurn() {
    if (card_ != nullptr) card_->release();
  }
  CardTurn(const CardTurn&) = delete;
  CardTurn& operator=(const CardTurn&) = delete;

 private:
  CounterCard* card_;
};

}  // namespace gongji::terminal
