#include "sync/http/client.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>

#include <atomic>
#include <future>
#include <mutex>

#include "offline/base/check.h"
#include "support.h"
#include "sync/http/troubles.h"

using namespace gongji;
using namespace gongji::http;
using namespace gongji::http::test;
using Catch::Matchers::Contains;

namespace {

const char* code_of(const Result<Response>& answer) {
  return answer.has_error() ? answer.error().text->code.data() : "an answer";
}

constexpr const char* ok_kept = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

ClientOptions client_of(const RawServer& server) {
  ClientOptions options;
  options.port = server.port();
  return options;
}

// From here on nothing that is sent to this socket arrives, or is acknowledged: its machine is gone, or the line to it.
void go_deaf(int connection) {
  sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{1, &nothing};
  GONGJI_CHECK(::setsockopt(connection, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0);
}

}  // namespace

TEST_CASE("a thousand calls use one connection") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  Client client(running.context().get_executor(), client_of(*server));
  CHECK(!client.connected());
  for (int i = 0; i < 1000; ++i) {
    const std::string body = "sale " + std::to_string(i);
    REQUIRE(running.ask(client, post("/echo", body)).value().body == body);
  }
  CHECK(client.connected());
  CHECK(client.counters().calls == 1000);
  CHECK(client.counters().connections == 1);
}

TEST_CASE("every answer is a value, 4xx and 5xx too, with its headers") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  Client client(running.context().get_executor(), client_of(*server));
  const Response missing = running.ask(client, get("/nothing")).value();
  CHECK(missing.status == 404);
  CHECK(missing.find("content-TYPE") == "application/json");
  CHECK(running.ask(client, get("/throw")).value().status == 500);
  CHECK(!client.connected());  // the server said that it closes
  CHECK(running.ask(client, get("/pieces")).value().body == "piece 3\npiece 2\npiece 1\n");
  const Response head = running.ask(client, Request{"HEAD", "/big", {}, {}, {}, {}, false}).value();
  CHECK(head.body.empty());
  CHECK(head.find("Content-Length") == "100000");
  CHECK(running.ask(client, post("/echo", std::string(900'000, 'z'))).value().body.size() == 900'000);
}

TEST_CASE("a body over the server's limit is answered 413 to the client that still sends it") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  Client client(running.context().get_executor(), client_of(*server));
  const Response answer = running.ask(client, post("/echo", std::string(20'000'000, 'z'))).value();
  CHECK(answer.status == 413);
  CHECK(running.ask(client, post("/echo", "small")).value().body == "small");
}

TEST_CASE("calls made at once are sent in their order on one connection") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  Client client(running.context().get_executor(), client_of(*server));
  auto first = running.begin(client, get("/hold"));
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  auto hasty = running.begin(client, get("/echo"), milliseconds(20));
  auto patient = running.begin(client, post("/echo", "patient"));
  const Result<Response> too_late = hasty.get();
  CHECK(code_of(too_late) == std::string("G5133"));
  CHECK(too_late.error().detail == "waiting for its turn");
  CHECK(desk.served() == 1);
  desk.release();
  CHECK(first.get().value().body == "released");
  CHECK(patient.get().value().body == "patient");
  CHECK(client.counters().connections == 1);
}

TEST_CASE("where two may be under way, the second goes up before the answer to the first and gets the second answer") {
  Running running;
  std::atomic<int> heads = 0;
  std::atomic<bool> answers = true;
  const RawServer server([&](int connection, int) {
    for (; !read_head(connection).empty(); ++heads) {
      if (heads % 2 == 0) continue;
      if (!answers) return;
      write_text(connection, ok_kept);
      write_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond");
    }
  });
  ClientOptions options = client_of(server);
  options.under_way_max = 2;
  options.retry_stale = true;
  Client client(running.context().get_executor(), options);
  auto first = running.begin(client, get("/first"));
  REQUIRE(eventually([&] { return heads == 1; }));  // two threads begin calls in either order
  auto second = running.begin(client, get("/second"));
  CHECK(first.get().value().body == "ok");
  CHECK(second.get().value().body == "second");
  CHECK(client.connected());
  CHECK(client.counters().connections == 1);

  // A connection that dies takes both with it; neither is sent again.
  answers = false;
  auto third = running.begin(client, get("/third"));
  REQUIRE(eventually([&] { return heads == 3; }));
  auto fourth = running.begin(client, get("/fourth"));
  CHECK(code_of(third.get()) == std::string("G5130"));
  CHECK(code_of(fourth.get()) == std::string("G5130"));
  CHECK(client.counters().retries == 0);
  CHECK(heads == 3);
  CHECK(!client.connected());

  answers = true;
  heads = 0;
  auto fifth = running.begin(client, get("/fifth"));
  REQUIRE(eventually([&] { return heads == 1; }));
  auto sixth = running.begin(client, get("/sixth"));
  CHECK(fifth.get().value().body == "ok");
  CHECK(sixth.get().value().body == "second");
}

