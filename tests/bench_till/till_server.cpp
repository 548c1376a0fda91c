// till_server.cpp — the journal behind the product's own HTTP server, selling what is posted; for measuring only.
//
//   bench-till-server serve <folder> <persons>                    writes "port N", serves until it is ended
//   bench-till-server bodies <file> <count> <persons>    writes so many requests, one a line
//
// A request is a claim as `gongji quote` reads it.  The answer is sent after the sale is durable.  What the daemon does
// beside it (tokens, the card, the national interface's words) is not here.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string_view>

#include "offline/settlement/claim_json.h"
#include "sync/http/server.h"
#include "sync/link/on_writer.h"
#include "tests/bench_journal/busy_shop.h"

using namespace gongji;
using namespace gongji::tests;

namespace {

void serve(const std::filesystem::path& folder, int persons) {
  BusyShop shop(folder);
  auto journal = shop.open();
  shop.know_persons(*journal, persons);
  shop.grant_persons(*journal, persons);
  journal::Writer writer(std::move(journal));
  boost::asio::io_context context(1);
  settlement::ClaimReader reader;
  const http::Handler handler = [&](http::Request request) -> boost::asio::awaitable<http::Response> {
    settlement::Claim claim;
    if (const auto fault = reader.read(request.body, claim)) co_return http::Response::json(400, "{}");
    Sold sold;
    const journal::Journal::Work work = shop.sell(std::move(claim), sold);
    const auto done = co_await link::on_turn(writer, work);
    if (!done) co_return http::Response::problem(500, done.error());
    co_return http::Response::json(200, sold.answer());
  };
  http::ServerOptions options;
  options.limits.requests_max = 100'000'000;
  const auto server = need(http::Server::listen(context, std::move(options), handler), "the server");
  std::printf("port %u\n", static_cast<unsigned>(server->port()));
  std::fflush(stdout);
  context.run();
}

void write_bodies(const char* file, int count, int persons) {
  BusyShop shop(std::string(file) + ".shop");
  std::ofstream out(file);
  for (int number = 0; number < count; ++number) out << shop.request(number, persons) << '\n';
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count > 1 ? arguments[1] : "";
  if (what == "serve" && count == 4) {
    serve(arguments[2], std::atoi(arguments[3]));
  } else if (what == "bodies" && count == 5) {
    write_bodies(arguments[2], std::atoi(arguments[3]), std::atoi(arguments[4]));
  } else {
    give_up("usage: at the top of till_server.cpp");
  }
}
