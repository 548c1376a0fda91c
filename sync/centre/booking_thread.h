// booking_thread.h — the one thread that books, who comes next there, and the handler of a server that uses it.
//
// While a batch is booked, the thread of the server reads and decodes the next one and answers the one before
// (CentreService::prepare(), finish()).
//
// Who waits at a counter is let in before the next batch, but not before one that has waited for many such: calls of
// one connection are booked in the order in which they came.
//
// Thread safety: every member of BookingThread may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "offline/base/clock.h"
#include "sync/centre/service.h"
#include "sync/http/server.h"

namespace gongji::centre {

class BookingThread {
 public:
  enum class Lane : std::uint8_t { counter, batch };
  static constexpr std::size_t counters_in_a_row_max = 16;

  BookingThread();
  ~BookingThread();  // does what waits
  BookingThread(const BookingThread&) = delete;
  BookingThread& operator=(const BookingThread&) = delete;

  // `work` must not throw.
  void submit(Lane lane, std::function<void()> work);
  void stop();  // does what waits, and ends the thread

 private:
  struct Waiting {
    std::uint64_t number = 0;
    std::function<void()> work;
  };
  void run();
  bool nobody_waits() const { return counters_.empty() && batches_.empty(); }
  Waiting take();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> counters_, batches_;
  std::uint64_t number_ = 0;
  std::size_t counters_in_a_row_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

// Every call of it is prepared and finished on its connection's strand, and booked on the thread.  All three must
// outlive the server.  For an io_context of one thread: what a terminal sends is prepared in the order in which it
// came.
http::Handler handler_over(CentreService& service, BookingThread& booking, const Clock& clock);

}  // namespace gongji::centre
