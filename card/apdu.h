// apdu.h — commands to the card and its answers: the two T=0 loops, and what status words mean.
//
// A contact card speaks T=0: a command with the wrong expected length is answered 6Cxx ("ask again with xx"), an answer
// that waits is announced with 61xx ("fetch xx with GET RESPONSE").  Some readers hide this, some do not.
//
// Source: ISO/IEC 7816-3 and -4; status words of the social security card: LD/T 32.5-2015.
#pragma once

#include <cstdint>
#include <string>

#include "card/transport.h"
#include "offline/base/bytes.h"
#include "offline/base/result.h"

namespace gongji::card {

struct Answer {
  Bytes data;                // without the status word
  std::uint16_t status = 0;  // e.g. 0x9000
  bool ok() const { return status == 0x9000; }
};

// The most that one command may bring back over all GET RESPONSE rounds, and the most rounds; a card that goes on is
// malformed.
inline constexpr std::size_t answer_bytes_max = 4096;
inline constexpr int answer_rounds_max = 32;

// Sends `command` (4 bytes and more) and follows 6Cxx and 61xx until a final status.
// Troubles: those of Transport::transmit; card_malformed when the card never comes to an end.
Result<Answer> send_command(Transport& transport, ByteView command);

// The trouble that a final status word other than 9000 stands for, while doing `step` ("EF06").
// 6A82 and 6986 in mid-sequence mean that the card lost its state: it moved (card_pulled).
Trouble trouble_of_status(std::uint16_t status, std::string step);

std::string status_text(std::uint16_t status);  // "6A82"

}  // namespace gongji::card
