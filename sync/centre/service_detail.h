// service_detail.h — how every call of the service meets the ledger.  For service*.cpp only.
#pragma once

#include <spdlog/spdlog.h>

#include "sync/centre/service.h"

namespace gongji::centre {

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
