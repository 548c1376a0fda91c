#include "terminal/checkout/person_turns.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gongji::terminal {

namespace asio = boost::asio;

asio::awaitable<PersonTurns::Turn> PersonTurns::enter(std::string key) {
  const auto [place, first] = waiting_.try_emplace(key);
  if (!first) {
    const auto executor = co_await asio::this_coro::executor;
    auto waiter = std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
    place->second.push_back(waiter);
    boost::system::error_code woken;
    co_await waiter->async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  co_return Turn(*this, std::move(key));
}

void PersonTurns::leave(const std::string& key) {
  const auto place = waiting_.find(key);
  if (place->second.empty()) {
    waiting_.erase(place);
    return;
  }
  const Waiter next = place->second.front();
  place->second.pop_front();
  next->cancel();
}

}  // namespace gongji::terminal
