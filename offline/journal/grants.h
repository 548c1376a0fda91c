// grants.h — standing grants in the file: what came, what was spent, what is closed.  Internal; inside the caller's
// transaction.
//
// When something may be done is record/grant_rules.h's to say; the rows are grant_rows.h's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "offline/journal/grant_rows.h"
#include "offline/journal/store.h"
#include "offline/record/grant.h"
#include "offline/record/grant_use.h"

namespace gongji::journal {

// What a sale takes of a grant; nullopt where the grant does not speak of all of it.
std::optional<record::GrantUse> use_of(const seal::KeyStore& keys, const record::Grant& grant,
                                       const settlement::Settlement& settled,
                                       const std::vector<settlement::Counted>& counted);

class Grants {
 public:
  // `run`: of this opening of the journal.
  Grants(const Store& store, std::uint64_t run) : store_(store), rows_(store), run_(run) {}

  // A grant, or the extension of one.  False: it does not fit (of another terminal, an extension that takes away or
  // changes what is named); nothing was kept.  One of another life, or expired at `told`, is closed at once.
  Result<bool> store(std::uint64_t feed_seq, const record::Grant& grant, WallTime told, std::uint64_t last_seq);

  // The grant of this person that may be spent at `now`, each limit lowered to what is left.  Where there are several,
  // the one that lives longest.
  Result<std::optional<record::Grant>> find(const Bytes& person, WallTime now);

  // All that may be spent at `now` of this person (look-up hash), then those of others that name an account of theirs.
  Result<std::vector<record::Grant>> naming(const std::string& person_key, WallTime now);

  // The use of a sale or of its cancellation, in the transaction of its entry.  A sale on a grant that may not be
  // spent, or beyond a limit, is a bug (GONGJI_CHECK).  A cancellation gives back only where the rules allow it: true
  // where it did.  One that comes when the grant has expired closes it, so that the entries and the end of the log at
  // its closing tell what was given back (grant_use_check.h).
  // may_take() says what the sale takes and leaves the writing to filing.h; spend() writes it.
  Result<record::GrantUse> may_take(const record::Sale& sale, WallTime now);
  Result<void> spend(const record::Sale& sale, WallTime now);
  Result<bool> give_back(const record::Sale& sale, WallTime now, std::uint64_t last_seq);

  // For filing.h: what a sale of the log takes of its grant, and the use of several, added up.
  // Errors: chain_broken where the grant is not here or cannot have backed it.
  struct OnGrant {
    Id grant;
    record::GrantUse taken;
  };
  Result<OnGrant> use_by(const record::Sale& sale);
  Result<void> add_use(const Id& id, const record::GrantUse& taken);

  // For good; one that is closed stays as it is.  Absent where it is unknown.
  Result<std::optional<record::ClosedGrant>> close(const Id& id, std::uint64_t last_seq);
  // What expires at `told` or before; at the end of all time, everything.
  Result<void> close_due(WallTime told, std::uint64_t last_seq);

  // Closed, and the centre has not confirmed to know it; at most `count_max`.
  Result<std::vector<record::ClosedGrant>> untold(std::size_t count_max) { return rows_.untold(count_max); }
  Result<void> mark_told(const std::vector<record::ClosedGrant>& closed);

  // grants_verify.cpp.  Every row carries its checksum, agrees with the grant as it came, and says as used what the
  // entries say.
  Result<void> verify();
  // The last for those alone that may still be spent.
  Result<void> verify_live();
  // Writes as used what the entries say, of every grant, and closes them all: for a log that was put together again.
  Result<void> count_anew(std::uint64_t last_seq);

 private:
  record::JournalLife here() const { return {store_.identity.epoch, run_}; }
  // What is left of each limit, with what waits to be filed taken off.
  std::vector<Money> left_of(const Id& id, const std::vector<GrantLimit>& there) const;
  // Lowered to what is left; absent where it may not be spent.
  Result<std::optional<record::Grant>> left_of(const Id& id, WallTime now);
  Result<void> use(const record::Grant& grant, const record::GrantUse& use, bool back);
  Result<void> verify_used(const GrantRow& row, const std::vector<GrantLimit>& there);

  Store store_;
  GrantRows rows_;
  std::uint64_t run_;
};

}  // namespace gongji::journal
