// stage.h — which card is in the virtual reader, and what mischief befalls it.
//
// The conductor sends lines of text; the reader's side asks for answers.  Neither knows of sockets, so tests drive the
// same stage without any.
//
// Lines:  insert NAME | remove | swap NAME | persons | status | quit
//         tear-after N       dies while it should answer the N-th command from now (1 = the next)
//         fail-after N SW    answers the N-th command from now with status SW, e.g. 6F00
//         swap-after N NAME  after the answer to the N-th command from now it is another card
//         delay MS | strict-t0 on|off | read-all on|off | mute on|off
// Answers start with "ok" or "error".  A mischief happens once.
//
// Thread safety: none.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "card/vcard/virtual_card.h"

namespace gongji::card::vcard {

inline constexpr int delay_ms_max = 10'000;

class Stage {
 public:
  explicit Stage(Persons persons) : persons_(std::move(persons)) {}

  // Obeys one line and returns the answer, without line end.
  std::string obey(std::string_view line);

  bool occupied() const { return card_.has_value(); }
  bool quitting() const { return quitting_; }
  std::chrono::milliseconds delay() const { return delay_; }

  // Grows with each insertion: a connection that was made for an earlier one must be closed.
  unsigned insertions() const { return insertions_; }

  void reset();  // the reader powered or reset the card
  // Requires a card.  A mute card's first answer after power is nonsense: the virtual reader takes silence for an empty
  // slot, and finds out by further requests for the ATR whether a card is in, which even a mute card must answer.
  Bytes atr();
  bool mute() const { return mute_; }
  std::optional<Bytes> answer(ByteView command);  // nullopt: the card died and is out.  Requires a card

  void note_reader(bool connected) { reader_connected_ = connected; }  // for status

 private:
  std::string put(const std::string& name);
  void take();

  Persons persons_;
  std::optional<VirtualCard> card_;
  std::string name_;
  CardHabits habits_;
  bool mute_ = false;
  bool just_powered_ = false;
  bool quitting_ = false;
  bool reader_connected_ = false;
  unsigned insertions_ = 0;
  unsigned commands_ = 0;  // answered since the insertion
  std::chrono::milliseconds delay_{0};
  int tear_after_ = 0, fail_after_ = 0, swap_after_ = 0;  // 0: never
  unsigned fail_status_ = 0;
  std::string swap_to_;
};

}  // namespace gongji::card::vcard
