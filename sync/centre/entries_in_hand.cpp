#include "sync/centre/entries_in_hand.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "offline/record/stop.h"

namespace gongji::centre {

Followed follow(const Digest& before, const protocol::SyncRequest& request, const Bytes& raw,
                const seal::Sm2PublicKey* key) {
  Followed out;
  out.before = before;
  out.key = raw;
  out.hashes.reserve(request.entries.size());
  Digest hash = before;
  for (const auto& entry : request.entries) out.hashes.push_back(hash = record::chain_hash(hash, entry));
  const std::uint64_t head_seq = request.from + request.entries.size() - 1;
  // With another hash it does not matter whose signature it is.
  if (head_seq == 0 || hash != request.head_hash || key == nullptr) return out;
  const Bytes statement = record::head_statement(request.terminal, request.epoch, head_seq, hash);
  out.is_signed = key->verify(record::head_tag, statement, request.head_signature);
  return out;
}

Result<record::Decoded> decoded_of(const record::Entry& entry) {
  return entry.personal_digest ? record::decode_public(entry.public_bytes)
                               : record::decode(entry.public_bytes, entry.personal_bytes);
}

const Bytes* EntriesInHand::sealed_of(std::uint64_t seq, const std::string& of_month) const {
  if (month != of_month || seq < from || seq - from >= sealed.size()) return nullptr;
  const auto& found = sealed[seq - from];
  return found ? &*found : nullptr;
}

EntriesInHand read_entries(std::uint64_t from, std::span<const record::Entry> entries) {
  EntriesInHand out;
  out.from = from;
  out.decoded.reserve(entries.size());
  for (const record::Entry& entry : entries) out.decoded.push_back(decoded_of(entry));
  return out;
}

void key_names(const Sealing& sealing, EntriesInHand& entries) {
  const auto add_person = [&](const std::string& psn_no) {
    const auto [known, is_new] = entries.names.persons.try_emplace(psn_no);
    if (is_new) known->second = sealing.person(psn_no);
  };
  for (const auto& decoded : entries.decoded) {
    const auto* sale = decoded.has_value() ? std::get_if<record::Sale>(&decoded->body) : nullptr;
    if (sale == nullptr) continue;
    if (!sale->claim.person.psn_no.empty()) add_person(sale->claim.person.psn_no);
    for (const auto& payment : sale->settlement.accounts) {
      if (payment.owner != "self" && !payment.owner.empty()) add_person(payment.owner);
    }
    const std::string& card_sn = sale->holder.card_sn;
    if (card_sn.empty()) continue;
    const auto [known, is_new] = entries.names.cards.try_emplace(card_sn);
    if (is_new) known->second = sealing.stopped(static_cast<int>(record::StopKind::card), card_sn);
  }
}

std::string personal_place(const std::string& terminal, std::uint32_t epoch, std::uint64_t seq) {
  return "entry|" + terminal + "|" + std::to_string(epoch) + "|" + std::to_string(seq);
}

Result<Bytes> sealed_personal(const Sealing& sealing, const std::string& month, const std::string& place,
                              const record::Entry& entry) {
  Bytes plain = to_bytes(entry.salt);
  plain.insert(plain.end(), entry.personal_bytes.begin(), entry.personal_bytes.end());
  auto sealed = sealing.seal(month, place, plain);
  std::fill(plain.begin(), plain.end(), std::uint8_t{0});
  return sealed;
}

void seal_personal(const Sealing& sealing, const protocol::SyncRequest& request, WallTime now, EntriesInHand& entries) {
  entries.month = month_of(now);
  entries.sealed.resize(request.entries.size());
  for (std::size_t i = 0; i < request.entries.size(); ++i) {
    const record::Entry& entry = request.entries[i];
    if (entry.personal_digest) continue;
    const std::string place = personal_place(request.terminal, request.epoch, entry.head.seq);
    auto sealed = sealed_personal(sealing, entries.month, place, entry);
    if (sealed.has_error()) return;  // whoever books it is told why
    entries.sealed[i] = *std::move(sealed);
  }
}

std::optional<LogEnds::End> LogEnds::came(const protocol::SyncRequest& request) {
  const std::lock_guard lock(mutex_);
  const auto known = logs_.find(request.terminal);
  if (known == logs_.end()) return std::nullopt;
  Log& log = known->second;
  End end{std::nullopt, log.raw, log.key};
  if (log.epoch == request.epoch && log.next == request.from) end.before = log.hash;
  log.epoch = request.epoch;
  log.next = request.from + request.entries.size();
  log.hash = request.head_hash;
  return end;
}

void LogEnds::knows(const std::string& terminal, const Bytes& raw, const seal::Sm2PublicKey& key) {
  const std::lock_guard lock(mutex_);
  const auto [known, is_new] = logs_.try_emplace(terminal, Log{raw, key});
  if (!is_new && known->second.raw != raw) known->second = Log{raw, key};
}

void LogEnds::forget(const std::string& terminal) {
  const std::lock_guard lock(mutex_);
  logs_.erase(terminal);
}

}  // namespace gongji::centre
