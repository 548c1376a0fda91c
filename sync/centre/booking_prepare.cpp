// booking_prepare.cpp — what the entries of one sync name, found before the first of them is booked.
#include <algorithm>
#include <utility>

#include "sync/centre/booked.h"

namespace gongji::centre {
const Result<record::Decoded>* Booking::find_decoded(const EntryName& name) const {
  const bool here = in_hand_ && name.terminal == log_in_hand_.terminal && name.epoch == log_in_hand_.epoch &&
                    name.seq >= next_in_hand_ && name.seq - in_hand_->from < in_hand_->decoded.size();
  return here ? &in_hand_->decoded[name.seq - in_hand_->from] : nullptr;
}

void Booking::prepare(const LogName& log, const Site& site, std::span<const record::Entry> entries,
                      std::shared_ptr<const EntriesInHand> in_hand) {
  log_in_hand_ = log;
  next_in_hand_ = entries.empty() ? 0 : entries.front().head.seq;
  if (!in_hand) in_hand = std::make_shared<const EntriesInHand>(read_entries(next_in_hand_, entries));
  in_hand_ = std::move(in_hand);
  Batch batch;
  batch.log = log;
  std::optional<Day> first;
  for (const record::Entry& entry : entries) {
    const auto* decoded = find_decoded({log.terminal, log.epoch, entry.head.seq});
    if (decoded == nullptr || decoded->has_error()) continue;
    if (const auto* sale = std::get_if<record::Sale>(&(*decoded)->body)) {
      batch.sale_ids.push_back(to_string(sale->sale_id));
      if (sale->kept_from) batch.named_sales.push_back(to_string(sale->kept_from->sale_id));
      batch.psn_nos.push_back(sale->claim.person.psn_no);
      for (const auto& payment : sale->settlement.accounts) {
        if (payment.owner != "self") batch.psn_nos.push_back(payment.owner);
      }
      batch.card_sns.push_back(sale->holder.card_sn);
      const Day day = sale->claim.begntime.day;
      first = first ? std::min(*first, day) : day;
      if (entry.personal_digest) {
        const auto person = ledger_.find_person_by_key(ledger_.site_key(site.facts.fixmedins_code), sale->person_key);
        if (person) batch.psn_nos.push_back(person->facts.psn_no);
      }
    } else if (const auto* cancel = std::get_if<record::Cancel>(&(*decoded)->body)) {
      batch.named_sales.push_back(to_string(cancel->sale_id));
    }
  }
  batch.sale_ids.insert(batch.sale_ids.end(), batch.named_sales.begin(), batch.named_sales.end());
  batch.first_day = first.value_or(Day{});
  ledger_.prepare(batch, in_hand_->names);
}

std::optional<std::string> Booking::backing_id_of(const std::string& sale_id) const {
  if (!in_hand_) return std::nullopt;
  for (std::uint64_t seq = next_in_hand_; seq - in_hand_->from < in_hand_->decoded.size(); ++seq) {
    const auto& decoded = in_hand_->decoded[seq - in_hand_->from];
    const auto* sale = decoded.has_value() ? std::get_if<record::Sale>(&decoded->body) : nullptr;
    if (sale != nullptr && to_string(sale->sale_id) == sale_id) return sale->backing_id;
  }
  return std::nullopt;
}

}  // namespace gongji::centre
