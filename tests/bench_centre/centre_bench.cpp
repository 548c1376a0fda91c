// What one process of the centre books a second: whole /v1/sync calls without the wire, from the bytes of the request
// to the signed answer, every entry of another person, on the reserve.  Signature, chain and each settlement are
// checked, everything is committed when the answer is there.  GONGJI_TEST_DATABASE names a server; without it the
// ledger is a file of SQLite.  What a batch costs before it is booked is told beside it.
#include <spdlog/spdlog.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/centre/fixture.h"

namespace gongji::centre {
namespace {

using Clock = std::chrono::steady_clock;

double us_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

// Of this process: what it would take on a machine that does nothing else, but for the disk and a server.
double cpu_us() {
  return 1e6 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

std::string psn_no_of(std::size_t number) {
  std::string digits = std::to_string(number);
  return "4201" + std::string(16 - digits.size(), '0') + digits;
}

// Invented people with one account each, every fourth with the account of another.
std::string people_of(std::size_t count) {
  auto people = nlohmann::json::parse(std::ifstream("sync/centre/people.json"));
  const auto model = people["persons"][0];
  people["persons"] = nlohmann::json::array();
  for (std::size_t i = 1; i <= count; ++i) {
    auto person = model;
    const std::string number = std::to_string(1'000'000 + i);
    person["key"] = "p" + number;
    person["psn_no"] = psn_no_of(i);
    person["certno"] = "999999" + number + "00000";
    person["card_no"] = "B" + number;
    person["card_identifier"] = "C" + number;
    person["accounts"] = {{{"kind", "prior"}, {"balance", "500.00"}}};
    person["family"] = nlohmann::json::array();
    if (i % 4 == 0) person["family"] = {{{"owner", psn_no_of(i - 1)}, {"relation", "spouse"}, {"listed", true}}};
    people["persons"].push_back(person);
  }
  return people.dump();
}

std::string batch_of(const TestTill& till, std::size_t from, std::size_t size) {
  protocol::SyncRequest request;
  request.terminal = till.enrolled.terminal;
  request.epoch = till.enrolled.epoch;
  request.from = from + 1;
  request.run = 1;
  request.entries.assign(till.log.begin() + static_cast<std::ptrdiff_t>(from),
                         till.log.begin() + static_cast<std::ptrdiff_t>(from + size));
  request.head_hash = request.entries.back().hash;
  request.head_signature = till.keys->sign(
      record::head_tag, record::head_statement(request.terminal, request.epoch, from + size, request.head_hash));
  return protocol::encode(request);
}

record::Snapshot snapshot_of(TestTill& till, std::size_t number) {
  const auto answer = till.post(
      "/v1/person", protocol::encode(protocol::PersonRequest{{"03", Secret("B" + std::to_string(1'000'000 + number)),
                                                              Secret("C" + std::to_string(1'000'000 + number))}}));
  REQUIRE(answer.status == 200);
  return *record::decode_snapshot(protocol::decode_person_answer(answer.body)->snapshot.bytes);
}

}  // namespace

// What a till costs that has nothing to send and asks for its feed: whole calls, as above.
TEST_CASE("questions of tills that have nothing to send") {
  spdlog::set_level(spdlog::level::warn);
  TestCentre centre;
  TestTill till(centre, clinic);
  till.append(till.sale(*till.person(chen_wei), {Money::yuan(10)}));
  till.sync();
  till.sync();
  const std::string body = protocol::encode(till.sync_request());
  constexpr std::size_t each = 500;
  std::vector<double> took, cpu;
  for (int round = 0; round < 7; ++round) {
    const double cpu_start = cpu_us();
    const auto start = Clock::now();
    for (std::size_t i = 0; i < each; ++i) {
      centre.clock.advance(std::chrono::seconds(2));
      REQUIRE(till.post("/v1/sync", body).status == 200);
    }
    took.push_back(us_since(start) / each);
    cpu.push_back((cpu_us() - cpu_start) / each);
  }
  std::printf("a question without entries, %s, every 2 s: %.0f us, of the processor %.0f us\n",
              centre.database.address.empty() ? "SQLite" : "PostgreSQL", median(took), median(cpu));
}

TEST_CASE("entries that the centre books") {
  spdlog::set_level(spdlog::level::warn);
  const char* set = std::getenv("GONGJI_BENCH_BATCHES");
  const std::size_t batches = set != nullptr ? std::strtoul(set, nullptr, 10) : 12;
  const std::vector<std::size_t> sizes{20, 100, 500};
  std::size_t count = 0;
  for (const std::size_t size : sizes) count += size * batches;
  const Folder scratch;
  const auto people = scratch.path / "people.json";
  std::ofstream(people) << people_of(count);
  TestCentre centre(1, people.string());
  std::printf("%s, %zu persons\n", centre.database.address.empty() ? "SQLite" : "PostgreSQL", count);
  std::printf("%8s %12s %12s %10s %16s %10s %7s\n", "entries", "a batch, us", "an entry, us", "entries/s",
              "CPU an entry, us", "read, us", "bytes");

  std::size_t next = 0;
  for (const std::size_t size : sizes) {
    TestTill till(centre, clinic);
    for (std::size_t i = 0; i < size * batches; ++i) {
      till.append(till.sale(snapshot_of(till, ++next), {Money::yuan(120 + static_cast<std::int64_t>(i % 80))}));
    }
    std::vector<double> booked, cpu, read;
    std::size_t bytes = 0;
    for (std::size_t batch = 0; batch < batches; ++batch) {
      const std::string body = batch_of(till, batch * size, size);
      bytes = body.size() / size;
      auto start = Clock::now();
      const auto request = protocol::decode_sync_request(body);
      std::size_t good = 0;
      for (const auto& entry : request->entries) {
        good += record::decode(entry.public_bytes, entry.personal_bytes).has_value() ? 1 : 0;
      }
      read.push_back(us_since(start));
      REQUIRE(good == size);
      const double cpu_start = cpu_us();
      start = Clock::now();
      const auto answer = till.post("/v1/sync", body);
      booked.push_back(us_since(start));
      cpu.push_back(cpu_us() - cpu_start);
      REQUIRE(answer.status == 200);
      REQUIRE(protocol::decode_sync_answer(answer.body)->acknowledged_seq == (batch + 1) * size);
    }
    const double each = median(booked);
    const auto entries = static_cast<double>(size);
    std::printf("%8zu %12.0f %12.1f %10.0f %16.1f %10.1f %7zu\n", size, each, each / entries, 1e6 * entries / each,
                median(cpu) / entries, median(read) / entries, bytes);
  }
  bool balanced = false;
  REQUIRE(centre.service->ledger().transaction([&] { balanced = centre.service->ledger().in_balance(); }).has_value());
  REQUIRE(balanced);
  REQUIRE(centre.service->ledger()
              .transaction([&] {
                for (const auto& row : centre.service->ledger().totals({})) {
                  std::printf("%s: %llu sales, %llu accepted, %llu adjusted, %llu refused\n", row.terminal.c_str(),
                              static_cast<unsigned long long>(row.sales), static_cast<unsigned long long>(row.accepted),
                              static_cast<unsigned long long>(row.adjusted),
                              static_cast<unsigned long long>(row.refused));
                }
              })
              .has_value());
}

}  // namespace gongji::centre
