// scanner.h — a code scanner that may be plugged, unplugged and plugged again at any time.
//
// The scanner's descriptor comes from a function, so a USB serial device (open_serial), a pipe or a test's pseudo
// terminal are all the same.  End of file, an error or a hang-up means "unplugged": the descriptor is closed and opened
// again with a back-off of 100 ms doubling to 2 s, for as long as the Scanner lives.
//
// Set the scanner to USB serial (CDC) mode with CR or LF as suffix; the factory's keyboard mode types into whatever
// window has the focus.
//
// Thread safety: the handler runs on a thread inside Scanner, one event at a time, and must not destroy it.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "offline/base/clock.h"
#include "offline/base/secret.h"

namespace gongji::card {

struct ScannerEvent {
  enum class Kind : unsigned char { plugged, unplugged, scanned };
  Kind kind;
  Secret text;  // for scanned: 1..1024 bytes as the scanner sent them; see classify()
};

class Scanner {
 public:
  using Opener = std::function<int()>;  // a readable descriptor, which Scanner then owns, or -1
  using Handler = std::function<void(const ScannerEvent&)>;

  // `clock` is borrowed and must outlive the scanner.  Reading starts at once.
  Scanner(Opener open, const Clock& clock, Handler handler);
  ~Scanner();  // joins; no event comes afterwards
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;

 private:
  void run();
  void serve(int device);

  Opener open_;
  const Clock& clock_;
  Handler handler_;
  int stop_;  // eventfd
  std::thread thread_;
};

// Opens a serial device raw: 8 bits, no echo, no line discipline, no modem lines.  -1 when it is not there or not a
// terminal.  Prefer names that stay: /dev/serial/by-id/...
int open_serial(const std::string& path);

}  // namespace gongji::card
