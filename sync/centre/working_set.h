// working_set.h — what one transaction of the ledger has read and is going to write.  For ledger*.cpp only.
//
// A sync books hundreds of entries.  What they will ask is read beforehand in a few questions (Ledger::prepare), what
// they leave is written at the end in a few statements (Ledger::flush); in between the ledger answers from here.  What
// is not here is asked of the database, one by one, and kept.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sync/centre/ledger.h"
#include "sync/centre/people.h"
#include "sync/database/rows.h"

namespace gongji::centre {

struct KnownPerson {
  Person person;
  bool with_family = false;
};

struct KnownOutcome {
  OutcomeRow row;
  std::string hash;  // of the person
  bool written = true;
};

// A person's sales in the order of service, from a day on.
struct ServicePlace {
  std::int32_t day = 0, second = 0;
  std::string terminal;
  std::uint32_t epoch = 0;
  std::uint64_t place_seq = 0;
  auto operator<=>(const ServicePlace&) const = default;
};
struct ServiceOrder {
  Day from;
  std::multimap<ServicePlace, EntryName> sales;
};

struct KnownCounters {
  Day from;
  std::vector<settlement::Counted> rows;
};

struct CounterName {
  std::string person, scheme, name;
  std::int32_t since = 0;
  auto operator<=>(const CounterName&) const = default;
};

struct HashOfEntry {
  std::size_t operator()(const EntryName& name) const {
    return std::hash<std::string>()(name.terminal) ^ (name.seq * 0x9E3779B97F4A7C15) ^ name.epoch;
  }
};

// An item of a terminal's feed.
struct ToldItem {
  std::string terminal;
  std::uint64_t seq = 0;
  record::FeedItem item;
};

// A terminal, and a year of service.
using RiskYear = std::pair<std::string, int>;

// Read in this transaction, and true to its end: the rows are locked, or change by this ledger alone.
struct ReadRows {
  LogName log;                                          // of prepare(); what is kept by log is of this one
  std::unordered_map<std::string, std::string> hashes;  // of psn_no
  std::unordered_map<std::string, std::optional<KnownPerson>> people;  // by hash
  std::unordered_map<std::string, Site> sites;
  std::unordered_map<std::string, Bytes> site_keys;
  std::unordered_map<AccountId, Money> balances;
  std::unordered_map<AccountId, Money> held;                                        // but for `log`
  std::unordered_map<AccountId, Money> promised_here;                               // by grants and holds of `log`
  std::unordered_map<std::string, std::vector<settlement::Counted>> held_counters;  // by hash, but for `log`
  std::unordered_map<std::string, KnownCounters> counters;                          // by hash
  std::unordered_map<std::string, std::optional<EntryName>> sales;                  // of `log`, by sale_id
  std::unordered_map<std::string, ServiceOrder> orders;                             // by hash
  std::unordered_set<std::string> without_hold;                                     // sale_ids
  std::unordered_map<std::string, std::string> card_keys;                           // keyed numbers, of prepare()
  std::unordered_set<std::string> not_stopped;                                      // keyed numbers of cards
  std::map<std::pair<std::string, std::uint32_t>, bool> lost;                       // by terminal and epoch
  std::map<RiskYear, Money> risk_borne;                                             // in the database
  std::unordered_map<EntryName, KnownOutcome, HashOfEntry> outcomes;
  std::vector<ToldItem> told;  // the end of one terminal's feed, as this transaction has written it
};

// Not yet in the database.
struct NewRows {
  std::vector<EntryName> outcomes;     // rows stand in ReadRows::outcomes
  database::Rows entries{"tiibbbbi"};  // terminal, epoch, seq, public, personal, personal_digest, hash, received
  database::Rows postings{"iitiii"};   // posting_id, purpose, terminal, epoch, seq, at
  database::Rows movements{"iii"};     // posting_id, account_id, amount
  database::Rows counted{"tiitttii"};  // terminal, epoch, seq, person, scheme, name, since, amount
  std::vector<ToldItem> feed;
  std::map<AccountId, Money> balances;    // what they change by
  std::map<CounterName, Money> counters;  // what they rise by
  std::map<RiskYear, Money> risk_borne;   // what they rise by
  struct Visits {
    std::int32_t last_day = 0;
    std::int64_t visits = 0;
  };
  std::map<std::pair<std::string, std::string>, Visits> visits;  // by site and hash

  bool has_no_rows() const {
    return outcomes.empty() && entries.empty() && postings.empty() && counted.empty() && feed.empty() &&
           counters.empty() && visits.empty() && risk_borne.empty();
  }
};

}  // namespace gongji::centre
