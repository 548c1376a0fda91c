// fixture.h — a centre in a folder of its own, and tills that speak to it by calls instead of sockets.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline/record/entry.h"
#include "offline/record/snapshot.h"
#include "sync/centre/folder.h"
#include "sync/centre/service.h"
#include "sync/protocol/messages.h"

namespace gongji::centre {

inline const std::string wang_fang = "42010000000000000001";
inline const std::string li_jianguo = "42010000000000000002";
inline const std::string zhao_min = "42010000000000000003";
inline const std::string chen_wei = "42010000000000000004";
inline const std::string clinic = "H42010000001";
inline const std::string pharmacy = "P42010000001";

class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

// Of the server that GONGJI_TEST_DATABASE names: a schema that nobody else has, gone at the end.  Without a server
// `address` is "", and the ledger is a file.
class TestDatabase {
 public:
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  std::string address;

 private:
  std::string server_, schema_;
};

struct TestCentre {
  // `people_file` in the form of people.json; "" is people.json itself.
  // `grants`: what terms.json says about standing grants.
  // `reserve`: instead of the slices of a new centre, where some are given.
  explicit TestCentre(std::uint64_t seed = 1, const std::string& people_file = {}, const GrantPlan& grants = {},
                      const std::vector<record::ReserveSlice>& reserve = {});

  http::Response post(const std::string& path, const std::string& body, const std::string& peer = {},
                      const std::string& fingerprint = {}, std::uint32_t version = protocol::lowest_version);
  std::string new_code(const std::string& site, const std::string& terminal = {});  // the secret part
  Money balance(const std::string& account);
  Money counter(const std::string& psn_no, const std::string& name) { return counter(psn_no, name, today()); }
  Money counter(const std::string& psn_no, const std::string& name, Day day);  // as a sale on that day would find it
  bool in_balance();
  Day today() const { return civil_time_at(clock.wall()).day; }

  Folder folder;
  TestDatabase database;
  std::string people_file;
  SeededRandom random;
  ManualClock clock;
  std::unique_ptr<CentreService> service;
};

// Of the pharmacy, without a person: an entry that needs nothing else to be there.
record::Paper paper(TestCentre& centre);

// One line of a sale: goods of class A, a drug with a national code.
struct Basket {
  Money amount;
  settlement::AccountUse accounts = settlement::AccountUse::family;
  std::optional<CivilTime> served = {};  // default: now
};

class TestTill {
 public:
  TestTill(TestCentre& centre, const std::string& site, const std::string& terminal = {});

  http::Response post(const std::string& path, const std::string& body);
  std::optional<record::Snapshot> person(const std::string& psn_no);
  protocol::HoldRequest hold_request(const record::Sale& sale) const;
  http::Response hold(record::Sale& sale);  // sets backing and backing_id when it is granted

  // What this till answers for the basket, from a snapshot.
  record::Sale sale(const record::Snapshot& snapshot, const Basket& basket);
  record::Entry append(const record::Body& body);
  record::Body cancel_of(const record::Entry& entry, const record::Sale& sale) const;

  // The log from `from` (default: what is not acknowledged), as a request and as an answer.
  protocol::SyncRequest sync_request(std::optional<std::uint64_t> from = std::nullopt) const;
  http::Response send(const protocol::SyncRequest& request) {
    return post("/v1/sync", protocol::encode(request, version));
  }
  // Sends, checks the feed's signature, keeps its verdicts.
  protocol::SyncAnswer sync();

  const record::Verdict& verdict_of(std::uint64_t seq) const;  // the only one
  const record::Verdict& last_verdict_of(std::uint64_t seq) const;
  std::size_t verdict_count_of(std::uint64_t seq) const;

  TestCentre& centre;
  protocol::EnrolAnswer enrolled;
  record::Terms terms;
  std::string fingerprint;
  std::shared_ptr<const seal::KeyStore> keys;
  record::Form form = record::Form::compact;  // of the entries to come
  std::vector<record::Entry> log;
  std::uint64_t acknowledged = 0, feed_cursor = 0;
  std::uint32_t version = protocol::lowest_version;                // of the protocol
  record::Opening opening{1, 1};                                   // of its journal; told from version 2 on
  void restart() { opening = {opening.run + 1, log.size() + 1}; }  // killed, and started again
  std::vector<record::Verdict> verdicts;
  std::vector<record::Grant> grants;          // as they came, extensions too
  std::vector<record::Stop> stops;            // as they came
  std::vector<record::ClosedGrant> to_close;  // told with the next sync
  std::vector<record::Signed> orders;         // as they came
};

std::string code_of(const http::Response& response);  // of its Problem

}  // namespace gongji::centre
