// tail.h — sales that stand in the log and are not filed yet.  Internal; of the journal's thread.
//
// A sale is durable with its entry's row.  What follows from the entry (movements of counters and accounts, totals,
// what a grant has been used) lies in other pages, which cost several times what the row costs; so it waits here, and
// filing.h writes it for many sales at once: in the next gap, or before anything else is written.  Whoever decides
// about money adds what waits to what the file says.  Nothing is known here alone: the file says how far it is filed,
// and the start files the rest from the entries.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "offline/journal/columns.h"
#include "offline/record/grant_use.h"

namespace gongji::journal {

// What follows from one sale that nothing has been done to since.
struct Unfiled {
  struct Use {
    Id grant;
    record::GrantUse taken;
  };
  std::uint64_t seq = 0;
  Id id;
  std::string fixmedins_code, msgid;
  Day day;
  SaleState state = SaleState::guaranteed;
  Amounts amounts;
  std::vector<Movement> movements;
  std::optional<Use> use;  // of the grant that backs it
};

Unfiled unfiled(std::uint64_t seq, Columns columns, std::vector<Movement> movements, std::optional<Unfiled::Use> use);

class Tail {
 public:
  // So many are filed together with the next work: it bounds what a start has to file, and what a look-up passes over.
  static constexpr std::size_t sales_max = 256;

  void add(Unfiled sale);
  std::span<const Unfiled> waiting() const { return std::span(sales_).subspan(filed_); }

  // All that waits was written, in the transaction that is under way.
  void filed() { filed_ = sales_.size(); }
  // That transaction is durable: what was filed is forgotten.
  void committed();

  std::optional<std::uint64_t> seq_of_request(const std::string& fixmedins_code, const std::string& msgid) const;
  std::optional<std::uint64_t> seq_of_sale(const Id& id) const;
  // Adds what the sales after `seq` move of this owner.
  void add_moved(const Bytes& owner, std::uint64_t after_seq, std::vector<settlement::Counted>& rows) const;
  // Adds what the sales that wait take of a grant: of each of its limits, as many as `sums` has.
  void add_used(const Id& grant, std::span<Money> sums) const;

  // Where a transaction, or one work in it, began: undone, it leaves the tail as it was then.
  struct Mark {
    std::size_t count = 0, filed = 0;
  };
  Mark mark() const { return {sales_.size(), filed_}; }
  void back_to(const Mark& mark);

  // Goes back at its end, unless a commit came in between.
  class Attempt {
   public:
    explicit Attempt(Tail& tail) : tail_(tail), mark_(tail.mark()), commits_(tail.commits_) {}
    ~Attempt() {
      if (tail_.commits_ == commits_) tail_.back_to(mark_);
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;

   private:
    Tail& tail_;
    Mark mark_;
    std::uint64_t commits_;
  };

 private:
  // A request, an id, an owner or a grant in short, and where it stands: a look-up passes over all of them.
  struct Tag {
    std::size_t hash = 0;
    std::size_t sale = 0, movement = 0;
  };
  using Tags = std::vector<Tag>;
  void tag(std::size_t sale);
  template <class Use>
  void each(const Tags& tags, std::size_t hash, const Use& use) const;

  std::vector<Unfiled> sales_;
  std::size_t filed_ = 0;  // so many of them are written, in the transaction that is under way
  Tags requests_, ids_, owners_, grants_;
  std::uint64_t commits_ = 0;
};

}  // namespace gongji::journal
