// service_detail.h — how every call of the service meets the ledger.  For service*.cpp only.
#pragma once

#include <spdlog/spdlog.h>

#include <span>

#include "sync/centre/service.h"

namespace gongji::centre {

// The entries of a batch come in the order of their numbers.
inline std::span<const record::Entry> new_entries(std::span<const record::Entry> entries, std::uint64_t last_seq) {
  while (!entries.empty() && entries.front().head.seq <= last_seq) entries = entries.subspan(1);
  return entries;
}

// Terminal::reason of one that ended itself.
inline constexpr const char* retired_reason = "retired";

// Of a certificate: positive and not zero.
std::uint64_t random_serial(Random& random);

// What terms say, without when: 64 hex.
std::string digest_of_terms(record::Terms terms);

// The roots that a terminal shall believe, one behind the other.
std::string roots_text(const CentreParts& parts);

// Runs `work` in one transaction.  What it refused is an answer too, and is committed (tries of a code, a quarantine).
template <class Work>
CentreService::Reply CentreService::in_transaction(Work work) {
  Reply reply{std::string()};
  const auto outcome = ledger().transaction([&] { reply = work(); });
  if (outcome.has_error()) {
    spdlog::error("ledger: {}", to_string(outcome.error(), Language::en));
    return refuse(503, "busy", "中心暂时不能记账，请稍后重试。", "The centre cannot book at the moment; try again.");
  }
  return reply;
}

}  // namespace gongji::centre
