#include "sync/http/detail/session.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <exception>
#include <optional>

#include "sync/http/detail/digest.h"
#include "sync/http/detail/head.h"
#include "sync/http/troubles.h"

namespace gongji::http {
namespace asio = boost::asio;
namespace beast_http = boost::beast::http;
namespace {

constexpr std::size_t read_ahead_bytes_max = 64 * 1024;  // pipelined requests and the front of a body
constexpr std::size_t one_packet_bytes_max = 16 * 1024;  // up to here head and body leave in one write

Request to_request(const beast_http::request_header<>& parsed) {
  Request request;
  request.method.assign(parsed.method_string().data(), parsed.method_string().size());
  request.target.assign(parsed.target().data(), parsed.target().size());
  for (const auto& field : parsed) {
    request.headers.push_back(
        {{field.name_string().data(), field.name_string().size()}, {field.value().data(), field.value().size()}});
  }
  return request;
}

}  // namespace

std::shared_ptr<Session> Session::make(const std::shared_ptr<Service>& service, Socket socket,
                                       std::shared_ptr<TlsContext> tls, Peer peer, bool refused) {
  std::shared_ptr<Session> session(new Session(service, std::move(socket), std::move(peer), refused));
  if (tls) {
    session->wire_->use_tls(std::move(tls));
    session->tls_ = true;
  }
  const std::lock_guard lock(service->mutex);
  service->sessions.emplace(session.get(), session);
  return session;
}

Session::Session(std::shared_ptr<Service> service, Socket socket, Peer peer, bool refused)
    : service_(std::move(service)),
      wire_(std::make_shared<Wire>(std::move(socket))),
      buffer_(service_->limits.header_bytes_max + read_ahead_bytes_max),
      peer_(std::move(peer)),
      refused_(refused),
      happened_(wire_->get_executor(), Moment::max()) {}

Session::~Session() {
  if (stranger_) {
    service_->crowd.forget_stranger(peer_.address);
  } else {
    service_->crowd.forget_peer(peer_fingerprint_, this);
  }
  const std::lock_guard lock(service_->mutex);
  service_->sessions.erase(this);
}

void Session::start(const std::shared_ptr<Session>& session) {
  Session& self = *session;
  // The completion keeps the session too: its cancellation slot must outlive the coroutine that listens to it.
  asio::co_spawn(self.wire_->get_executor(), run(session),
                 asio::bind_cancellation_slot(self.cancel_.slot(), [session](const std::exception_ptr&) {
                   // Only a cancelled wait throws past run(), and then nobody is left to be told.
                 }));
}

void Session::finish() {
  asio::post(wire_->get_executor(), [self = shared_from_this()] {
    self->ending_ = true;
    if (self->idle_) self->wire_->arm(std::chrono::milliseconds(0));
  });
}

void Session::abort() {
  asio::post(wire_->get_executor(), [self = shared_from_this()] {
    self->wire_->abort();
    self->closing_ = true;
    self->cancel_.emit(asio::cancellation_type::terminal);
    for (const auto& turn : self->turns_) turn->cancel.emit(asio::cancellation_type::terminal);
    self->happened();
  });
}

std::optional<Moment> Session::idle_since() const {
  const auto since = idle_since_.load();
  if (since == 0) return std::nullopt;
  return Moment(Moment::duration(since));
}

asio::awaitable<void> Session::run(std::shared_ptr<Session> self) {
  bool more = true;
  if (self->tls_) more = co_await self->shake_hands();
  if (more && self->service_->limits.under_way_max > 1) {
    asio::awaitable<void> serving = self->serve_ahead(self);
    co_await std::move(serving);
    more = false;
  }
  for (std::size_t served = 1; more; ++served) {
    more = co_await self->wait_for_request();
    if (more) more = co_await self->serve_one(served >= self->service_->limits.requests_max);
  }
  const auto linger = self->peer_may_still_send_ ? self->service_->limits.linger : std::chrono::milliseconds(0);
  co_await self->wire_->close(linger);
}

asio::awaitable<bool> Session::shake_hands() {
  wire_->arm(service_->limits.handshake);
  const error_code failure = co_await wire_->handshake(Wire::Side::server);
  if (failure) co_return false;
  const CertificatePtr peer(SSL_get1_peer_certificate(wire_->ssl()));
  if (peer) {
    // A resumed session was verified when it began; its certificate may have run out since.
    if (X509_cmp_current_time(X509_get0_notAfter(peer.get())) <= 0) co_return false;
    peer_name_ = common_name(peer.get());
    peer_fingerprint_ = fingerprint(peer.get(), EVP_sha256());
    stranger_ = false;
    service_->crowd.forget_stranger(peer_.address);
    // A peer whose line breaks again and again leaves connections behind that only look alive.
    const Crowd::TooMany extra = service_->crowd.add_peer(peer_fingerprint_, shared_from_this());
    if (extra.session && extra.was_idle) extra.session->finish();
    if (extra.session && !extra.was_idle) extra.session->abort();
  }
  co_return true;
}

asio::awaitable<bool> Session::wait_for_request() {
  if (buffer_.size() > 0) co_return true;
  peer_may_still_send_ = false;
  if (service_->stopping || ending_) co_return false;
  waiting_ = true;
  note_idle();
  arm_reading(service_->limits.idle);
  auto [failure, count] = co_await wire_->async_read_some(buffer_.prepare(4096), as_result);
  waiting_ = false;
  note_idle();
  if (failure) co_return false;
  buffer_.commit(count);
  peer_may_still_send_ = true;
  co_return true;
}

void Session::note_idle() {
  idle_ = waiting_ && turns_.empty();
  idle_since_ = idle_ ? std::chrono::steady_clock::now().time_since_epoch().count() : 0;
}

void Session::arm_reading(std::chrono::milliseconds span) {
  read_by_ = std::chrono::steady_clock::now() + span;
  if (!answering_) wire_->arm(read_by_);
}

asio::awaitable<bool> Session::read(Incoming& in) {
  HeaderParser header;
  header.header_limit(static_cast<std::uint32_t>(service_->limits.header_bytes_max));
  header.body_limit(boost::none);  // judged below, when the target is known
  arm_reading(service_->limits.read_header);
  auto [failure, count] = co_await beast_http::async_read_header(*wire_, buffer_, header, as_result);
  if (failure) {
    in.refusal = why_refused(failure, 0);
    co_return false;
  }
  if (refused_) {
    in.refusal = Refusal{503, trouble(troubles::too_many_connections)};
    co_return false;
  }
  in.old_version = header.get().version() < 11;
  in.head_only = header.get().method() == beast_http::verb::head;
  in.asked_to_keep = header.get().keep_alive() && !in.old_version;
  in.request = to_request(header.get());
  in.request.peer_name = peer_name_;
  in.request.peer_fingerprint = peer_fingerprint_;
  in.request.loopback = peer_.loopback;
  const bool whole = co_await read_body(header, in);
  if (!whole) co_return false;
  if (!answering_) wire_->disarm();
  if (service_->stopping) {
    in.refusal = Refusal{503, trouble(troubles::stopping)};
    co_return false;
  }
  co_return true;
}

asio::awaitable<bool> Session::serve_one(bool last) {
  Incoming in(service_->crowd);
  const bool whole = co_await read(in);
  if (!whole) {
    if (in.refusal) {
      asio::awaitable<void> refusing = refuse(std::move(*in.refusal));
      co_await std::move(refusing);
    }
    co_return false;
  }
  const bool digest_wanted = wants_digest(in.request.headers);
  bool thrown = false;
  asio::awaitable<Response> answering = handle(std::move(in.request), thrown);
  Response response = co_await std::move(answering);
  in.held.give_back();
  if (digest_wanted && !response.chunks) {
    response.headers.push_back({std::string(digest_header), content_digest(response.body)});
  }
  const bool keep_alive = in.asked_to_keep && !last && !thrown && !service_->stopping && !ending_ && !response.chunks;
  asio::awaitable<bool> sending = answer(std::move(response), keep_alive, in.head_only, in.old_version);
  const bool sent = co_await std::move(sending);
  co_return sent&& keep_alive;
}

std::size_t Session::body_limit(std::string_view target) const {
  const Limits& limits = service_->limits;
  const std::size_t limit = limits.body_limit ? limits.body_limit(target) : limits.body_bytes_max;
  const bool less = stranger_ && tls_ && limits.stranger_body_bytes_max != 0;
  return less ? std::min(limit, limits.stranger_body_bytes_max) : limit;
}

// What is under way on this connection is answered before anything else is written, and before it is too much.
asio::awaitable<bool> Session::read_body(HeaderParser& header, Incoming& in) {
  const Limits& limits = service_->limits;
  const std::size_t limit = body_limit(in.request.target);
  if (header.content_length().value_or(0) > limit) {
    in.refusal = why_refused(beast_http::error::body_limit, limit);
    co_return false;
  }
  const std::size_t bytes = header.chunked() ? limit : static_cast<std::size_t>(header.content_length().value_or(0));
  while (!in.held.take(bytes)) {
    if (turns_.empty() || closing_) {
      in.refusal = Refusal{503, trouble(troubles::too_busy)};
      co_return false;
    }
    co_await something_happens();
  }
  const auto expectation = in.request.find("Expect");
  if (expectation && *expectation == "100-continue" && buffer_.size() == 0) {
    while (!turns_.empty() && !closing_) co_await something_happens();
    if (closing_) co_return false;
    wire_->arm(limits.write);
    const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    auto [failure, count] = co_await asio::async_write(*wire_, asio::buffer(go_on), as_result);
    if (failure) co_return false;
  }
  beast_http::request_parser<beast_http::string_body> parser(std::move(header));
  parser.body_limit(limit);
  arm_reading(limits.read_body);
  auto [failure, count] = co_await beast_http::async_read(*wire_, buffer_, parser, as_result);
  if (failure) {
    in.refusal = why_refused(failure, limit);
    co_return false;
  }
  in.request.body = std::move(parser.get().body());
  if (!digest_agrees(in.request.headers, in.request.body)) {
    in.refusal = Refusal{400, trouble(troubles::body_damaged)};
    co_return false;
  }
  co_return true;
}

asio::awaitable<Response> Session::handle(Request request, bool& thrown) {
  std::string why;
  try {
    asio::awaitable<Response> answering = service_->handler(std::move(request));
    co_return co_await std::move(answering);
  } catch (const std::exception& bug) {
    why = bug.what();
  } catch (...) {
    why = "not a std::exception";
  }
  thrown = true;
  // A handler that was cancelled because the server goes away did nothing wrong.
  if (service_->on_handler_failure && !service_->stopping) service_->on_handler_failure(why);
  co_return Response::problem(500, trouble(troubles::handler_failed));
}

asio::awaitable<bool> Session::answer(Response response, bool keep_alive, bool head_only, bool old_version) {
  Framing framing = Framing::length;
  if (response.chunks) framing = old_version ? Framing::until_close : Framing::chunked;
  std::optional<std::string> head = response_head(response, framing, keep_alive);
  if (!head) {  // the handler's headers would break the message apart
    response = Response::problem(500, trouble(troubles::handler_failed));
    framing = Framing::length;
    head = response_head(response, framing, keep_alive);
  }
  const bool bodyless = head_only || response.status == 204 || response.status == 304;
  if (bodyless) response.body.clear();
  asio::awaitable<bool> sending =
      response.chunks && !bodyless ? stream(std::move(*head), std::move(response.chunks), framing == Framing::chunked)
                                   : write(std::move(*head), std::move(response.body));
  const bool sent = co_await std::move(sending);
  co_return sent;
}

asio::awaitable<bool> Session::write(std::string head, std::string body) {
  if (head.size() + body.size() <= one_packet_bytes_max) {
    head += body;
    body.clear();
  }
  wire_->arm(service_->limits.write);
  const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(body)};
  auto [failure, count] = co_await asio::async_write(*wire_, parts, as_result);
  wire_->disarm();
  co_return !failure;
}

