// pcsc_transport.h — readers through the PC/SC service (pcsc-lite's pcscd).
//
// The service may be started, stopped and restarted at any time: the connection to it is made again by itself, with a
// back-off of 100 ms doubling to 5 s.  Reader names carry an index that changes, so readers are chosen by a prefix.
//
// Thread safety: as Transport says.  The environment's PCSCLITE_CSOCK_NAME names another socket of the service; it is
// read by the library when the process makes its first call.
#pragma once

#include <memory>
#include <string>

#include "card/transport.h"
#include "offline/base/clock.h"

namespace gongji::card {

struct PcscOptions {
  std::string reader_prefix;  // "" takes every reader; e.g. "Virtual PCD" or "ACS ACR38U"
};

// Never fails: a service that is not there shows at the first call.  `clock` is borrowed and must outlive the
// transport.
std::unique_ptr<Transport> make_pcsc_transport(PcscOptions options, const Clock& clock);

}  // namespace gongji::card
