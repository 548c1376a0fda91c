#include "offline/replay/claim_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "offline/journal/sales_view.h"
#include "offline/replay/line_reader.h"
#include "offline/replay/troubles.h"
#include "offline/settlement/claim_json.h"

namespace gongji::replay {

using settlement::Claim;
using settlement::ClaimError;

namespace {

constexpr std::int64_t seconds_a_day = 86'400;

std::int64_t seconds_of(CivilTime time) {
  return time.day.number() * seconds_a_day + time.second;
}

std::uint64_t size_of(int fd) {
  struct stat about {};
  return ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode) ? static_cast<std::uint64_t>(about.st_size) : 0;
}

// Paths may hold what was written in the text; those of unknown members stop there.
Fault fault_of(std::string place, const ClaimError& error) {
  return {std::move(place), std::string(name_of(error.fault)), error.path};
}

class AsTheyCome : public ClaimSource {
 public:
  explicit AsTheyCome(int fd) : lines_(fd), whole_(size_of(fd)) {}

  Result<Next> next(Claim& claim, std::string& person, Fault& fault) override {
    const auto more = lines_.next(line_);
    if (!more) return more.error();
    if (!*more) return Next::end;
    const auto error = line_.too_long ? settlement::text_too_long() : reader_.read_padded(line_.text, claim);
    if (error.has_value()) {
      fault = fault_of(place(), *error);
      return Next::unusable;
    }
    person = claim.person.psn_no;
    return Next::claim;
  }
  std::string place() const override { return "line " + std::to_string(line_.number); }
  Progress progress() const override { return {lines_.bytes_read(), whole_}; }
  const TextLine& line() const { return line_; }

 private:
  LineReader lines_;
  std::uint64_t whole_;
  TextLine line_;
  settlement::ClaimReader reader_;
};

class Sorted : public ClaimSource {
 public:
  explicit Sorted(int fd) : fd_(fd) {}

  // Reads everything once.
  Result<void> index() {
    if (::lseek(fd_, 0, SEEK_SET) != 0) return trouble(troubles::unreadable, "", std::strerror(errno));
    AsTheyCome all(fd_);
    Claim claim;
    std::string person;
    Fault fault;
    for (;;) {
      const auto next = all.next(claim, person, fault);
      if (!next) return next.error();
      if (*next == Next::end) break;
      const TextLine& line = all.line();
      // What cannot be read comes first and is told again then.
      const std::int64_t time =
          *next == Next::claim ? seconds_of(claim.begntime) : std::numeric_limits<std::int64_t>::min();
      const std::size_t size = line.too_long ? too_long : line.text.size();
      places_.push_back({time, line.offset, static_cast<std::uint32_t>(line.number), static_cast<std::uint32_t>(size)});
    }
    places_.shrink_to_fit();
    std::sort(places_.begin(), places_.end(),
              [](const Place& a, const Place& b) { return a.time != b.time ? a.time < b.time : a.offset < b.offset; });
    return {};
  }

  Result<Next> next(Claim& claim, std::string& person, Fault& fault) override {
    if (at_ == places_.size()) return Next::end;
    const Place& here = places_[at_++];
    std::optional<ClaimError> error;
    if (here.size == too_long) {
      error = settlement::text_too_long();
    } else {
      text_.resize(here.size + settlement::claim_padding_bytes);
      if (auto read = read_at(here); !read) return read.error();
      error = reader_.read_padded(std::string_view(text_).substr(0, here.size), claim);
    }
    if (error.has_value() != (here.time == std::numeric_limits<std::int64_t>::min())) {
      return trouble(troubles::changed_meanwhile, place());
    }
    if (error.has_value()) {
      fault = fault_of(place(), *error);
      return Next::unusable;
    }
    if (seconds_of(claim.begntime) != here.time) return trouble(troubles::changed_meanwhile, place());
    person = claim.person.psn_no;
    return Next::claim;
  }
  std::string place() const override { return "line " + std::to_string(at_ == 0 ? 0 : places_[at_ - 1].number); }
  Progress progress() const override { return {at_, places_.size()}; }

 private:
  static constexpr std::uint32_t too_long = std::numeric_limits<std::uint32_t>::max();
  struct Place {
    std::int64_t time = 0;
    std::uint64_t offset = 0;
    std::uint32_t number = 0, size = 0;
  };
  static_assert(sizeof(Place) == 24);

  Result<void> read_at(const Place& place) {
    std::size_t done = 0;
    while (done < place.size) {
      const ssize_t got = ::pread(fd_, text_.data() + done, place.size - done, static_cast<off_t>(place.offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return trouble(troubles::unreadable, "", std::strerror(errno));
      if (got == 0) return trouble(troubles::changed_meanwhile, this->place());
      done += static_cast<std::size_t>(got);
    }
    return {};
  }

  int fd_;
  std::vector<Place> places_;
  std::size_t at_ = 0;
  std::string text_;
  settlement::ClaimReader reader_;
};

class OfJournal : public ClaimSource {
 public:
  OfJournal(std::unique_ptr<journal::SalesView> view, std::vector<journal::SaleTime> times)
      : view_(std::move(view)), times_(std::move(times)) {
    std::sort(times_.begin(), times_.end(), [](const journal::SaleTime& a, const journal::SaleTime& b) {
      return a.begntime != b.begntime ? a.begntime < b.begntime : a.seq < b.seq;
    });
  }

  Result<Next> next(Claim& claim, std::string& person, Fault& fault) override {
    if (at_ == times_.size()) return Next::end;
    auto sale = view_->read(times_[at_++].seq);
    if (!sale) return sale.error();
    claim = std::move(sale->claim);
    person = std::move(sale->person_key);
    if (!claim.lines.empty()) return Next::claim;
    fault = {place(), "missing", "lines"};
    return Next::unusable;
  }
  std::string place() const override { return "seq " + std::to_string(at_ == 0 ? 0 : times_[at_ - 1].seq); }
  Progress progress() const override { return {at_, times_.size()}; }

 private:
  std::unique_ptr<journal::SalesView> view_;
  std::vector<journal::SaleTime> times_;
  std::size_t at_ = 0;
};

}  // namespace

std::unique_ptr<ClaimSource> claims_as_they_come(int fd) {
  return std::make_unique<AsTheyCome>(fd);
}

Result<std::unique_ptr<ClaimSource>> claims_sorted(int fd) {
  auto source = std::make_unique<Sorted>(fd);
  if (auto indexed = source->index(); !indexed) return indexed.error();
  return std::unique_ptr<ClaimSource>(std::move(source));
}

Result<JournalClaims> claims_of_journal(const std::filesystem::path& file) {
  auto view = journal::SalesView::open(file);
  if (!view) return view.error();
  const auto others = (*view)->others();
  if (!others) return others.error();
  auto times = (*view)->times();
  if (!times) return times.error();
  return JournalClaims{std::make_unique<OfJournal>(std::move(*view), std::move(*times)), others->cancelled,
                       others->papers};
}

}  // namespace gongji::replay
