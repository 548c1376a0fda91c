#include "tests/database/commit_cutter.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string_view>
#include <vector>

namespace gongji::database {
namespace {

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  REQUIRE(path.size() < sizeof(address.sun_path));
  path.copy(address.sun_path, path.size());
  return address;
}

int connected(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(path);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return socket;
  ::close(socket);
  return -1;
}

bool ready(int socket, int milliseconds) {
  pollfd what{socket, POLLIN, 0};
  return ::poll(&what, 1, milliseconds) == 1;
}

// What came, "" at the end of it.
std::string taken(int socket) {
  char bytes[65'536];
  const auto count = ::recv(socket, bytes, sizeof(bytes), 0);
  return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
}

}  // namespace

CommitCutter::CommitCutter(std::string folder, std::string server_folder)
    : server_(std::move(server_folder) + "/.s.PGSQL.5432") {
  const std::string path = std::move(folder) + "/.s.PGSQL.5432";
  listening_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(path);
  REQUIRE(::bind(listening_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
  REQUIRE(::listen(listening_, 8) == 0);
  thread_ = std::thread([this] { serve(); });
}

CommitCutter::~CommitCutter() {
  ends_ = true;
  thread_.join();
  ::close(listening_);
}

// One client at a time is enough: a connection is made anew only when the one before it is gone.
void CommitCutter::serve() {
  while (!ends_) {
    if (!ready(listening_, 20)) continue;
    const int client = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    pass(client);
    ::close(client);
  }
}

void CommitCutter::pass(int client) {
  using namespace std::string_view_literals;
  const int server = connected(server_);
  if (server < 0) return;
  bool committing = false;
  while (!ends_) {
    pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(both, 2, 20) <= 0) continue;
    if (both[0].revents != 0) {
      const std::string said = taken(client);
      if (said.empty()) break;
      committing = how_ != Cut::never && said.find("COMMIT\0"sv) != std::string::npos;
      if (committing && how_ == Cut::before_commit) break;
      if (::send(server, said.data(), said.size(), MSG_NOSIGNAL) < 0) break;
    }
    if (both[1].revents != 0) {
      const std::string answered = taken(server);
      if (answered.empty() || committing) break;
      if (::send(client, answered.data(), answered.size(), MSG_NOSIGNAL) < 0) break;
    }
  }
  if (committing) how_ = Cut::never;
  ::close(server);
}

}  // namespace gongji::database
