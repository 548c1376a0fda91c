// virtual_card.h — a social security card made of code: commands in, answers out.
//
// It behaves as the specification says a card does, so that what reads it can be trusted with real ones: files EF05 and
// EF06 of the application SSSE, records by tag, by number and all at once, PIN, challenge; versions 1.0x, 2.0x and 3.0x
// (whose EF06 stays shut).  No key is in it.
//
// Source: 人社信息函〔2012〕37号; LD/T 32.5-2015 (commands, status words).
#pragma once

#include <cstdint>
#include <vector>

#include "card/vcard/person.h"
#include "offline/base/bytes.h"

namespace gongji::card::vcard {

struct CardHabits {
  bool strict_t0 = false;  // answers 6Cxx to any but the exact length, and 61xx where data wait
  bool reads_all = true;   // knows "all records in one command" (P2 = 05)
};

class VirtualCard {
 public:
  VirtualCard(const Person& person, CardHabits habits);

  Bytes atr() const;
  void reset();  // power: forgets selection and PIN, not the tries left

  // Any bytes are fit as a command; the answer ends in a status word.
  Bytes answer(ByteView command);

 private:
  enum class File : unsigned char { none, issue, holder };
  struct Command;

  Bytes select(const Command& command);
  Bytes read_record(const Command& command);
  Bytes verify(const Command& command);
  Bytes challenge(const Command& command);
  Bytes get_response(const Command& command);
  Bytes with_length(const Command& command, Bytes data) const;

  CardHabits habits_;
  Bytes identifier_;
  bool shut_ = false;          // 3.0x: the holder's file needs external authentication
  std::vector<Bytes> issue_;   // records of EF05, each with tag and length
  std::vector<Bytes> holder_;  // records of EF06
  bool selected_ = false;
  File file_ = File::none;
  Bytes waiting_;  // for GET RESPONSE
  int tries_ = 3;
  std::uint8_t challenges_ = 0;
};

}  // namespace gongji::card::vcard
