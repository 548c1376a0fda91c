// performance.h — puts a Stage before vsmartcard's virtual reader, and lets a conductor speak to it.
//
// To the reader: TCP to vpcd; two bytes of length, big-endian, then the payload; a payload of one byte is a control
// (00 off, 01 on, 02 reset, 04 give the ATR), any other a command.  Connecting is inserting, closing is removing.
// To the conductor: a unix socket; one line in, one line out, closed.
#pragma once

#include <cstdint>
#include <string>

#include "card/vcard/stage.h"

namespace gongji::card::vcard {

struct PerformanceOptions {
  std::string host = "127.0.0.1";  // a numeric address
  std::uint16_t port = 35963;
  std::string control;  // path of the unix socket; "" has none
};

// Runs until the conductor says quit.  Returns what went wrong, "" on quit.  The reader need not be there: it is
// tried again every 20 ms while a card is in.
std::string perform(Stage& stage, const PerformanceOptions& options);

// The conductor's side: sends one line, returns the answer, or "error ..." when nobody answers within 5 s.
std::string conduct(const std::string& control, const std::string& line);

}  // namespace gongji::card::vcard
