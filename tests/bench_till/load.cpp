// load.cpp — so many clients that each wait for their answer and post the next line, from one thread.
//
//   bench-load <port> <file> <first line> <count> <clients>
//
// Prints requests a second and the median and 99th percentile of the wait in microseconds.  Anything but 200 ends it.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/bench_journal/busy_shop.h"
#include "tests/bench_journal/figures.h"

using namespace gongji::tests;

namespace {

struct Client {
  int socket = -1;
  std::string heard;
  Steady::time_point sent;
};

int connect_to(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) give_up("cannot connect");
  return made;
}

void post(Client& client, const std::string& body) {
  const std::string request =
      "POST /sales HTTP/1.1\r\nHost: till\r\nContent-Type: application/json\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  client.heard.clear();
  client.sent = Steady::now();
  if (::send(client.socket, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
    give_up("cannot send");
  }
}

// Whether the whole answer is there.
bool answered(const std::string& heard) {
  const auto end = heard.find("\r\n\r\n");
  if (end == std::string::npos) return false;
  if (heard.compare(0, 12, "HTTP/1.1 200") != 0) give_up(heard);
  for (const char* name : {"content-length: ", "Content-Length: "}) {
    const auto at = heard.find(name);
    if (at < end) return heard.size() >= end + 4 + std::strtoul(heard.c_str() + at + 16, nullptr, 10);
  }
  give_up("an answer without its length");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) give_up("usage: at the top of load.cpp");
  const auto port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
  const auto first = std::strtoul(arguments[3], nullptr, 10), wanted = std::strtoul(arguments[4], nullptr, 10);
  std::vector<std::string> bodies;
  std::ifstream file(arguments[2]);
  std::string line;
  for (unsigned long at = 0; bodies.size() < wanted && std::getline(file, line); ++at) {
    if (at >= first) bodies.push_back(line);
  }
  if (bodies.size() != wanted) give_up("not enough lines");

  std::vector<Client> clients(std::min<std::size_t>(std::strtoul(arguments[5], nullptr, 10), wanted));
  const int poll = ::epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i].socket = connect_to(port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].socket, &event);
  }
  std::vector<double> waits;
  std::size_t next = 0;
  const auto began = Steady::now();
  for (auto& client : clients) post(client, bodies[next++]);
  std::vector<epoll_event> events(clients.size());
  while (waits.size() < wanted) {
    const int ready = ::epoll_wait(poll, events.data(), static_cast<int>(events.size()), 30'000);
    if (ready <= 0) give_up("no answer for 30 s");
    for (int i = 0; i < ready; ++i) {
      Client& client = clients[events[static_cast<std::size_t>(i)].data.u64];
      char buffer[4'096];
      const ssize_t got = ::recv(client.socket, buffer, sizeof buffer, 0);
      if (got <= 0) give_up("the server hung up");
      client.heard.append(buffer, static_cast<std::size_t>(got));
      if (!answered(client.heard)) continue;
      waits.push_back(microseconds(Steady::now() - client.sent));
      if (next < wanted) post(client, bodies[next++]);
    }
  }
  const double seconds = microseconds(Steady::now() - began) / 1e6;
  std::printf("%.0f %.0f %.0f\n", static_cast<double>(wanted) / seconds, median(waits), quantile(waits, 0.99));
}
