#include "offline/replay/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "offline/replay/claim_table.h"
#include "offline/replay/replay.h"
#include "offline/replay/troubles.h"

namespace gongji::replay {

namespace {

constexpr std::uint64_t progress_every = 4'096;  // claims

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

bool is_journal(int fd) {
  char head[16] = {};
  return ::pread(fd, head, sizeof head, 0) == static_cast<ssize_t>(sizeof head) &&
         std::memcmp(head, "SQLite format 3", sizeof head) == 0;
}

Result<Report> replay_all(const Version& base, const Version& other, const Request& request, ClaimSource& source) {
  std::optional<ClaimTable> table;
  if (request.table.has_value()) {
    auto made = ClaimTable::make(*request.table);
    if (!made) return made.error();
    table = std::move(*made);
  }
  Replay replay(base, other);
  settlement::Claim claim;
  std::string person;
  Fault fault;
  std::uint64_t unusable = 0, count = 0;
  std::vector<Fault> faults;
  for (;;) {
    const auto next = source.next(claim, person, fault);
    if (!next) return next.error();
    if (*next == ClaimSource::Next::end) break;
    bool usable = *next == ClaimSource::Next::claim;
    if (usable) {
      auto row = replay.add(claim, person);
      if (!row) {
        Trouble what = row.error();
        what.path = source.place();
        return what;
      }
      usable = row->has_value();
      if (!usable) fault = {source.place(), std::string(name_of(replay.fault().fault)), replay.fault().path};
      if (usable && table.has_value()) {
        if (auto added = table->add(**row); !added) return added.error();
      }
    }
    if (!usable && ++unusable <= faults_kept_max) faults.push_back(fault);
    if (++count % progress_every == 0 && request.progress) request.progress(source.progress());
  }
  if (table.has_value()) {
    if (auto finished = table->finish(); !finished) return finished.error();
  }
  Report report = replay.finish();
  report.unusable = unusable;
  report.faults = std::move(faults);
  return report;
}

Result<Report> replay_journal(const Version& base, const Version& other, const Request& request,
                              const std::filesystem::path& file) {
  auto claims = claims_of_journal(file);
  if (!claims) return claims.error();
  auto report = replay_all(base, other, request, *claims->source);
  if (!report) return report;
  report->cancelled = claims->cancelled;
  report->papers = claims->papers;
  return report;
}

}  // namespace

Result<Report> run(const Version& base, const Version& other, const Request& request) {
  if (request.input == "-") {
    return replay_all(base, other, request, *claims_as_they_come(STDIN_FILENO));
  }
  std::error_code unknown;
  if (std::filesystem::is_directory(request.input, unknown)) {
    return replay_journal(base, other, request, request.input / "journal.db");
  }
  const File file(::open(request.input.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.fd() < 0) return trouble(troubles::unreadable, request.input.string(), std::strerror(errno));
  if (is_journal(file.fd())) return replay_journal(base, other, request, request.input);

  // Mostly a file is in order: then it is read once.
  auto report = replay_all(base, other, request, *claims_as_they_come(file.fd()));
  if (report || report.error().text != &troubles::not_in_order) return report;
  if (::lseek(file.fd(), 0, SEEK_SET) != 0) return report;  // a pipe by name is as standard input
  auto sorted = claims_sorted(file.fd());
  if (!sorted) return sorted.error();
  return replay_all(base, other, request, **sorted);
}

}  // namespace gongji::replay
