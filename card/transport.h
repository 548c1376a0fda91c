// transport.h — readers, and raw command/answer pairs with the card in one of them.
//
// PC/SC is one implementation (pcsc/pcsc_transport.h).  Many readers in Chinese shops are driven by vendors' libraries
// instead; each of those becomes one more implementation of this interface, and nothing above it changes.
//
// Thread safety: one transport belongs to one thread at a time; only interrupt() may be called from another thread.
// Calls block.  At most one card is connected at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/result.h"

namespace gongji::card {

struct ReaderState {
  std::string name;
  bool present = false;      // a card is in
  bool mute = false;         // it is in, but does not answer (upside down, dirty, broken)
  std::uint32_t events = 0;  // grows with each insertion and removal: two differing values mean the card moved
  bool operator==(const ReaderState&) const = default;
};

// What happens to the card's power when it is let go.
enum class LetGo : std::uint8_t {
  powered,    // all went well
  unpowered,  // after any trouble: the next connection starts from reset
};

class Transport {
 public:
  virtual ~Transport() = default;

  // The readers now, in a stable order.  Returns at once on the first call and whenever something changed since the
  // last call; otherwise when `timeout` has passed (then equal to the last answer).  timeout >= 0.
  // Troubles: interrupted, no_service (after at most `timeout`, with back-off between attempts), reader_trouble.
  virtual Result<std::vector<ReaderState>> wait_for_change(std::chrono::milliseconds timeout) = 0;

  // Takes the card in `reader` for this transport alone and powers it; an earlier connection is let go first.
  // Troubles: no_service, no_reader, no_card, card_mute, reader_busy, reader_trouble.
  virtual Result<void> connect(const std::string& reader) = 0;

  // One command, one answer, with its status word: at least 2 bytes.  Requires a connection.
  // Troubles: card_pulled (also: no or half an answer, card reset by others, card exchanged), no_service, no_reader,
  // reader_trouble.  After any of them the connection is useless: call disconnect(LetGo::unpowered).
  virtual Result<Bytes> transmit(ByteView command) = 0;

  // Without a connection: nothing happens.  After card_pulled it may take half a second, until the service has looked.
  virtual void disconnect(LetGo how) = 0;

  // Any thread: ends a wait_for_change in progress, for good: it and all later ones answer `interrupted`.  A call that
  // races with the start of a wait may be lost: repeat it until the waiting thread has ended.
  virtual void interrupt() = 0;
};

using TransportFactory = std::function<std::unique_ptr<Transport>()>;

}  // namespace gongji::card
