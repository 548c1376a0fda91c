// entries_in_hand.h — what can be known of the entries of a sync before their terminal is looked at: what they say,
// whom they name, and, where their log went on from what came before, their chain.  Nothing here is believed: the
// service takes it only for what it finds in the ledger.
//
// Threads: EntriesInHand is a value that nobody changes any more; LogEnds may be used by any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "offline/record/entry.h"
#include "offline/seal/sm2.h"
#include "sync/centre/sealing.h"
#include "sync/protocol/messages.h"

namespace gongji::centre {

// What came, followed from a hash on.
struct Followed {
  Digest before{};
  std::vector<Digest> hashes;  // entry by entry
  Bytes key;                   // with which the head's signature was looked at
  bool is_signed = false;      // the head, by that key; an empty log has nothing to sign
};
// `raw` is what `key` was read from; nullptr: nothing is signed.
Followed follow(const Digest& before, const protocol::SyncRequest& request, const Bytes& raw,
                const seal::Sm2PublicKey* key);

// Who and what is named, as the tables have it: a keyed hash costs as much as decoding half an entry.
struct KeyedNames {
  std::unordered_map<std::string, std::string> persons;  // of psn_no
  std::unordered_map<std::string, std::string> cards;    // of card_sn
};

struct EntriesInHand {
  std::uint64_t from = 1;
  std::vector<Result<record::Decoded>> decoded;  // entry by entry
  KeyedNames names;
  std::string month;                         // of `sealed`
  std::vector<std::optional<Bytes>> sealed;  // personal parts; nullopt: none, or it could not be sealed
  std::optional<Followed> followed;

  // Under the key of this month; nullptr: not yet.
  const Bytes* sealed_of(std::uint64_t seq, const std::string& of_month) const;
};

Result<record::Decoded> decoded_of(const record::Entry& entry);
EntriesInHand read_entries(std::uint64_t from, std::span<const record::Entry> entries);
void key_names(const Sealing& sealing, EntriesInHand& entries);
void seal_personal(const Sealing& sealing, const protocol::SyncRequest& request, WallTime now, EntriesInHand& entries);

// Salt and personal bytes, sealed for their row of `entry`.
Result<Bytes> sealed_personal(const Sealing& sealing, const std::string& month, const std::string& place,
                              const record::Entry& entry);
std::string personal_place(const std::string& terminal, std::uint32_t epoch, std::uint64_t seq);

// Where the log of each terminal ends, as far as it was seen to come.
class LogEnds {
 public:
  struct End {
    std::optional<Digest> before;  // the request's first entry, where that is known
    Bytes raw;                     // what the key was read from
    seal::Sm2PublicKey key;
  };
  // A request of a terminal that the ledger knows has come; nullopt: it does not, or has not been asked yet.
  std::optional<End> came(const protocol::SyncRequest& request);
  void knows(const std::string& terminal, const Bytes& raw, const seal::Sm2PublicKey& key);
  void forget(const std::string& terminal);

 private:
  struct Log {
    Bytes raw;
    seal::Sm2PublicKey key;
    std::uint32_t epoch = 0;
    std::uint64_t next = 0;
    Digest hash{};
  };
  std::mutex mutex_;
  std::map<std::string, Log> logs_;
};

}  // namespace gongji::centre
