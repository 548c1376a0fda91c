// refunds.cpp — what a cancellation gives back to a grant, and what stands behind the part of a sale that is kept.
#include "offline/record/kept_sale.h"
#include "sync/centre/booking.h"

namespace gongji::centre {

// The money comes back to its accounts, and stays set aside for the grant while that lives: the till may sell on it
// again.
void Booking::give_back_to_grant(const EntryName& name, const Site& site, const record::Sale& sale) {
  const auto id = parse_id(sale.backing_id);
  const auto standing = id ? ledger_.find_grant(*id) : std::nullopt;
  if (!standing || !standing->live || standing->grant.life.epoch != name.epoch) return;
  auto taken = taken_of(site, *standing, sale);
  if (!taken) return;
  for (auto& part : taken->accounts) part.amount = -part.amount;
  for (auto& part : taken->counters) part.value = -part.value;
  ledger_.use_grant(*standing, taken->accounts, taken->counters);
}

// The sale that this one is kept of; the entry just before must have cancelled it, and it must take no more.
std::optional<OutcomeRow> Booking::whole_of(const EntryName& name, const Site& site, const record::Sale& kept) {
  const auto whole = ledger_.find_sale(name.terminal, name.epoch, to_string(kept.kept_from->sale_id));
  if (!whole || !whole->cancelled || whole->entry.seq != kept.kept_from->sale_seq) return std::nullopt;
  if (ledger_.cancelled_just_before(name) != to_string(kept.kept_from->sale_id)) return std::nullopt;
  auto sold = ledger_.read_sale(whole->entry);
  if (!sold) return std::nullopt;
  if (sold->claim.person.psn_no.empty()) name_persons(site, *sold);
  // Whose "self" it is stands in the personal part, which the look-up key alone does not prove.
  if (sold->claim.person.psn_no != kept.claim.person.psn_no) return std::nullopt;
  return record::keeps_within(kept, *sold) ? whole : std::nullopt;
}

// True where what is kept is guaranteed out of what has just been given back.  Where a grant lives, that went there.
bool Booking::use_again(const EntryName& name, const Site& site, const record::Sale& kept, const OutcomeRow& whole) {
  const bool just_now = reversed_ && reversed_->sale == whole.entry && reversed_->cancel.seq + 1 == name.seq;
  if (!whole.guaranteed || !just_now) return false;
  const auto id = parse_id(kept.backing_id);
  const auto standing = kept.backing == record::Backing::grant && id ? ledger_.find_grant(*id) : std::nullopt;
  if (!standing || !standing->live || standing->grant.life.epoch != name.epoch) return true;
  if (const auto taken = taken_of(site, *standing, kept)) {
    ledger_.use_grant(*standing, taken->accounts, taken->counters);
  }
  return true;
}

}  // namespace gongji::centre
