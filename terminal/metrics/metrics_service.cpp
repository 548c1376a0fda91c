#include "terminal/metrics/metrics_service.h"

#include <unistd.h>

#include <fstream>

#include "sync/link/on_writer.h"
#include "terminal/api/trouble_answers.h"
#include "terminal/metrics/prometheus_text.h"

namespace gongji::terminal {
namespace {

std::uint64_t bytes_of_journal(const std::filesystem::path& file) {
  std::uint64_t sum = 0;
  for (const char* tail : {"", "-wal", "-shm"}) {
    std::error_code failed;
    const auto size = std::filesystem::file_size(file.string() + tail, failed);
    if (!failed) sum += size;
  }
  return sum;
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

boost::asio::awaitable<http::Response> MetricsService::answer() {
  TillFigures figures;
  const WallTime now = parts_.clock.wall();
  const journal::Journal::Work work = [&](journal::Turn& turn) -> Result<void> {
    auto queue = turn.summary();
    if (!queue) return queue.error();
    figures.queue = *queue;
    auto today = turn.risk(civil_time_at(now).day);
    if (!today) return today.error();
    figures.today = std::move(*today);
    return checkout_.refresh_orders(turn);
  };
  auto done = co_await link::on_turn(parts_.journal, work);
  if (!done) co_return error_response(503, done.error());
  const link::JournalTask<Result<std::uint64_t>> cursor = [](journal::Journal& journal) {
    return journal.feed_cursor();
  };
  auto applied = co_await link::on_journal(parts_.journal, cursor);
  if (!applied) co_return error_response(503, applied.error());
  figures.feed_cursor = *applied;
  const authority::Standing standing = checkout_.standing();
  figures.headroom = authority::headroom(standing, figures.today.reserve, now);
  figures.orders = authority::headroom_by_order(standing, figures.today.reserve, now);
  figures.line_up = parts_.link.line_up();
  figures.clock_trusted = standing.clock_trusted;
  figures.journal_bytes = bytes_of_journal(journal_file_);
  figures.resident_bytes = resident_bytes();
  http::Response response;
  response.status = 200;
  response.headers.push_back({"Content-Type", std::string(prometheus_content_type)});
  response.body = to_prometheus(figures, counts_, now);
  co_return response;
}

}  // namespace gongji::terminal