TEST_CASE("the queue of calls is bounded") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  ClientOptions options = client_of(*server);
  options.limits.waiting_max = 1;
  Client client(running.context().get_executor(), options);
  auto first = running.begin(client, get("/hold"));
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  auto second = running.begin(client, get("/echo"));
  REQUIRE(eventually([&] { return client.counters().calls == 2; }));
  CHECK(code_of(running.ask(client, get("/echo"))) == std::string("G5122"));
  desk.release();
  CHECK(first.get().has_value());
  CHECK(second.get().has_value());
}

TEST_CASE("a server that never answers costs the deadline, and the connection") {
  Running running;
  const RawServer silent(nullptr);
  Client client(running.context().get_executor(), client_of(silent));
  const Result<Response> answer = running.ask(client, get("/"), milliseconds(20));
  CHECK(code_of(answer) == std::string("G5133"));
  CHECK(!client.connected());
}

TEST_CASE("a peer whose machine is gone is found long before the deadline, before and behind the whole request") {
  Running running;
  const bool takes_the_request = GENERATE(false, true);
  CAPTURE(takes_the_request);
  std::promise<void> deaf, over;
  const RawServer server([&](int connection, int) {
    read_head(connection);
    write_text(connection, ok_kept);
    if (takes_the_request) read_head(connection);
    go_deaf(connection);
    deaf.set_value();
    over.get_future().wait();
  });
  ClientOptions options = client_of(server);
  options.dead_after = std::chrono::seconds(2);
  options.retry_stale = true;
  Client client(running.context().get_executor(), options);
  REQUIRE(running.ask(client, get("/")).has_value());
  if (!takes_the_request) deaf.get_future().wait();
  CHECK(code_of(running.ask(client, get("/"))) == std::string("G5130"));
  CHECK(client.counters().retries == 0);
  over.set_value();
}

TEST_CASE("a server that answers half and then falls silent costs the deadline") {
  Running running;
  std::promise<void> over;
  const RawServer half([&](int connection, int) {
    read_head(connection);
    write_text(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    over.get_future().wait();
  });
  Client client(running.context().get_executor(), client_of(half));
  CHECK(code_of(running.ask(client, get("/"), milliseconds(30))) == std::string("G5133"));
  over.set_value();
}

TEST_CASE("a connection is opened ahead of the call that will need it, and who is not there is found without one") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  Client client(running.context().get_executor(), client_of(*server));
  const auto connect = [&](Client& one) {
    return boost::asio::co_spawn(running.context(), one.connect(patience), boost::asio::use_future).get();
  };
  REQUIRE(connect(client).has_value());
  CHECK(client.connected());
  REQUIRE(connect(client).has_value());
  REQUIRE(running.ask(client, get("/echo")).has_value());
  CHECK(client.counters().connections == 1);
  CHECK(client.counters().calls == 1);

  std::uint16_t port = 0;
  { port = RawServer(nullptr).port(); }
  ClientOptions options;
  options.port = port;
  Client nobody(running.context().get_executor(), options);
  const auto found = connect(nobody);
  REQUIRE(!found);
  CHECK(found.error().text->code == std::string("G5124"));
  CHECK(!nobody.connected());
}

TEST_CASE("nobody listening is told at once, whatever the deadline") {
  Running running;
  std::uint16_t port = 0;
  { port = RawServer(nullptr).port(); }
  ClientOptions options;
  options.port = port;
  Client client(running.context().get_executor(), options);
  CHECK(code_of(running.ask(client, get("/"))) == std::string("G5124"));
  CHECK(code_of(call_and_wait(options, get("/"), patience)) == std::string("G5124"));
}

