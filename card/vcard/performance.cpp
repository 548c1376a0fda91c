#include "card/vcard/performance.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <thread>

namespace gongji::card::vcard {
namespace {

constexpr int reader_again_ms = 20;
constexpr std::size_t line_max = 256;

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  bool open() const { return number_ >= 0; }
  void take(int number) {
    close();
    number_ = number;
  }
  void close() {
    if (number_ >= 0) ::close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

bool send_all(int socket, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

std::optional<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  if (path.size() >= sizeof out.sun_path) return std::nullopt;
  ::memcpy(out.sun_path, path.c_str(), path.size() + 1);
  return out;
}

void limit_wait(int socket, int seconds) {
  const timeval limit{seconds, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

std::string read_line(int socket) {
  std::string line;
  char c = 0;
  while (line.size() < line_max * 16 && ::recv(socket, &c, 1, 0) == 1 && c != '\n') line.push_back(c);
  return line;
}

// The connection to the virtual reader.
class ReaderLink {
 public:
  explicit ReaderLink(const PerformanceOptions& options) : options_(options) {}

  bool connected() const { return socket_.open(); }
  int descriptor() const { return socket_.get(); }
  void close() {
    socket_.close();
    received_.clear();
  }

  bool connect() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(options_.port);
    if (::inet_pton(AF_INET, options_.host.c_str(), &address.sin_addr) != 1) return false;
    socket_.take(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket_.open()) return false;
    if (::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      close();
      return false;
    }
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    acknowledge_at_once();
    return true;
  }

  // Takes in what has come; false when the reader has gone.
  bool receive() {
    std::array<std::uint8_t, 1024> buffer{};
    const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && errno == EINTR) return true;
    if (got <= 0) return false;
    acknowledge_at_once();
    received_.insert(received_.end(), buffer.begin(), buffer.begin() + got);
    return true;
  }

  std::optional<Bytes> next() {
    if (received_.size() < 2) return std::nullopt;
    const std::size_t size = static_cast<std::size_t>(received_[0] << 8 | received_[1]);
    if (received_.size() < 2 + size) return std::nullopt;
    const auto start = received_.begin() + 2;
    const auto end = start + static_cast<std::ptrdiff_t>(size);
    Bytes out(start, end);
    received_.erase(received_.begin(), end);
    return out;
  }

  bool send(ByteView payload) {
    Bytes frame;
    frame.push_back(static_cast<std::uint8_t>(payload.size() >> 8));
    frame.push_back(static_cast<std::uint8_t>(payload.size() & 0xFF));
    frame.insert(frame.end(), payload.begin(), payload.end());
    return send_all(socket_.get(), frame);
  }

 private:
  // The kernel forgets this after a while; without it each command waits 44 ms for a delayed acknowledgement.
  void acknowledge_at_once() {
    const int on = 1;
    ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  }

  const PerformanceOptions& options_;
  Descriptor socket_;
  Bytes received_;
};

// Serves one payload of the reader; false when the connection has to be closed.
bool serve(Stage& stage, ReaderLink& link, ByteView payload) {
  if (payload.size() == 1) {
    if (payload[0] == 0x04) return link.send(stage.atr());
    stage.reset();
    return true;
  }
  std::this_thread::sleep_for(stage.delay());
  const std::optional<Bytes> answer = stage.answer(payload);
  return answer && link.send(*answer);
}

void serve_conductor(Stage& stage, int listener) {
  const Descriptor client(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  if (!client.open()) return;
  limit_wait(client.get(), 1);
  const std::string answer = stage.obey(read_line(client.get())) + "\n";
  send_all(client.get(), as_bytes(answer));
}

}  // namespace

std::string perform(Stage& stage, const PerformanceOptions& options) {
  Descriptor listener;
  if (!options.control.empty()) {
    const std::optional<sockaddr_un> address = unix_address(options.control);
    if (!address) return "the control socket's path is longer than 107 bytes: " + options.control;
    listener.take(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::unlink(options.control.c_str());
    if (::bind(listener.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
        ::listen(listener.get(), 8) != 0) {
      return "cannot listen at " + options.control + ": " + ::strerror(errno);
    }
  }
  ReaderLink link(options);
  unsigned insertion = 0;
  while (!stage.quitting()) {
    if (link.connected() && (!stage.occupied() || insertion != stage.insertions())) link.close();
    if (!link.connected() && stage.occupied()) {
      insertion = stage.insertions();
      link.connect();
    }
    stage.note_reader(link.connected());

    const bool trying = stage.occupied() && !link.connected();
    std::array<pollfd, 2> waits{{{listener.get(), POLLIN, 0}, {link.descriptor(), POLLIN, 0}}};
    if (::poll(waits.data(), waits.size(), trying ? reader_again_ms : -1) <= 0) continue;
    if (waits[1].revents != 0) {
      bool good = link.receive();
      while (good && stage.occupied() && insertion == stage.insertions()) {
        const std::optional<Bytes> payload = link.next();
        if (!payload) break;
        good = serve(stage, link, *payload);
      }
      if (!good) link.close();
    }
    if (waits[0].revents != 0) serve_conductor(stage, listener.get());
  }
  if (!options.control.empty()) ::unlink(options.control.c_str());
  return {};
}

std::string conduct(const std::string& control, const std::string& line) {
  const std::optional<sockaddr_un> address = unix_address(control);
  if (!address) return "error the control socket's path is longer than 107 bytes";
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return "error no virtual card listens at " + control;
  }
  limit_wait(socket.get(), 5);
  const std::string out = line + "\n";
  if (!send_all(socket.get(), as_bytes(out))) return "error the virtual card closed the connection";
  const std::string answer = read_line(socket.get());
  return answer.empty() ? "error no answer" : answer;
}

}  // namespace gongji::card::vcard
