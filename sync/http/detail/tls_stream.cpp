#include "sync/http/detail/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <sys/socket.h>

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <new>

#include "offline/base/check.h"

namespace gongji::http {
namespace {

// OpenSSL's own socket BIO would raise SIGPIPE on a connection that the peer has closed.
int descriptor_of(BIO* bio) {
  return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio)));
}

int read_socket(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = ::recv(descriptor_of(bio), data, static_cast<std::size_t>(size), 0);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

int write_socket(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t went = ::send(descriptor_of(bio), data, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (went < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(went);
}

long control_socket(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read(made, read_socket);
    BIO_meth_set_write(made, write_socket);
    BIO_meth_set_ctrl(made, control_socket);
    return made;
  }();
  return method;
}

int int_of(std::size_t size) {
  constexpr std::size_t record = 16 * 1024;  // the most that one call carries
  return static_cast<int>(std::min(size, record));
}

}  // namespace

TlsStream::TlsStream(Socket& socket, SSL_CTX* context) : socket_(socket), ssl_(SSL_new(context)) {
  BIO* bio = BIO_new(socket_method());
  if (!ssl_ || bio == nullptr) throw std::bad_alloc();
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket_.native_handle())));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_mode(ssl_.get(),
               SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
}

TlsStream::Outcome TlsStream::attempt(Act act, void* data, std::size_t size) {
  // A descriptor that was closed may be another connection's by now.
  if (!socket_.is_open()) return {Wait::none, boost::asio::error::bad_descriptor, 0};
  if (size == 0 && (act == Act::read || act == Act::write)) return {};
  ERR_clear_error();
  errno = 0;
  int done = 0;
  switch (act) {
    case Act::shake_hands:
      done = SSL_do_handshake(ssl_.get());
      break;
    case Act::read:
      done = SSL_read(ssl_.get(), data, int_of(size));
      break;
    case Act::write:
      done = SSL_write(ssl_.get(), data, int_of(size));
      break;
    case Act::say_goodbye:
      done = SSL_shutdown(ssl_.get());
      if (done == 0) done = SSL_shutdown(ssl_.get());  // ours is gone; now for the peer's
      break;
  }
  const int went_wrong = errno;
  if (done > 0) return {Wait::none, {}, static_cast<std::size_t>(done)};
  switch (SSL_get_error(ssl_.get(), done)) {
    case SSL_ERROR_WANT_READ:
      return {Wait::to_read, {}, 0};
    case SSL_ERROR_WANT_WRITE:
      return {Wait::to_write, {}, 0};
    case SSL_ERROR_ZERO_RETURN:
      return {Wait::none, boost::asio::error::eof, 0};
    case SSL_ERROR_SYSCALL:
      if (went_wrong == 0) return {Wait::none, boost::asio::ssl::error::stream_truncated, 0};
      return {Wait::none, boost::system::error_code(went_wrong, boost::system::system_category()), 0};
    default: {
      const unsigned long reason = ERR_get_error();
      ERR_clear_error();
      if (ERR_GET_REASON(reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        return {Wait::none, boost::asio::ssl::error::stream_truncated, 0};
      }
      return {Wait::none, boost::system::error_code(static_cast<int>(reason), boost::asio::error::get_ssl_category()),
              0};
    }
  }
}

}  // namespace gongji::http
