// The link of a till against a centre in this process: peers of different ages, files that the feed tells of, and what
// a person at the till may ask of it.
#include "sync/link/link.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <spdlog/spdlog.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <future>
#include <map>

#include "offline/packs/signed_file.h"
#include "offline/record/feed_groups.h"
#include "offline/seal/sm3.h"
#include "sync/http/certificates.h"
#include "sync/link/troubles.h"
#include "sync/protocol/frames.h"
#include "tests/centre/fixture.h"
#include "tests/packs/signed_text.h"
#include "tests/state_machine/wire.h"
#include "tests/support/print_trouble.h"

namespace gongji::link {
namespace {

namespace asio = boost::asio;

// A centre of before there were versions: it says nothing of them, and knows nothing that came with them.
http::Response as_old_centre(centre::TestCentre& centre, http::Request request) {
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

std::string publish_supplement(centre::TestCentre& centre, std::size_t bytes) {
  auto key = packs::read_authority_key(centre.folder.path / "centre" / "authority" / "sign.pem");
  REQUIRE(key.has_value());
  nlohmann::json supplement = testing::small_supplement();
  supplement["sources"][0]["note"] = std::string(bytes, 'x');
  const std::string text = packs::sign_file(*key, packs::SignedKind::supplement, supplement.dump());
  const auto published = centre.service->publish_rules(text, centre.clock.wall());
  INFO((published ? "" : to_string(published.error(), Language::en)));
  REQUIRE(published.has_value());
  return text;
}

}  // namespace

TEST_CASE(
    "a new till with an old centre works in the words of the old one, and in the new ones when that is upgraded") {
  centre::TestCentre centre;
  Till till(centre);
  till.old_centre = true;
  till.save_a_paper();
  till.drain();
  CHECK(till.unsent() == 0);
  CHECK(till.link().status().version == 1);
  CHECK(till.software_at_centre().empty());
  CHECK(till.calls["/v1/rules"] == 0);
  CHECK(till.calls["/v1/renew"] == 0);

  till.old_centre = false;
  till.drain();
  CHECK(till.link().status().version == protocol::spoken.highest);
  till.drain();
  CHECK(till.software_at_centre() == "gongji 0.2.0");
}

TEST_CASE("a till writes compact entries once its centre reads them, and shows them to no centre that does not") {
  centre::TestCentre centre;
  Till till(centre);
  till.options.speaks = {1, 2};
  till.save_a_paper();
  till.drain();
  till.save_a_paper();
  CHECK(till.form_of_last() == record::Form::canonical);
  till.drain();
  CHECK(till.link().status().version == 2);

  till.restart({1, 3});
  CHECK(till.form_of_last() == record::Form::canonical);
  till.drain();
  CHECK(till.link().status().version == 3);
  till.save_a_paper();
  CHECK(till.form_of_last() == record::Form::compact);

  // Somebody puts the old centre back: it gets none of them, the till says why, and nothing is lost.
  till.old_centre = true;
  const auto refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::centre_too_old);
  CHECK(till.unsent() == 1);
  // A start without any word of the centre goes on in the form of the last entry.
  till.restart({1, 3});
  till.save_a_paper();
  CHECK(till.form_of_last() == record::Form::compact);
  till.old_centre = false;
  till.drain();
  CHECK(till.unsent() == 0);
}

TEST_CASE(
    "a till that is too old for its centre says so and what to do, keeps everything, and its counter goes on off "
    "line") {
  centre::TestCentre centre;
  Till till(centre);
  auto parts = centre::open_centre(centre.folder.path / "centre", centre.random);
  REQUIRE(parts.has_value());
  const protocol::Versions ahead{protocol::spoken.highest + 1, protocol::spoken.highest + 2};
  parts->speaks = ahead;
  centre.service = std::make_unique<centre::CentreService>(*std::move(parts), centre.random);
  till.save_a_paper();
  const auto refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::till_too_old);
  CHECK(refused.error().detail ==
        "till " + protocol::to_string(protocol::spoken) + ", centre " + protocol::to_string(ahead));
  CHECK(till.unsent() == 1);
  protocol::Credential credential{"02", Secret("999999199001010010"), Secret()};
  const auto person = till.finish(till.link().person(credential, std::chrono::milliseconds(100)));
  REQUIRE_FALSE(person.has_value());
  CHECK(person.error().text == &troubles::line_down);
}

