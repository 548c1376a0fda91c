#include "sync/centre/booking_thread.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace gongji::centre {

namespace asio = boost::asio;

BookingThread::BookingThread() : thread_([this] { run(); }) {}

BookingThread::~BookingThread() {
  stop();
}

void BookingThread::submit(Lane lane, std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    (lane == Lane::counter ? counters_ : batches_).push_back({++number_, std::move(work)});
  }
  changed_.notify_one();
}

void BookingThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

// Of what came on one connection nothing overtakes: where a batch goes before calls of the counter, it is older than
// all of them.
BookingThread::Waiting BookingThread::take() {
  const bool is_batch = counters_.empty() || (!batches_.empty() && counters_in_a_row_ >= counters_in_a_row_max &&
                                              batches_.front().number < counters_.front().number);
  auto& lane = is_batch ? batches_ : counters_;
  counters_in_a_row_ = is_batch ? 0 : counters_in_a_row_ + 1;
  Waiting next = std::move(lane.front());
  lane.pop_front();
  return next;
}

void BookingThread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !nobody_waits(); });
    if (nobody_waits()) return;
    Waiting next = take();
    lock.unlock();
    next.work();
    next = {};  // what it holds may be large
    lock.lock();
  }
}

namespace {

// Resumes on the coroutine's own executor; what `work` throws is thrown there.
asio::awaitable<void> on_booking_thread(BookingThread& booking, BookingThread::Lane lane,
                                        const std::function<void()>& work) {
  const auto executor = co_await asio::this_coro::executor;
  auto initiate = [&booking, lane, &work, executor](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto alive = asio::make_work_guard(executor);
    booking.submit(lane, [shared, alive = std::move(alive), executor, &work] {
      std::exception_ptr bug;
      try {
        work();
      } catch (...) {
        bug = std::current_exception();
      }
      asio::post(executor, [shared, bug] { (*shared)(bug); });
    });
  };
  co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(std::move(initiate),
                                                                                         asio::use_awaitable);
}

asio::awaitable<http::Response> answer(CentreService& service, BookingThread& booking, const Clock& clock,
                                       http::Request request) {
  Call call = service.prepare(request, clock.wall());
  // A call behind another one of its connection stays behind it.
  const bool at_counter = request.path() != "/v1/sync" && !request.behind;
  if (!call.reply) {
    const std::function<void()> work = [&] { service.book(call, clock.wall()); };
    asio::awaitable<void> booked =
        on_booking_thread(booking, at_counter ? BookingThread::Lane::counter : BookingThread::Lane::batch, work);
    co_await std::move(booked);
  }
  co_return service.finish(std::move(call));
}

}  // namespace

http::Handler handler_over(CentreService& service, BookingThread& booking, const Clock& clock) {
  return [&](http::Request request) { return answer(service, booking, clock, std::move(request)); };
}

}  // namespace gongji::centre