TEST_CASE("an idle connection that the server has closed is replaced before the next call is sent") {
  Running running;
  Desk desk;
  ServerOptions options;
  options.limits.idle = milliseconds(10);
  const auto server = serve(running, desk, options);
  Client client(running.context().get_executor(), client_of(*server));
  REQUIRE(running.ask(client, get("/echo")).has_value());
  REQUIRE(eventually([&] { return server->connections() == 0; }));
  CHECK(running.ask(client, get("/echo")).has_value());
  CHECK(client.counters().connections == 2);
  CHECK(client.counters().retries == 0);
}

TEST_CASE("a call on a kept connection that dies before the answer is sent again once, if that is allowed") {
  Running running;
  std::atomic<int> heads = 0;
  // The first connection answers once and dies on its second request; later ones answer, or also die.
  std::atomic<bool> later_die = false;
  const RawServer server([&](int connection, int index) {
    if (index > 0 && later_die) {
      read_head(connection);
      ++heads;
      return;
    }
    for (int request = 0; !read_head(connection).empty(); ++request) {
      ++heads;
      if (index == 0 && request == 1) return;
      write_text(connection, ok_kept);
    }
  });
  ClientOptions options = client_of(server);
  SECTION("allowed") {
    options.retry_stale = true;
    Client client(running.context().get_executor(), options);
    CHECK(running.ask(client, get("/")).value().body == "ok");
    CHECK(running.ask(client, get("/")).value().body == "ok");
    CHECK(client.counters().retries == 1);
    CHECK(client.counters().connections == 2);
    CHECK(heads == 3);
  }
  SECTION("only once") {
    options.retry_stale = true;
    later_die = true;
    Client client(running.context().get_executor(), options);
    CHECK(running.ask(client, get("/")).value().body == "ok");
    CHECK(code_of(running.ask(client, get("/"))) == std::string("G5130"));
    CHECK(heads == 3);
  }
  SECTION("not allowed") {
    Client client(running.context().get_executor(), options);
    CHECK(running.ask(client, get("/")).value().body == "ok");
    CHECK(code_of(running.ask(client, get("/"))) == std::string("G5130"));
    CHECK(heads == 2);
  }
}

TEST_CASE("a call is not sent again once a byte of its answer has come, nor on a fresh connection") {
  Running running;
  std::atomic<int> heads = 0;
  std::atomic<bool> answer_first = true;
  const RawServer server([&](int connection, int) {
    if (answer_first) {
      read_head(connection);
      ++heads;
      write_text(connection, ok_kept);
    }
    read_head(connection);
    ++heads;
    if (answer_first) write_text(connection, "HTTP/1.1 200 OK\r\nContent-Le");
  });
  ClientOptions options = client_of(server);
  options.retry_stale = true;
  SECTION("half an answer") {
    Client client(running.context().get_executor(), options);
    CHECK(running.ask(client, get("/")).has_value());
    CHECK(code_of(running.ask(client, get("/"))) == std::string("G5130"));
    CHECK(heads == 2);
  }
  SECTION("a fresh connection") {
    answer_first = false;
    Client client(running.context().get_executor(), options);
    CHECK(code_of(running.ask(client, get("/"))) == std::string("G5130"));
    CHECK(heads == 1);
  }
}