TEST_CASE("a till that left version 1 behind says that the centre is too old") {
  centre::TestCentre centre;
  Till till(centre);
  till.options.speaks = {2, protocol::spoken.highest};
  till.old_centre = true;
  const auto refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::centre_too_old);
  till.old_centre = false;
  till.drain();
  CHECK(till.link().status().version == protocol::spoken.highest);
}

TEST_CASE("files of rules are here, whole and checked, before the feed that told of them counts as applied") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  const std::string text = publish_supplement(centre, 300'000);
  const std::string name = to_hex(seal::sm3(as_bytes(text)));
  const auto before = till.cursor();
  till.save_a_paper();

  // Without room for it the till is told again, and what went up stays settled.
  till.disk_full = true;
  const auto full = till.sync();
  REQUIRE_FALSE(full);
  CHECK(full.error().text == &troubles::not_kept);
  CHECK(till.cursor() == before);
  CHECK(till.unsent() == 0);

  till.disk_full = false;
  till.drain();
  CHECK(till.files[name] == text);
  CHECK(till.cursor() > before);
  CHECK(till.calls["/v1/rules"] >= 6);  // twice, in three parts or more
  const int fetched = till.calls["/v1/rules"];
  till.drain();
  CHECK(till.calls["/v1/rules"] == fetched);

  REQUIRE(centre.service->withdraw_rules(name, centre.clock.wall()).has_value());
  till.drain();
  CHECK(till.files.empty());
}

TEST_CASE("a file that was damaged on its way, or cut short, is not taken") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  publish_supplement(centre, 200'000);
  const auto whole = till.wire.centre;
  till.wire.centre = [&](http::Request request) {
    const bool rules = request.path() == "/v1/rules";
    auto response = whole(std::move(request));
    auto answer = protocol::decode_rules_answer(response.body);
    if (!rules || !answer) return response;
    answer->part[0] ^= 1;
    response.body = protocol::encode(*answer);
    return response;
  };
  auto refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::answer_unusable);
  CHECK(till.files.empty());
  till.wire.centre = [&](http::Request request) {
    auto response = whole(std::move(request));
    if (auto answer = protocol::decode_rules_answer(response.body)) {
      answer->part.clear();
      response.body = protocol::encode(*answer);
    }
    return response;
  };
  refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(till.files.empty());
  till.wire.centre = whole;
  till.drain();
  CHECK(till.files.size() == 1);
}

TEST_CASE("terms that the authority did not sign are passed over and told, and block nothing behind them") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  const auto terms = [&] {
    return till.with_journal<bool>([](journal::Journal& journal) {
      bool found = false;
      std::vector<journal::Journal::Work> works;
      works.push_back([&](journal::Turn& turn) -> Result<void> {
        auto stored = turn.terms();
        if (!stored) return stored.error();
        found = stored->has_value();
        return {};
      });
      REQUIRE(journal.commit(std::move(works)).front());
      return found;
    });
  };
  auto plan = centre.service->plan();
  plan.paper_days = 7;
  REQUIRE(centre.service->publish_terms(centre::to_json_text(plan), centre.clock.wall()).has_value());
  till.options.authority_public_key = seal::Sm2PrivateKey::generate().public_key();
  const auto before = till.cursor();
  // This till believes another authority.
  Link other(till.io.get_executor(), till.options, till.writer(), centre.clock, system_random());
  const auto told = till.finish(other.sync_once());
  REQUIRE_FALSE(told);
  CHECK(told.error().text == &troubles::signature_wrong);
  CHECK(till.cursor() == before + 1);
  CHECK_FALSE(terms());

  plan.paper_days = 8;
  REQUIRE(centre.service->publish_terms(centre::to_json_text(plan), centre.clock.wall()).has_value());
  till.drain();
  CHECK(terms());
  other.stop();
}

TEST_CASE("a hold that a sync lists while its answer is on the way is not given back") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  const auto straight = till.wire.centre;
  till.wire.centre = [&](http::Request request) {
    const bool of_hold = request.path() == "/v1/hold";
    auto response = straight(std::move(request));
    if (of_hold) REQUIRE(till.sync());  // its answer overtakes this one
    return response;
  };
  protocol::HoldRequest request;
  request.sale_id = make_id(centre.clock.wall(), centre.random);
  request.psn_no = centre::chen_wei;
  request.accounts = {{"self", settlement::AccountKind::prior, Money::yuan(10)}};
  const auto answer = till.finish(till.link().hold(request, std::chrono::seconds(1)));
  REQUIRE(answer.has_value());
  REQUIRE(answer->value.has_value());
  till.wire.centre = straight;
  const auto live = [&] {
    std::size_t count = 0;
    REQUIRE(centre.service->ledger().transaction(
        [&] { count = centre.service->ledger().live_holds(till.enrolled.terminal).size(); }));
    return count;
  };
  till.drain();
  CHECK(live() == 1);
  till.link().release(answer->value->hold_id);
  till.drain();
  CHECK(live() == 0);
}

