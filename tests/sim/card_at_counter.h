// card_at_counter.h — the card reader of a simulated till: which card lies in it, and what it was asked.
//
// card_at_counter.cpp takes the place of terminal/checkout/counter_card.cpp at link time: no reader, no thread; a read
// takes half a second of virtual time.
#pragma once

#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "terminal/checkout/counter_card.h"

namespace gongji::sim {

struct CardAtCounter {
  std::optional<card::CardFields> card;
  std::string pin;                                // of that card
  std::vector<boost::asio::steady_timer*> reads;  // that are under way
  void stop_reads();                              // they fail
  std::uint64_t shown = 0;                        // PINs that a card was shown here
  std::optional<std::string> refused;             // card and PIN that were shown last and were wrong
};

// `slot` outlives the reader.
std::unique_ptr<terminal::CounterCard> reader_of(CardAtCounter& slot);

}  // namespace gongji::sim