TEST_CASE("an answer that is not HTTP, too large, or unasked for is told apart") {
  Running running;
  std::mutex mutex;
  std::string words;
  const auto say = [&](std::string next) {
    const std::lock_guard lock(mutex);
    words = std::move(next);
  };
  const RawServer server([&](int connection, int) {
    read_head(connection);
    const std::lock_guard lock(mutex);
    write_text(connection, words);
  });
  ClientOptions options = client_of(server);
  options.limits.body_bytes_max = 10;
  Client client(running.context().get_executor(), options);
  say("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  CHECK(code_of(running.ask(client, get("/"))) == std::string("G5131"));
  say("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890");
  CHECK(code_of(running.ask(client, get("/"))) == std::string("G5132"));
  say("HTTP/1.1 200 OK\r\nX-Long: " + std::string(20'000, 'x') + "\r\nContent-Length: 0\r\n\r\n");
  CHECK(code_of(running.ask(client, get("/"))) == std::string("G5132"));
  // The server closes after each answer, and says so: whether the next request meets that is not the matter here.
  say("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  CHECK(running.ask(client, get("/")).value().body == "ok");
  say(std::string(ok_kept) + "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray");
  CHECK(running.ask(client, get("/")).value().body == "ok");
  CHECK(running.ask(client, get("/")).value().body == "ok");  // the stray answer is nobody's
  say("HTTP/1.1 200 OK\r\n\r\nuntil the end");
  CHECK(code_of(running.ask(client, get("/"))) == std::string("G5132"));
}

TEST_CASE("a request that would break apart on the wire is not sent") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  Client client(running.context().get_executor(), client_of(*server));
  Request request = get("/echo");
  SECTION("in a value") {
    request.headers.push_back({"X-Note", "a\r\nX-Other: b"});
  }
  SECTION("in a name") {
    request.headers.push_back({"X Note", "a"});
  }
  SECTION("in the target") {
    request.target = "/echo HTTP/1.1\r\nX: y";
  }
  SECTION("in the method") {
    request.method = "GET /x";
  }
  CHECK(code_of(running.ask(client, request)) == std::string("G5121"));
  CHECK(desk.served() == 0);
}

TEST_CASE("drop makes the next call use a fresh connection, in the middle of a call too") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  Client client(running.context().get_executor(), client_of(*server));
  REQUIRE(running.ask(client, get("/echo")).has_value());
  client.drop();
  CHECK(!client.connected());
  REQUIRE(running.ask(client, get("/echo")).has_value());
  CHECK(client.counters().connections == 2);
  auto held = running.begin(client, get("/hold"));
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  client.drop();
  desk.release();
  CHECK(held.get().value().body == "released");
  CHECK(!client.connected());
  REQUIRE(running.ask(client, get("/echo")).has_value());
  CHECK(client.counters().connections == 3);
}

TEST_CASE("a name is looked up, and one that does not exist is named") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  ClientOptions options = client_of(*server);
  options.host = "localhost";
  CHECK(call_and_wait(options, post("/echo", "by name"), patience).value().body == "by name");
  options.host = "till-7.invalid";
  options.connect_deadline = milliseconds(2'000);
  const Result<Response> lost = call_and_wait(options, get("/"), patience);
  CHECK(code_of(lost) == std::string("G5123"));
  CHECK(lost.error().path == "till-7.invalid");
}

TEST_CASE("a client may go away while its call is under way") {
  Running running;
  Desk desk;
  const auto server = serve(running, desk);
  auto client = std::make_unique<Client>(running.context().get_executor(), client_of(*server));
  auto held = running.begin(*client, get("/hold"));
  REQUIRE(eventually([&] { return desk.holding() == 1; }));
  client.reset();
  desk.release();
  CHECK(held.get().value().body == "released");
}

TEST_CASE("a cancellation that comes to the client's thread after the call has ended there is forgotten") {
  boost::asio::thread_pool working(1);
  const auto hold = [&](std::promise<void>& until) {
    boost::asio::post(working, [&until] { until.get_future().wait(); });
  };
  Client client(working.get_executor(), ClientOptions());
  boost::asio::io_context caller(1);
  boost::asio::cancellation_signal signal;
  std::promise<void> may_begin, may_hear;
  bool ended = false;

  hold(may_begin);
  boost::asio::co_spawn(caller, client.call(Request{"NOT GOOD", "/", {}, {}, {}, {}, false}, patience),
                        boost::asio::bind_cancellation_slot(
                            signal.slot(), [&](const std::exception_ptr&, const Result<Response>&) { ended = true; }));
  caller.poll();
  boost::asio::post(caller, [&] {
    may_begin.set_value();
    for (int step = 0; step < 5; ++step) {  // as many as a call that is refused has; nobody here has heard of its end
      std::promise<void> idle;
      boost::asio::post(working, [&] { idle.set_value(); });
      idle.get_future().wait();
    }
    hold(may_hear);
    signal.emit(boost::asio::cancellation_type::terminal);
  });
  caller.run();
  CHECK(ended);
  may_hear.set_value();
  working.join();
}