TEST_CASE("sync now sends what is left and says when it is done, what is wrong, or that it is paused") {
  centre::TestCentre centre;
  Till till(centre);
  till.link().start();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  till.save_a_paper();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  CHECK(till.unsent() == 0);

  till.wire.line = tests::Line::down;
  till.save_a_paper();
  const auto down = till.finish(till.link().sync_now(std::chrono::seconds(20)));
  REQUIRE_FALSE(down);
  CHECK(till.link().status().failures_in_a_row > 0);
  CHECK(till.unsent() == 1);

  till.wire.line = tests::Line::up;
  till.link().pause(std::chrono::minutes(5));
  CHECK(till.link().status().paused_for == std::chrono::minutes(5));
  const auto paused = till.finish(till.link().sync_now(std::chrono::seconds(20)));
  REQUIRE_FALSE(paused);
  CHECK(paused.error().text == &troubles::paused);
  CHECK(till.unsent() == 1);
  till.link().resume();
  CHECK_FALSE(till.link().status().paused_for.has_value());
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  CHECK(till.unsent() == 0);
}

// What goes over the wire in syncs.
struct Seen {
  std::vector<protocol::SyncRequest> up;
  std::vector<record::FeedBatch> down;
  std::size_t lost_answer = 0;  // that one of them, from 1, does not arrive

  explicit Seen(Till& till) {
    till.wire.centre = [this, inner = till.wire.centre](http::Request request) {
      const bool sync = request.path() == "/v1/sync";
      if (sync) {
        const auto body = request.find("Content-Encoding")
                              ? protocol::decompress(request.body, protocol::sync_body_bytes_max).value()
                              : request.body;
        up.push_back(protocol::decode_sync_request(body, 2).value());
      }
      http::Response response = inner(std::move(request));
      if (!sync) return response;
      if (up.size() == lost_answer) return http::Response::text(503, "lost");
      down.push_back(record::decode_grouped_feed(protocol::decode_sync_answer(response.body)->feed.bytes).value());
      return response;
    };
  }
};

TEST_CASE("a backlog goes up batch behind batch, while the answer before is taken in, and each thing travels once") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  Seen seen(till);
  till.save_papers(1'150);
  till.link().start();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(60))));
  CHECK(till.unsent() == 0);
  REQUIRE(seen.up.size() >= 3);
  CHECK(seen.up[0].from == 1);
  CHECK(seen.up[0].entries.size() == protocol::sync_entries_max);
  CHECK(seen.up[1].from == 501);
  CHECK(seen.up[2].from == 1'001);
  CHECK(seen.up[2].entries.size() == 150);
  std::size_t verdicts = 0;
  for (std::size_t i = 0; i < seen.down.size(); ++i) {
    verdicts += seen.down[i].items.size();
    if (i + 1 == seen.up.size()) break;
    CHECK(seen.up[i + 1].feed_cursor == seen.up[i].feed_cursor + seen.down[i].items.size());
    CHECK(seen.up[i + 1].from == seen.up[i].from + seen.up[i].entries.size());
  }
  CHECK(verdicts == 1'150);
  CHECK(till.cursor() == seen.up[0].feed_cursor + verdicts);
}

TEST_CASE("an answer that is lost in the middle of a drain costs that batch a second time, and nothing else") {
  centre::TestCentre centre;
  Till till(centre);
  till.drain();
  Seen seen(till);
  seen.lost_answer = 2;
  till.save_papers(1'150);
  till.link().start();
  const auto lost = till.finish(till.link().sync_now(std::chrono::seconds(60)));
  REQUIRE_FALSE(lost);
  // What came before is in the journal, though it was taken in while the lost one was under way.
  CHECK(till.cursor() == seen.up[0].feed_cursor + 500);
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(60))));
  CHECK(till.unsent() == 0);
  REQUIRE(seen.up.size() >= 4);
  CHECK(seen.up[1].from == 501);
  CHECK(seen.up[2].from == 501);
  CHECK(seen.up[2].feed_cursor == seen.up[1].feed_cursor);
  CHECK(seen.up[3].from == 1'001);
  std::uint64_t told = 0;
  REQUIRE(centre.service->ledger().transaction(
      [&] { told = centre.service->ledger().find_terminal(till.enrolled.terminal)->feed_last; }));
  CHECK(till.cursor() == told);
}

