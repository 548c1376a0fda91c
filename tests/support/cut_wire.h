// cut_wire.h — a line that breaks at a chosen byte: forwards one connection after the other between a port of its own
// and a server of this machine.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <thread>

namespace gongji::tests {

class CutWire {
 public:
  enum class Way : std::uint8_t { to_server, to_client };
  struct Cut {
    Way way = Way::to_server;
    std::size_t at = 0;  // so many bytes of a connection go that way, then it ends for both
  };

  explicit CutWire(std::uint16_t server_port);
  ~CutWire();
  CutWire(const CutWire&) = delete;
  CutWire& operator=(const CutWire&) = delete;

  std::uint16_t port() const { return port_; }
  void cut(Cut where);  // of connections from now on

 private:
  void serve(int client);

  std::uint16_t server_port_, port_ = 0;
  int listener_;
  std::atomic<std::size_t> at_ = 0;
  std::atomic<Way> way_ = Way::to_server;
  std::thread thread_;
};

}  // namespace gongji::tests
