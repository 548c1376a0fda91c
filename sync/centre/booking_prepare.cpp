// booking_prepare.cpp — what the entries of one sync name, found before the first of them is booked.
#include <algorithm>
#include <utility>

#include "sync/centre/booked.h"

namespace gongji::centre {
namespace {

Result<record::Decoded> decoded_of(const record::Entry& entry) {
  return entry.personal_digest ? record::decode_public(entry.public_bytes)
                               : record::decode(entry.public_bytes, entry.personal_bytes);
}

}  // namespace

void Booking::decode(const LogName& log, std::span<const record::Entry> entries) {
  decoded_.clear();
  decoded_log_ = log;
  decoded_from_ = entries.empty() ? 0 : entries.front().head.seq;
  decoded_.reserve(entries.size());
  for (const record::Entry& entry : entries) decoded_.emplace_back(decoded_of(entry));
}

const Result<record::Decoded>* Booking::find_decoded(const EntryName& name) {
  const bool here = name.terminal == decoded_log_.terminal && name.epoch == decoded_log_.epoch &&
                    name.seq >= decoded_from_ && name.seq - decoded_from_ < decoded_.size();
  if (!here || !decoded_[name.seq - decoded_from_]) return nullptr;
  return &*decoded_[name.seq - decoded_from_];
}

void Booking::prepare(const LogName& log, const Site& site, std::span<const record::Entry> entries) {
  decode(log, entries);
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
  ledger_.prepare(batch);
}

std::optional<std::string> Booking::backing_id_of(const std::string& sale_id) const {
  for (const auto& decoded : decoded_) {
    const auto* sale = decoded && decoded->has_value() ? std::get_if<record::Sale>(&(*decoded)->body) : nullptr;
    if (sale != nullptr && to_string(sale->sale_id) == sale_id) return sale->backing_id;
  }
  return std::nullopt;
}

Result<record::Decoded> Booking::take_decoded(const EntryName& name, const record::Entry& entry) {
  if (find_decoded(name) == nullptr) return decoded_of(entry);
  return *std::exchange(decoded_[name.seq - decoded_from_], std::nullopt);
}

}  // namespace gongji::centre
