// sync_bench.cpp — the wire between till and centre, measured step by step; sync.py puts the steps together.
//
//   bench-sync make <folder> <entries> <persons> [database]   a centre, and a till with so many entries to send
//   bench-sync alone <folder>                        the centre judges the till's batches, in this process, without a
//   wire bench-sync drain <folder> <port>                 the link drains the till's journal into a running centre
//   bench-sync counter <folder> <port> <sales>       commits of sales, one every 5 ms: idle, then while the link drains
//   bench-sync wire <folder>                         bytes and compression of a batch
//   bench-sync handshake <folder>                    full and resumed, both ends in this thread
//   bench-sync trips <folder> <port> <count>         one sync cold (resumed) and warm
//   bench-sync questions <folder> <port> <count>     a till that has nothing to send asks for its feed
//   bench-sync tills <folder> <port> <count>         so many terminals connect, ask and stay; "ready", then until stdin
//   ends
//
// Prints `name value` lines.  `folder` is consumed: sync.py gives a copy.
#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <future>
#include <string_view>
#include <thread>

#include "offline/record/feed_groups.h"
#include "sync/centre/folder.h"
#include "sync/http/certificates.h"
#include "sync/http/client.h"
#include "sync/http/detail/tls_context.h"
#include "sync/http/server.h"
#include "sync/link/link.h"
#include "sync/protocol/frames.h"
#include "tests/bench_sync/calls.h"
#include "tests/bench_sync/figures.h"
#include "tests/bench_sync/shop.h"

using namespace gongji;
using namespace gongji::tests;
namespace asio = boost::asio;

namespace {

void alone(Shop& shop) {
  auto journal = shop.open_journal();
  const auto centre = shop.open_centre();
  double busy = 0;
  std::size_t entries = 0;
  for (;;) {
    const auto batch = next_request(shop, *journal);
    if (batch.entries.empty()) break;
    http::Request request;
    request.method = "POST";
    request.target = "/v1/sync";
    request.body = protocol::encode(batch);
    request.peer_name = shop.terminal();
    request.peer_fingerprint = shop.fingerprint();
    request.headers.push_back({std::string(protocol::version_header), protocol::to_string(protocol::spoken)});
    const auto began = Steady::now();
    const auto response = centre->handle(request, system_clock().wall());
    busy += seconds_since(began);
    entries += batch.entries.size();
    if (response.status != 200) give_up(response.body);
    const auto answer = need(protocol::decode_sync_answer(response.body), "the answer");
    const auto feed = need(record::decode_grouped_feed(answer.feed.bytes), "the feed");
    need(journal->acknowledge(answer.acknowledged_seq, feed.centre_time), "an acknowledgement");
    need(journal->apply_feed(feed, feed.centre_time), "the feed");
  }
  print("settlements", static_cast<double>(entries));
  print("a_second", static_cast<double>(entries) / busy);
}

link::LinkOptions link_options(const Shop& shop, std::uint16_t port) {
  link::LinkOptions options;
  options.host = "127.0.0.1";
  options.port = port;
  options.tls = shop.tls();
  options.terminal = shop.terminal();
  options.centre_public_key = shop.centre_public_key();
  return options;
}

// The journal behind its writer, and a link that drains it.
class Till {
 public:
  Till(Shop& shop, std::uint16_t port)
      : writer_(shop.open_journal()),
        link_(context_.get_executor(), link_options(shop, port), writer_, system_clock(), system_random()) {}
  ~Till() {
    link_.stop();
    guard_.reset();
    if (thread_.joinable()) thread_.join();
  }
  Till(const Till&) = delete;
  Till& operator=(const Till&) = delete;

  void drain() {
    asio::post(context_, [this] { link_.start(); });
    thread_ = std::thread([this] { context_.run(); });
  }
  journal::Writer& writer() { return writer_; }
  link::Link& link() { return link_; }
  template <class Value>
  Value ask(std::function<Value(journal::Journal&)> what) {
    std::promise<Value> told;
    writer_.run([&](journal::Journal& journal) { told.set_value(what(journal)); });
    return told.get_future().get();
  }
  bool all_sent() {
    return ask<bool>(
        [](journal::Journal& journal) { return need(journal.unsent(1, 1u << 20), "the rest").entries.empty(); });
  }

