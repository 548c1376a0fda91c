#include "tests/bench_sync/calls.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <iostream>

#include "offline/record/feed_groups.h"
#include "sync/centre/folder.h"
#include "sync/http/certificates.h"
#include "sync/http/client.h"
#include "sync/protocol/frames.h"
#include "tests/bench_sync/figures.h"

namespace gongji::tests {

namespace asio = boost::asio;

namespace {

// The till's connection, without its link.
class Caller {
 public:
  Caller(const Shop& shop, std::uint16_t port) : client_(context_.get_executor(), options(shop, port)) {}

  protocol::SyncAnswer sync(const protocol::SyncRequest& what) {
    http::Request request;
    request.method = "POST";
    request.target = "/v1/sync";
    request.body = protocol::encode(what);
    auto answer =
        asio::co_spawn(context_, client_.call(std::move(request), std::chrono::seconds(20)), asio::use_future);
    context_.restart();
    while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) context_.run_one();
    const auto response = need(answer.get(), "a sync");
    if (response.status != 200) give_up("a sync was refused");
    return need(protocol::decode_sync_answer(response.body), "an answer");
  }
  http::Client& client() { return client_; }

 private:
  static http::ClientOptions options(const Shop& shop, std::uint16_t port) {
    http::ClientOptions options;
    options.port = port;
    options.tls = shop.tls();
    options.digest = true;
    return options;
  }
  asio::io_context context_{1};
  http::Client client_;
};

}  // namespace

// The batch that the link would send next.
protocol::SyncRequest next_request(Shop& shop, journal::Journal& journal, std::size_t entries_max) {
  auto stretch = need(journal.unsent(entries_max, protocol::sync_bytes_max), "a stretch");
  protocol::SyncRequest request;
  request.terminal = shop.terminal();
  request.from = stretch.from;
  request.entries = std::move(stretch.entries);
  request.head_hash = stretch.head_hash;
  request.head_signature = std::move(stretch.head_signature);
  request.feed_cursor = need(journal.feed_cursor(), "the cursor");
  request.run = journal.run();
  return request;
}

void trips(Shop& shop, std::uint16_t port, int count) {
  auto journal = shop.open_journal();
  const auto request = next_request(shop, *journal, 1);
  Caller caller(shop, port);
  const auto once = [&] {
    const auto began = Steady::now();
    (void)caller.sync(request);
    return seconds_since(began) * 1e3;
  };
  once();
  std::vector<double> cold, warm;
  for (int round = 0; round < count; ++round) {
    caller.client().drop();
    cold.push_back(once());
    warm.push_back(once());
  }
  if (caller.client().counters().resumed_handshakes < static_cast<std::uint64_t>(count)) give_up("not resumed");
  print("cold_ms", quantile(cold, 0.5));
  print("warm_ms", quantile(warm, 0.5));
}

void questions(Shop& shop, std::uint16_t port, int count) {
  auto journal = shop.open_journal();
  auto request = next_request(shop, *journal, 1);
  Caller caller(shop, port);
  for (bool more = true; more; request.entries.clear()) {
    const auto answer = caller.sync(request);
    const auto feed = need(record::decode_grouped_feed(answer.feed.bytes), "the feed");
    more = !feed.items.empty();
    request.from = answer.acknowledged_seq + 1;
    request.feed_cursor = feed.from + feed.items.size() - 1;
  }
  std::vector<double> took;
  for (int i = 0; i < count; ++i) {
    const auto began = Steady::now();
    (void)caller.sync(request);
    took.push_back(seconds_since(began) * 1e6);
  }
  print("question_us", quantile(took, 0.5));
}

void tills(const std::filesystem::path& folder, const Shop& shop, std::uint16_t port, std::size_t count) {
  const auto centre = folder / "centre";
  const auto read = [&](const char* name) { return need(centre::read_text_file(centre / name, 1u << 20), name); };
  const http::Identity ca{read("ca.pem"), Secret(read("ca.key"))};
  const auto files = folder / "tills";
  std::filesystem::create_directories(files);
  asio::io_context context(1);
  std::vector<std::unique_ptr<http::Client>> clients;
  std::size_t answered = 0;
  for (std::size_t till = 0; till < count; ++till) {
    const std::string name = "T-" + std::to_string(till + 1'000);
    const auto request = need(http::make_signing_request(name), "a request");
    const auto certificate =
        need(http::issue_client(ca, request.csr_pem, name, till + 1'000, system_clock().wall(), 30), "a certificate");
    http::ClientOptions options;
    options.port = port;
    options.tls = shop.tls();
    options.tls->cert_pem_file = (files / (name + ".pem")).string();
    options.tls->key_pem_file = (files / (name + ".key")).string();
    need(http::write_private_file(options.tls->cert_pem_file, certificate), "a file");
    need(http::write_private_file(options.tls->key_pem_file, request.key_pem.reveal()), "a file");
    clients.push_back(std::make_unique<http::Client>(context.get_executor(), options));
    // A sync's body and the answer of the health check: both directions have been used.
    http::Request asked;
    asked.target = "/healthz";
    asio::co_spawn(context, clients.back()->call(asked, std::chrono::seconds(60)),
                   [&](const std::exception_ptr&, const Result<http::Response>& answer) {
                     need(answer, "a call");
                     ++answered;
                   });
    context.restart();
    while (answered < till + 1) context.run_one();
  }
  print("ready", static_cast<double>(answered));
  std::cin.get();
}

}  // namespace gongji::tests
