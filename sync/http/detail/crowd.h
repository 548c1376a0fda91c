// crowd.h — who is connected to one server: how many strangers from where, which connections are one peer's, and how
// many bytes of requests are in memory.
//
// A stranger is a connection whose client has proved nothing: no verified certificate (yet).
//
// Thread safety: every member may be called from any thread.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace gongji::http {

class Session;

class Crowd {
 public:
  struct Most {  // 0: no limit
    std::size_t strangers, strangers_per_address, connections_per_peer, bytes_in_hand;
  };
  explicit Crowd(Most most);

  bool admit_stranger(const std::string& address);  // false: there are too many, in all or from there
  void forget_stranger(const std::string& address);

  // One more connection of this peer.  Where that is one too many: the one to close, the longest silent, or the oldest
  // where none is.
  struct TooMany {
    std::shared_ptr<Session> session;
    bool was_idle = false;
  };
  TooMany add_peer(const std::string& peer, const std::shared_ptr<Session>& session);
  void forget_peer(const std::string& peer, const Session* session);

  bool take_bytes(std::size_t bytes);  // false: as many are in memory as may be
  void give_back_bytes(std::size_t bytes);

 private:
  const Most most_;
  struct Connection {
    const Session* key;
    std::weak_ptr<Session> session;
  };
  std::mutex mutex_;
  std::size_t strangers_ = 0;
  std::unordered_map<std::string, std::size_t> strangers_from_;
  std::unordered_map<std::string, std::deque<Connection>> peers_;  // the oldest first
  std::size_t bytes_in_hand_ = 0;
};

}  // namespace gongji::http