TEST_CASE("after a long silence the counter asks at once while the log waits for its moment of the window") {
  centre::TestCentre centre;
  Till till(centre);
  till.options.tuning.drain_window = std::chrono::minutes(15);
  till.options.silent_for = std::chrono::hours(4);
  till.save_a_paper();
  till.link().start();
  till.io.poll();
  const auto waits = till.link().status().next_in;
  REQUIRE(waits.has_value());
  CHECK(*waits > std::chrono::minutes(1));
  CHECK(*waits <= std::chrono::minutes(15));
  CHECK_FALSE(till.link().line_up());
  CHECK(till.link().worth_asking());

  till.wire.line = tests::Line::down;
  protocol::Credential credential{"02", Secret("999999199001010010"), Secret()};
  CHECK_FALSE(till.finish(till.link().person(credential, std::chrono::milliseconds(100))).has_value());
  CHECK_FALSE(till.link().worth_asking());
  centre.clock.advance(std::chrono::seconds(3));
  CHECK(till.link().worth_asking());
  till.wire.line = tests::Line::up;
  const auto person = till.finish(till.link().person(credential, std::chrono::milliseconds(100)));
  REQUIRE(person.has_value());
  CHECK(till.link().line_up());
  CHECK(till.link().status().line_up);

  till.link().poke();
  till.io.poll();
  CHECK(till.calls["/v1/sync"] == 0);
  CHECK(till.unsent() == 1);
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  CHECK(till.unsent() == 0);
}

TEST_CASE("a till that was heard a moment ago, one of a centre without a window, and one in doubt go at once") {
  centre::TestCentre centre;
  for (const int which : {0, 1, 2}) {
    CAPTURE(which);
    Till till(centre);
    till.options.tuning.drain_window = which == 1 ? std::chrono::minutes(0) : std::chrono::minutes(15);
    till.options.silent_for = which == 0 ? std::chrono::seconds(59) : std::chrono::hours(4);
    till.options.in_doubt = which == 2;
    till.link().start();
    till.io.restart();
    while (till.calls["/v1/sync"] == 0) till.io.run_one_for(std::chrono::milliseconds(100));
    till.link().stop();
  }
}

TEST_CASE("terms that come over the line tell the rhythm of the next polls") {
  centre::TestCentre centre;
  Till till(centre);
  auto plan = centre.service->plan();
  plan.poll_idle_s = 1'800;
  REQUIRE(centre.service->publish_terms(centre::to_json_text(plan), centre.clock.wall()).has_value());
  till.link().start();
  CHECK(till.finish(till.link().sync_now(std::chrono::seconds(20))));
  till.io.restart();
  till.io.poll();
  const auto next = till.link().status().next_in;
  REQUIRE(next.has_value());
  CHECK(*next > std::chrono::seconds(1'700));
}

TEST_CASE(
    "the next certificate is asked for when it is due, taken once, and asked for again where it could not be kept") {
  centre::TestCentre centre;
  Till till(centre);
  bool due = false, kept = false;
  std::string taken;
  till.options.renewal_due = [&](WallTime) {
    return due ? std::optional(http::make_signing_request("till")->csr_pem) : std::nullopt;
  };
  till.options.take_certificate = [&](const std::string& pem) {
    taken = pem;
    return kept;
  };
  till.drain();
  CHECK(till.calls["/v1/renew"] == 0);
  due = true;
  till.drain();
  CHECK(till.calls["/v1/renew"] == 1);
  till.drain();
  CHECK(till.calls["/v1/renew"] == 1);  // not again within the hour
  centre.clock.advance(std::chrono::hours(2));
  kept = true;
  till.drain();
  CHECK(till.calls["/v1/renew"] == 2);
  const std::string before = till.fingerprint;
  till.fingerprint = http::sha256_fingerprint(taken).value();
  due = false;
  till.drain();
  till.fingerprint = before;
  CHECK_FALSE(till.sync());
}

}  // namespace gongji::link
