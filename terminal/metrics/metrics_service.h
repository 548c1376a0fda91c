// metrics_service.h — GET /metrics: the figures of this till as they are now.
//
// The io thread only.  Cost: one turn of the journal's writer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <filesystem>

#include "sync/http/message.h"
#include "terminal/checkout/checkout.h"
#include "terminal/metrics/till_metrics.h"

namespace gongji::terminal {

class MetricsService {
 public:
  // Borrowed; outlive this.
  MetricsService(Parts parts, Checkout& checkout, const Counts& counts, std::filesystem::path journal_file)
      : parts_(std::move(parts)), checkout_(checkout), counts_(counts), journal_file_(std::move(journal_file)) {}

  // 503 where the journal cannot be asked.
  boost::asio::awaitable<http::Response> answer();

 private:
  Parts parts_;
  Checkout& checkout_;
  const Counts& counts_;
  const std::filesystem::path journal_file_;
};

}  // namespace gongji::terminal
