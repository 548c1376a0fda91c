#include "offline/audit/rebuild.h"

#include <map>

#include "offline/audit/troubles.h"
#include "offline/journal/raw_entries.h"

namespace gongji::audit {

namespace {

Trouble conflict(std::uint64_t seq) {
  return trouble(troubles::receipts_conflict, "seq " + std::to_string(seq));
}

// By number, each once.
Result<std::map<std::uint64_t, journal::RawEntry>> read_all(const journal::Identity& identity, ByteView public_key,
                                                            const std::vector<std::string>& receipts) {
  std::map<std::uint64_t, journal::RawEntry> entries;
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const std::string path = "receipt " + std::to_string(i + 1);
    auto receipt = read_receipt(receipts[i]);
    if (!receipt) return trouble(*receipt.error().text, path, receipt.error().path);
    if (receipt->terminal != identity.terminal || receipt->epoch != identity.epoch || !verify(*receipt, public_key)) {
      return trouble(troubles::receipt_not_ours, path, receipt->terminal + ", epoch " + std::to_string(receipt->epoch));
    }
    const auto [at, is_new] = entries.try_emplace(receipt->entry.seq, receipt->entry);
    if (!is_new && at->second != receipt->entry) return conflict(receipt->entry.seq);
  }
  return entries;
}

}  // namespace

Result<Plan> plan_rebuild(const std::filesystem::path& journal, const journal::Identity& identity, ByteView public_key,
                          const std::vector<std::string>& receipts) {
  const auto entries = read_all(identity, public_key, receipts);
  if (!entries) return entries.error();
  const auto end = journal::read_log_end(journal);
  if (!end) return end.error();

  Plan plan;
  std::uint64_t seq = end->seq;
  Digest hash = end->hash;
  for (const auto& [number, entry] : *entries) {
    if (number <= end->seq) {
      const auto there = journal::read_raw(journal, number, number, entry.public_bytes.size() + (1u << 20), nullptr);
      if (!there) return there.error();
      if (there->entries.size() != 1 || there->entries.front() != entry) return conflict(number);
      ++plan.already_there;
      continue;
    }
    if (number == seq + 1 && plan.missing.empty()) {
      if (entry.previous != hash) return conflict(seq);
      plan.entries.push_back(entry);
      hash = entry.hash;
    } else {
      for (std::uint64_t lost = seq + 1; lost < number && plan.missing.size() < missing_max; ++lost) {
        plan.missing.push_back(lost);
      }
      ++plan.beyond;
    }
    seq = number;
  }
  return plan;
}

Result<Rebuilt> rebuild(const std::filesystem::path& journal, const journal::Identity& identity,
                        std::shared_ptr<const seal::KeyStore> keys, Random& random,
                        const std::vector<std::string>& receipts) {
  auto plan = plan_rebuild(journal, identity, keys->public_key(), receipts);
  if (!plan) return plan.error();
  auto restored = journal::restore(journal, identity, std::move(keys), random, plan->entries);
  if (!restored) return restored.error();
  return Rebuilt{std::move(*plan), *restored};
}

}  // namespace gongji::audit