asio::awaitable<bool> Session::stream(std::string head, Response::Chunks chunks, bool framed) {
  asio::awaitable<bool> beginning = write(std::move(head), {});
  bool sent = co_await std::move(beginning);
  while (sent) {
    std::optional<std::string> piece;
    bool thrown = false;
    try {
      asio::awaitable<std::optional<std::string>> next = chunks();
      piece = co_await std::move(next);
    } catch (const std::exception&) {
      thrown = true;
    }
    if (thrown) co_return false;  // without the last chunk: the peer sees that the answer is not whole
    if (!piece) break;
    if (piece->empty()) continue;
    if (!framed) {
      asio::awaitable<bool> sending = write(std::move(*piece), {});
      sent = co_await std::move(sending);
      continue;
    }
    wire_->arm(service_->limits.write);
    const auto chunk = beast_http::make_chunk(asio::buffer(*piece));
    auto [failure, count] = co_await asio::async_write(*wire_, chunk, as_result);
    wire_->disarm();
    sent = !failure;
  }
  if (sent && framed) {
    asio::awaitable<bool> ending = write("0\r\n\r\n", {});
    sent = co_await std::move(ending);
  }
  co_return sent;
}

asio::awaitable<void> Session::refuse(Refusal refusal) {
  Response response = Response::problem(refusal.status, std::move(refusal.what));
  if (refusal.status == 503) response.headers.push_back({"Retry-After", "1"});
  asio::awaitable<bool> sending = answer(std::move(response), false, false, false);
  co_await std::move(sending);
}

// Nothing where the connection itself is lost.
std::optional<Session::Refusal> Session::why_refused(error_code failure, std::size_t body_limit) const {
  const Limits& limits = service_->limits;
  if (failure == asio::error::operation_aborted && wire_->expired()) {
    return Refusal{408, trouble(troubles::request_too_slow)};
  }
  if (failure == beast_http::error::body_limit) {
    return Refusal{413, trouble(troubles::body_too_large, {}, "limit " + std::to_string(body_limit) + " bytes")};
  }
  if (failure == beast_http::error::header_limit || failure == beast_http::error::buffer_overflow) {
    return Refusal{
        431, trouble(troubles::header_too_large, {}, "limit " + std::to_string(limits.header_bytes_max) + " bytes")};
  }
  if (failure.category() == error_code(beast_http::error::bad_method).category()) {
    return Refusal{400, trouble(troubles::request_malformed, {}, failure.message())};
  }
  return std::nullopt;
}

}  // namespace gongji::http
