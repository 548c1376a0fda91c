// card_session.h — one card in one reader, from the first byte to the end of the sale.
//
// The session keeps the card connected after a read: only an open connection sees a quick exchange of cards (the
// service polls the reader every 400 ms).  Whatever goes wrong, nothing half-read is handed out, the card is unpowered
// and the next call starts from reset.
//
// Thread safety: one thread at a time.  The transport must outlive the session.
#pragma once

#include <string>

#include "card/social_security_card.h"
#include "card/transport.h"

namespace gongji::card {

class CardSession {
 public:
  CardSession(Transport& transport, std::string reader);
  ~CardSession();
  CardSession(const CardSession&) = delete;
  CardSession& operator=(const CardSession&) = delete;

  const std::string& reader() const { return reader_; }
  bool connected() const { return connected_; }

  // Selects the application only.  Troubles: those of Transport::connect and select_social_security.
  Result<void> probe();

  // Connects if need be and reads all fields.  Troubles: those of Transport::connect and read_fields.
  Result<CardFields> read();

  // Reads the card's two numbers again and compares; call it right before money moves.
  // Troubles: card_changed when another card answers; else those of Transport::connect and read_identity.
  Result<void> still_the_same(const CardFields& before);

  // Makes sure that it is still the very card of `before`, and shows it the PIN, once.  Troubles: those of
  // still_the_same and verify_pin.
  Result<void> verify_pin(const CardFields& before, const Secret& pin);

  void close(LetGo how);

 private:
  Result<void> connect();
  template <class T>
  Result<T> finish(Result<T> result);  // unpowers after trouble

  Transport& transport_;
  std::string reader_;
  bool connected_ = false;
};

}  // namespace gongji::card