 private:
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard_ = asio::make_work_guard(context_);
  journal::Writer writer_;
  link::Link link_;
  std::thread thread_;
};

void drain(Shop& shop, std::uint16_t port) {
  Till till(shop, port);
  const auto entries = till.ask<std::uint64_t>([](journal::Journal& journal) { return journal.end().seq; });
  const auto began = Steady::now();
  till.drain();
  const auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(2)); };
  while (till.link().status().entries_sent < entries) pause();  // asks nothing of the journal
  while (!till.all_sent()) pause();
  print("settlements", static_cast<double>(entries));
  print("a_second", static_cast<double>(entries) / seconds_since(began));
  print("syncs", static_cast<double>(till.link().status().syncs));
  print("failures", static_cast<double>(till.link().status().failures));
}

// Commits one sale every 5 ms and tells how long each took, in microseconds.
std::vector<double> sell(Shop& shop, journal::Writer& writer, const std::function<bool(std::size_t)>& more) {
  std::vector<double> waits;
  while (more(waits.size())) {
    std::promise<double> committed;
    const auto began = Steady::now();
    writer.submit(shop.sale(), [&](const Result<void>& done) {
      need(done, "a sale");
      committed.set_value(seconds_since(began) * 1e6);
    });
    waits.push_back(committed.get_future().get());
    std::this_thread::sleep_until(began + std::chrono::milliseconds(5));
  }
  return waits;
}

void counter(Shop& shop, std::uint16_t port, std::size_t sales) {
  Till till(shop, port);
  const auto idle = sell(shop, till.writer(), [&](std::size_t sold) { return sold < sales; });
  const auto entries = till.ask<std::uint64_t>([](journal::Journal& journal) { return journal.end().seq; });
  till.drain();
  const auto draining =
      sell(shop, till.writer(), [&](std::size_t) { return till.link().status().entries_sent < entries; });
  print("idle_p50_us", quantile(idle, 0.5));
  print("idle_p99_us", quantile(idle, 0.99));
  print("draining_sales", static_cast<double>(draining.size()));
  print("draining_p50_us", quantile(draining, 0.5));
  print("draining_p99_us", quantile(draining, 0.99));
}

// What the same entries would be as canonical JSON, which is what packed bytes are compared with.
std::size_t bytes_as_json(protocol::SyncRequest request) {
  for (record::Entry& entry : request.entries) {
    const auto decoded = need(record::decode(entry.public_bytes, entry.personal_bytes), "an entry");
    auto canonical = record::make_entry(decoded.head, decoded.body, entry.salt, Digest{});
    entry.public_bytes = std::move(canonical.public_bytes);
    entry.personal_bytes = std::move(canonical.personal_bytes);
  }
  return protocol::encode(request).size();
}

void wire(Shop& shop) {
  auto journal = shop.open_journal();
  for (const std::size_t entries : {std::size_t{1}, std::size_t{100}, std::size_t{500}}) {
    const auto request = next_request(shop, *journal, entries);
    const std::string body = protocol::encode(request);
    const std::size_t as_json = bytes_as_json(request);
    std::string packed, unpacked;
    std::vector<double> pack, unpack;
    for (int round = 0; round < 41; ++round) {
      auto began = Steady::now();
      packed = protocol::compress(body);
      pack.push_back(seconds_since(began) * 1e6 / static_cast<double>(entries));
      began = Steady::now();
      unpacked = need(protocol::decompress(packed, protocol::sync_body_bytes_max), "unpacking");
      unpack.push_back(seconds_since(began) * 1e6 / static_cast<double>(entries));
    }
    if (unpacked != body) give_up("another body came back");
    const std::string batch = "batch_" + std::to_string(entries);
    print((batch + "_bytes_each").c_str(), static_cast<double>(body.size()) / static_cast<double>(entries));
    print((batch + "_json_bytes_each").c_str(), static_cast<double>(as_json) / static_cast<double>(entries));
    print((batch + "_times_smaller").c_str(), static_cast<double>(as_json) / static_cast<double>(packed.size()));
    print((batch + "_pack_us_each").c_str(), quantile(pack, 0.5));
    print((batch + "_unpack_us_each").c_str(), quantile(unpack, 0.5));
  }
}

