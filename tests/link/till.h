// till.h — a till whose link speaks to a centre in this process.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <spdlog/spdlog.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <future>
#include <map>

#include "sync/http/certificates.h"
#include "sync/link/link.h"
#include "tests/centre/fixture.h"
#include "tests/state_machine/wire.h"
#include "tests/support/print_trouble.h"

namespace gongji::link {

namespace asio = boost::asio;

// A centre of before there were versions: it says nothing of them, and knows nothing that came with them.
inline http::Response as_old_centre(centre::TestCentre& centre, http::Request request) {
  std::erase_if(request.headers, [](const http::Header& header) { return header.name == protocol::version_header; });
  http::Response response = centre.service->handle(request, centre.clock.wall());
  std::erase_if(response.headers, [](const http::Header& header) { return header.name == protocol::version_header; });
  return response;
}

class Till {
 public:
  explicit Till(centre::TestCentre& the_centre) : centre(the_centre) {
    spdlog::set_level(spdlog::level::off);
    keys_ = seal::KeyStore::open(folder_.path / "keys", system_random()).value();
    protocol::EnrolRequest request;
    request.code = Secret(centre.new_code(centre::pharmacy));
    request.csr_pem = http::make_signing_request("till")->csr_pem;
    request.sign_public_key = keys_->public_key();
    enrolled = protocol::decode_enrol_answer(centre.post("/v1/enrol", protocol::encode(request)).body).value();
    fingerprint = http::sha256_fingerprint(enrolled.certificate_pem).value();
    wire.centre = [this](http::Request request_in) {
      calls[std::string(request_in.path())] += 1;
      request_in.peer_name = enrolled.terminal;
      request_in.peer_fingerprint = fingerprint;
      return old_centre ? as_old_centre(centre, std::move(request_in))
                        : centre.service->handle(request_in, centre.clock.wall());
    };
    open_journal();
    options.host = wire.name();
    options.terminal = enrolled.terminal;
    options.epoch = enrolled.epoch;
    options.centre_public_key = enrolled.centre_public_key;
    options.authority_public_key = enrolled.authority_public_key;
    options.software = "gongji 0.2.0";
    options.rules = RuleFiles{[this](const Digest& digest) { return files.contains(to_hex(digest)); },
                              [this](const Digest& digest, const std::string& text) {
                                if (!disk_full) files[to_hex(digest)] = text;
                                return !disk_full;
                              },
                              [this](const Digest& digest) {
                                files.erase(to_hex(digest));
                                return true;
                              }};
  }
  ~Till() { stop(); }
  // The till's process ends and starts again, as one that speaks these versions.
  void restart(protocol::Versions speaks) {
    stop();
    link_.reset();
    writer_.reset();
    options.speaks = speaks;
    open_journal();
  }

  Link& link() {
    if (!link_) {
      link_ = std::make_unique<Link>(io.get_executor(), options, *writer_, centre.clock, random);
    }
    return *link_;
  }
  template <class T>
  T finish(asio::awaitable<T> step) {
    std::optional<T> out;
    asio::co_spawn(io, std::move(step), [&](std::exception_ptr bug, T value) {
      if (bug) std::rethrow_exception(bug);
      out = std::move(value);
    });
    io.restart();
    while (!out) io.run_one_for(std::chrono::milliseconds(100));
    return *std::move(out);
  }
  journal::Writer& writer() { return *writer_; }
  Result<bool> sync() { return finish(link().sync_once()); }
  // Until nothing is left on either side.
  void drain() {
    for (;;) {
      const auto more = sync();
      REQUIRE(more);
      if (!*more) return;
    }
  }
  template <class T>
  T with_journal(const std::function<T(journal::Journal&)>& look) {
    std::promise<T> found;
    writer_->run([&](journal::Journal& journal) { found.set_value(look(journal)); });
    return found.get_future().get();
  }
  std::uint64_t cursor() {
    return with_journal<std::uint64_t>([](journal::Journal& journal) { return journal.feed_cursor().value(); });
  }
  record::Form form_of_last() {
    return with_journal<record::Form>([](journal::Journal& journal) {
      std::string bytes;
      const auto done = journal.commit({[&](journal::Turn& turn) -> Result<void> {
        bytes = turn.find_raw(journal.end().seq).value().value().public_bytes;
        return {};
      }});
      REQUIRE(done.front());
      return record::form_of(bytes);
    });
  }
  std::uint64_t unsent() {
    return with_journal<std::uint64_t>(
        [](journal::Journal& journal) { return journal.unsent(500, 1 << 20).value().entries.size(); });
  }
  void save_papers(std::size_t count) {
    const auto done = with_journal<bool>([&](journal::Journal& journal) {
      std::vector<journal::Journal::Work> works;
      for (std::size_t i = 0; i < count; ++i) {
        works.push_back([this](journal::Turn& turn) -> Result<void> {
          auto entry = turn.append(centre::paper(centre), centre.clock.wall());
          return entry ? Result<void>() : Result<void>(entry.error());
        });
      }
      const auto results = journal.commit(std::move(works));
      return std::all_of(results.begin(), results.end(), [](const auto& each) { return each.has_value(); });
    });
    REQUIRE(done);
  }
  void save_a_paper() { save_papers(1); }
  std::string software_at_centre() {
    std::string out;
    REQUIRE(centre.service->ledger().transaction(
        [&] { out = centre.service->ledger().find_terminal(enrolled.terminal)->software; }));
    return out;
  }

  centre::TestCentre& centre;
  protocol::EnrolAnswer enrolled;
  std::string fingerprint;
  tests::Wire wire{"link-test"};
  bool old_centre = false, disk_full = false;
  LinkOptions options;
  std::map<std::string, int> calls;          // by path
  std::map<std::string, std::string> files;  // of rules
  asio::io_context io{1};
  SeededRandom random{11};  // of the link's rhythm

 private:
  void open_journal() {
    auto journal = journal::Journal::open(folder_.path / "journal.db", {enrolled.terminal, enrolled.epoch}, keys_,
                                          system_random());
    REQUIRE(journal);
    options.opening = (*journal)->opening();
    writer_ = std::make_unique<journal::Writer>(std::move(*journal));
  }
  void stop() {
    if (link_) link_->stop();
    io.restart();
    io.poll();
  }

  centre::Folder folder_;
  std::shared_ptr<const seal::KeyStore> keys_;
  std::unique_ptr<journal::Writer> writer_;
  std::unique_ptr<Link> link_;
};

}  // namespace gongji::link
