// person_turns.h — one sale at a time for one credential at this till.
//
// Two sales of the same person side by side would each ask the centre to set the same money aside, and one would be
// refused for what the other is about to give back.  A double click must not look like an empty account.
//
// Threads: the io thread only.  First come, first served.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace gongji::terminal {

class PersonTurns {
 public:
  // Held for the length of a sale; its end lets the next one in.
  class Turn {
   public:
    Turn() = default;
    Turn(PersonTurns& owner, std::string key) : owner_(&owner), key_(std::move(key)) {}
    Turn(Turn&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), key_(std::move(other.key_)) {}
    Turn& operator=(Turn&&) = delete;
    Turn(const Turn&) = delete;
    ~Turn() {
      if (owner_ != nullptr) owner_->leave(key_);
    }

   private:
    PersonTurns* owner_ = nullptr;
    std::string key_;
  };

  boost::asio::awaitable<Turn> enter(std::string key);

 private:
  using Waiter = std::shared_ptr<boost::asio::steady_timer>;  // cancelled when its turn comes
  void leave(const std::string& key);

  std::map<std::string, std::deque<Waiter>> waiting_;  // a key is here while its sale runs
};

}  // namespace gongji::terminal