// One handshake between two memories; the new session where there is one, and the bytes that travelled.
struct Shaken {
  http::SessionPtr session;
  std::size_t bytes = 0;
};

Shaken shake_hands(SSL_CTX* client_context, SSL_CTX* server_context, SSL_SESSION* session) {
  BIO *up_in = nullptr, *up_out = nullptr;
  BIO_new_bio_pair(&up_in, 64 * 1024, &up_out, 64 * 1024);
  SSL* client = SSL_new(client_context);
  SSL* server = SSL_new(server_context);
  SSL_set_bio(client, up_in, up_in);
  SSL_set_bio(server, up_out, up_out);
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
  if (session != nullptr) SSL_set_session(client, session);
  for (int turn = 0; turn < 8 && (SSL_is_init_finished(client) == 0 || SSL_is_init_finished(server) == 0); ++turn) {
    SSL_do_handshake(client);
    SSL_do_handshake(server);
  }
  char nothing = 0;
  SSL_read(client, &nothing, 1);  // takes the ticket
  if (SSL_is_init_finished(server) == 0) give_up("no handshake");
  if (session != nullptr && SSL_session_reused(client) == 0) give_up("not resumed");
  Shaken done{http::SessionPtr(SSL_get1_session(client)), BIO_number_written(up_in) + BIO_number_read(up_in)};
  SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_set_shutdown(server, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(client);
  SSL_free(server);
  return done;
}

void handshake(const std::filesystem::path& folder, const Shop& shop) {
  const auto centre = folder / "centre";
  const http::TlsServer server_files{(centre / "server.pem").string(), (centre / "server.key").string(),
                                     (centre / "ca.pem").string(), true};
  const auto client = need(http::load_tls(shop.tls()), "the client's files");
  const auto server = need(http::load_tls(server_files), "the server's files");
  std::vector<double> full, resumed;
  std::size_t full_bytes = 0, resumed_bytes = 0;
  for (int round = 0; round < 300; ++round) {
    auto began = Steady::now();
    Shaken first = shake_hands(client->ssl.native_handle(), server->ssl.native_handle(), nullptr);
    full.push_back(seconds_since(began) * 1e6);
    began = Steady::now();
    const Shaken again = shake_hands(client->ssl.native_handle(), server->ssl.native_handle(), first.session.get());
    resumed.push_back(seconds_since(began) * 1e6);
    full_bytes = first.bytes;
    resumed_bytes = again.bytes;
  }
  print("full_us", quantile(full, 0.5));
  print("resumed_us", quantile(resumed, 0.5));
  print("full_bytes", static_cast<double>(full_bytes));
  print("resumed_bytes", static_cast<double>(resumed_bytes));
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count > 2 ? arguments[1] : "";
  const std::filesystem::path folder = count > 2 ? arguments[2] : "";
  const auto number = [&](int at) { return at < count ? std::strtoul(arguments[at], nullptr, 10) : 0; };
  if (what == "make" && (count == 5 || count == 6)) {
    Shop::make(folder, static_cast<int>(number(4)), count == 6 ? arguments[5] : "");
    Shop shop(folder);
    shop.fill(*shop.open_journal(), number(3));
    return 0;
  }
  if (count < 3) give_up("usage: at the top of sync_bench.cpp");
  Shop shop(folder);
  const auto port = static_cast<std::uint16_t>(number(3));
  if (what == "alone") {
    alone(shop);
  } else if (what == "drain") {
    drain(shop, port);
  } else if (what == "counter") {
    counter(shop, port, number(4));
  } else if (what == "wire") {
    wire(shop);
  } else if (what == "handshake") {
    handshake(folder, shop);
  } else if (what == "trips") {
    trips(shop, port, static_cast<int>(number(4)));
  } else if (what == "questions") {
    questions(shop, port, static_cast<int>(number(4)));
  } else if (what == "tills") {
    tills(folder, shop, port, number(4));
  } else {
    give_up("usage: at the top of sync_bench.cpp");
  }
  return 0;
}
