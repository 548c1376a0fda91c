// card_reader.h — the card reader as the daemon sees it: read, confirm, and be told of cards coming and going.
//
// A sale goes: read() -> fields; the card stays connected; confirm(fields) right before money moves; release().  An
// exchange of cards in between is found by confirm, always: it compares card identifier and card number again.
//
// Thread safety: every member may be called from any thread; read, confirm, verify_pin and release take turns.  They
// block the caller (a full read takes about half a second with a real card), so a daemon calls them from a thread of
// its own. The watcher runs on a thread inside CardReader.  Destruction is stop() and joins; no call may begin after
// it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "card/card_session.h"
#include "card/social_security_card.h"
#include "card/transport.h"
#include "offline/base/clock.h"

namespace gongji::card {

// How long read and confirm wait for a card that has just moved to settle again; the service polls every 400 ms.
inline constexpr std::chrono::milliseconds resettle_wait{1500};

struct CardEvent {
  enum class Kind : unsigned char { inserted, removed, reader_added, reader_gone, service_lost, service_back };
  Kind kind;
  std::string reader;  // "" for the service's events
};

class CardReader {
 public:
  // Called on the watching thread, one event at a time; must not call back into this CardReader and must not block.
  using Watcher = std::function<void(const CardEvent&)>;

  // `open` makes the two transports (one to work, one to watch); `clock` is borrowed and must outlive the reader.
  // With a watcher the watching thread starts at once and reports readers and cards that are already there as added and
  // inserted.
  CardReader(const TransportFactory& open, const Clock& clock, Watcher watcher = {});
  ~CardReader();
  CardReader(const CardReader&) = delete;
  CardReader& operator=(const CardReader&) = delete;

  // Waits up to `wait` (0: only a look) for a card and reads it.  A card from an earlier read is let go first.  A card
  // that moves while it is read is read anew from the start if it, or another, is in again within resettle_wait.
  // Troubles, by precedence: interrupted, no_service, no_reader, no_card (time is up), several_cards, then those of
  // CardSession::read.
  Result<CardFields> read(std::chrono::milliseconds wait);

  // Ok: the card in the reader is the very card of `before`; it stays connected.  A card that was pulled and put back
  // within resettle_wait passes.  Troubles: card_changed, card_pulled, and those of read().  After trouble the card is
  // let go.
  Result<void> confirm(const CardFields& before);

  // Shows the PIN to the card of `before`, which read() has left connected; once, and never again by itself: also a
  // card that moved is not asked anew.  Troubles: card_pulled (no card is connected), those of CardSession::verify_pin.
  // After trouble the card is let go.
  Result<void> verify_pin(const CardFields& before, const Secret& pin);

  // The sale is over: lets the card go.  Without a card: nothing happens.
  void release();

  // For good: ends a read in progress with `interrupted`, and every later one.  Returns when nobody is at the card; a
  // card that is connected stays so until release() or the end.
  void stop();

 private:
  Result<std::string> find_card(SteadyTime deadline);
  Result<std::string> choose(const std::vector<ReaderState>& readers);
  std::chrono::milliseconds left(SteadyTime deadline) const;
  void watch();

  const Clock& clock_;
  Watcher watcher_;
  std::unique_ptr<Transport> work_;
  std::unique_ptr<Transport> eyes_;
  std::mutex turn_;  // guards work_ (but for interrupt) and session_
  std::optional<CardSession> session_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> watching_{false};
  std::thread thread_;
};

}  // namespace gongji::card
