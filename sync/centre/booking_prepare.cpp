// booking_prepare.cpp — what the entries of one sync name, found before the first of them is booked.
#include <algorithm>

#include "sync/centre/booked.h"

namespace gongji::centre {
namespace {

Result<record::Decoded> read(const record::Entry& entry) {
  return entry.personal_digest ? record::decode_public(entry.public_bytes)
                               : record::decode(entry.public_bytes, entry.personal_bytes);
}

}  // namespace

void Booking::prepare(const LogName& log, const Site& site, std::span<const record::Entry> entries) {
  decoded_.clear();
  Batch batch;
  batch.log = log;
  std::optional<Day> first;
  for (const record::Entry& entry : entries) {
    auto decoded = read(entry);
    if (decoded.has_value()) {
      if (const auto* sale = std::get_if<record::Sale>(&decoded->body)) {
        batch.sale_ids.push_back(to_string(sale->sale_id));
        if (sale->kept_from) batch.sale_ids.push_back(to_string(sale->kept_from->sale_id));
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
      } else if (const auto* cancel = std::get_if<record::Cancel>(&decoded->body)) {
        batch.sale_ids.push_back(to_string(cancel->sale_id));
      }
    }
    decoded_.insert_or_assign({log.terminal, log.epoch, entry.head.seq}, std::move(decoded));
  }
  batch.first_day = first.value_or(Day{});
  ledger_.prepare(batch);
}

Result<record::Decoded> Booking::take_decoded(const EntryName& name, const record::Entry& entry) {
  auto known = decoded_.extract(name);
  return known.empty() ? read(entry) : std::move(known.mapped());
}

}  // namespace gongji::centre
