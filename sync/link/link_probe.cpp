// link_probe.cpp — whether a line is back while a sync still waits for its answer on a connection that may be dead.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "sync/link/link_state.h"

namespace gongji::link {

namespace asio = boost::asio;

namespace {

// A line that returns in the middle of a probe in vain is in use after the rest of it, one pause, and one probe more.
constexpr std::chrono::milliseconds probe_pause{1'000}, probe_deadline{2'000};

}  // namespace

// Something on the way may go on acknowledging what does not arrive: then the system does not see that the connection
// is dead, and the sync has its whole deadline.
void Link::State::probe_beside_sync() {
  if (probing || !uplink.wants_probe()) return;
  probing = true;
  auto task = probe_task();
  asio::co_spawn(executor, std::move(task), [self = shared_from_this()](const std::exception_ptr& bug) {
    if (bug) std::rethrow_exception(bug);
  });
}

asio::awaitable<void> Link::State::probe_task() {
  while (true) {
    probe_timer.expires_after(probe_pause);
    boost::system::error_code ignored;
    co_await probe_timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    if (stopping || !uplink.wants_probe()) break;
    counter.drop();
    http::Request request;
    request.method = "GET";
    request.target = "/healthz";
    auto asking = counter.call(std::move(request), probe_deadline);
    const auto answer = co_await std::move(asking);
    if (!answer) {
      counter.drop();
    } else if (answer->status == 200) {
      uplink.probe_answered();
      note_line();
    }
  }
  probing = false;
}

}  // namespace gongji::link
