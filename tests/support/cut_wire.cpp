#include "tests/support/cut_wire.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "offline/base/check.h"

namespace gongji::tests {
namespace {

constexpr int patience_ms = 20'000;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void reset(int connection) {
  const linger at_once{1, 0};
  ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  ::close(connection);
}

}  // namespace

CutWire::CutWire(std::uint16_t server_port)
    : server_port_(server_port), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  GONGJI_CHECK(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  GONGJI_CHECK(::listen(listener_, 8) == 0);
  GONGJI_CHECK(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] {
    for (;;) {
      const int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      serve(client);
    }
  });
}

CutWire::~CutWire() {
  ::shutdown(listener_, SHUT_RDWR);  // wakes accept
  thread_.join();
  ::close(listener_);
}

void CutWire::cut(Cut where) {
  way_ = where.way;
  at_ = where.at;
}

void CutWire::serve(int client) {
  const Way way = way_;
  const std::size_t at = at_;
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(server_port_);
  GONGJI_CHECK(::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  const int ends[2] = {client, server};  // what comes from the first goes to the server
  std::size_t gone[2] = {0, 0};
  const std::size_t cut_way = way == Way::to_server ? 0 : 1;
  bool open = !(cut_way == 0 && at == 0);
  while (open) {
    pollfd watched[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(watched, 2, patience_ms) <= 0) break;
    for (std::size_t i = 0; i < 2 && open; ++i) {
      if (watched[i].revents == 0) continue;
      char piece[16 * 1024];
      const ssize_t got = ::recv(ends[i], piece, sizeof piece, 0);
      if (got <= 0) {
        open = false;
        break;
      }
      auto size = static_cast<std::size_t>(got);
      if (i == cut_way) size = std::min(size, at - gone[i]);
      for (std::size_t sent = 0; open && sent < size;) {
        const ssize_t went = ::send(ends[1 - i], piece + sent, size - sent, MSG_NOSIGNAL);
        if (went <= 0) open = false;
        sent += static_cast<std::size_t>(std::max<ssize_t>(went, 0));
      }
      gone[i] += size;
      if (size < static_cast<std::size_t>(got)) open = false;
    }
  }
  // The receiving side gets what came before the cut, then the end; the sending side is reset.
  ::shutdown(cut_way == 0 ? server : client, SHUT_WR);
  ::close(cut_way == 0 ? server : client);
  reset(cut_way == 0 ? client : server);
}

}  // namespace gongji::tests
