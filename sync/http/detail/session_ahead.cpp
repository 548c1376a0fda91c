// session_ahead.cpp — a session whose next request is read, and its handler begun, while one is handled.
//
// Three things run on the strand: a reader, a handler for each request that is whole, and run(), which writes the
// answers in the order of the requests.  They wake each other by happened().
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

#include "sync/http/detail/digest.h"
#include "sync/http/detail/session.h"
#include "sync/http/troubles.h"

namespace gongji::http {
namespace asio = boost::asio;

asio::awaitable<void> Session::something_happens() {
  co_await happened_.async_wait(as_result);
}

void Session::happened() {
  happened_.cancel();
}

asio::awaitable<void> Session::serve_ahead(std::shared_ptr<Session> self) {
  asio::co_spawn(wire_->get_executor(), read_ahead(self), [self](const std::exception_ptr&) {
    self->reader_ended_ = true;
    self->happened();
  });
  bool more = true;
  while (more) {
    const bool is_due = !turns_.empty() && (turns_.front()->response || turns_.front()->in.refusal);
    if (is_due) {
      more = co_await answer_first();
    } else if (turns_.empty() && reader_ended_) {
      more = false;
    } else {
      co_await something_happens();
    }
  }
  const bool was_answered_last = !(turns_.empty() && reader_ended_);
  closing_ = true;
  happened();
  // Nobody else may read when the wire is closed.
  if (!reader_ended_) wire_->arm(std::chrono::milliseconds(0));
  while (!reader_ended_) co_await something_happens();
  wire_->disarm();
  if (was_answered_last) peer_may_still_send_ = true;
}

asio::awaitable<bool> Session::answer_first() {
  const std::shared_ptr<Turn> turn = turns_.front();
  answering_ = true;
  if (turn->in.refusal) {
    asio::awaitable<void> refusing = refuse(std::move(*turn->in.refusal));
    co_await std::move(refusing);
    co_return false;
  }
  Response response = std::move(*turn->response);
  if (turn->digest_wanted && !response.chunks) {
    response.headers.push_back({std::string(digest_header), content_digest(response.body)});
  }
  const bool keep_alive = !turn->last && !turn->thrown && !service_->stopping && !ending_ && !response.chunks;
  asio::awaitable<bool> sending = answer(std::move(response), keep_alive, turn->in.head_only, turn->in.old_version);
  const bool sent = co_await std::move(sending);
  answering_ = false;
  turns_.pop_front();
  happened();
  if (waiting_) {  // as if it had begun to wait now
    note_idle();
    arm_reading(service_->limits.idle);
  } else if (reading_) {
    wire_->arm(read_by_);
  }
  co_return sent&& keep_alive;
}

asio::awaitable<void> Session::read_ahead(std::shared_ptr<Session> self) {
  const Limits& limits = self->service_->limits;
  bool more = true;
  for (std::size_t served = 1; more; ++served) {
    while (self->turns_.size() >= limits.under_way_max && !self->closing_) co_await self->something_happens();
    if (self->closing_) break;
    more = co_await self->wait_for_request();
    if (!more) break;
    auto turn = std::make_shared<Turn>(self->service_->crowd);
    self->reading_ = true;
    more = co_await self->read(turn->in);
    self->reading_ = false;
    if (self->closing_ || (!more && !turn->in.refusal)) break;
    turn->last = !turn->in.asked_to_keep || served >= limits.requests_max;
    more = more && !turn->last;
    turn->in.request.behind = !self->turns_.empty();
    self->turns_.push_back(turn);
    if (turn->in.refusal) break;
    turn->digest_wanted = wants_digest(turn->in.request.headers);
    asio::co_spawn(self->wire_->get_executor(), take_turn(self, turn),
                   asio::bind_cancellation_slot(turn->cancel.slot(), [self, turn](const std::exception_ptr&) {
                     // Only a cancelled one throws, and then nobody is left to be told.
                   }));
  }
}

asio::awaitable<void> Session::take_turn(std::shared_ptr<Session> self, std::shared_ptr<Turn> turn) {
  asio::awaitable<Response> answering = self->handle(std::move(turn->in.request), turn->thrown);
  turn->response = co_await std::move(answering);
  turn->in.held.give_back();
  self->happened();
}

}  // namespace gongji::http
