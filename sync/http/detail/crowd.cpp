#include "sync/http/detail/crowd.h"

#include <algorithm>
#include <vector>

#include "sync/http/detail/session.h"

namespace gongji::http {

Crowd::Crowd(Most most) : most_(most) {}

bool Crowd::admit_stranger(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (most_.strangers != 0 && strangers_ >= most_.strangers) return false;
  std::size_t& there = strangers_from_[address];
  if (most_.strangers_per_address != 0 && there >= most_.strangers_per_address) return false;
  ++there;
  ++strangers_;
  return true;
}

void Crowd::forget_stranger(const std::string& address) {
  const std::lock_guard lock(mutex_);
  --strangers_;
  const auto found = strangers_from_.find(address);
  if (found != strangers_from_.end() && --found->second == 0) strangers_from_.erase(found);
}

Crowd::TooMany Crowd::add_peer(const std::string& peer, const std::shared_ptr<Session>& session) {
  std::vector<std::shared_ptr<Session>> others;  // whose end would lock the mutex again: they outlive it here
  const std::lock_guard lock(mutex_);
  auto& connections = peers_[peer];
  TooMany out;
  if (most_.connections_per_peer != 0 && connections.size() >= most_.connections_per_peer) {
    Moment longest = Moment::max();
    for (const auto& other : connections) {
      if (auto alive = other.session.lock()) others.push_back(std::move(alive));
    }
    if (!others.empty()) out.session = others.front();
    for (const auto& other : others) {
      const auto since = other->idle_since();
      if (since && *since < longest) {
        longest = *since;
        out = {other, true};
      }
    }
  }
  std::erase_if(connections, [&](const Connection& one) { return one.key == out.session.get(); });  // it ends: gone
  connections.push_back({session.get(), session});
  return out;
}

void Crowd::forget_peer(const std::string& peer, const Session* session) {
  const std::lock_guard lock(mutex_);
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  std::erase_if(found->second, [&](const Connection& one) { return one.key == session; });
  if (found->second.empty()) peers_.erase(found);
}

bool Crowd::take_bytes(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (most_.bytes_in_hand != 0 && bytes_in_hand_ != 0 && bytes_in_hand_ + bytes > most_.bytes_in_hand) return false;
  bytes_in_hand_ += bytes;
  return true;
}

void Crowd::give_back_bytes(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  bytes_in_hand_ -= bytes;
}

}  // namespace gongji::http
