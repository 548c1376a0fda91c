#include "offline/journal/second_copy.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <string_view>
#include <system_error>

#include "offline/journal/journal_file.h"
#include "offline/journal/open_to_read.h"
#include "offline/journal/restore.h"
#include "offline/journal/store.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

namespace {

constexpr std::chrono::milliseconds try_again{500};
constexpr std::chrono::milliseconds second_copy_wait{5'000};
constexpr std::size_t state_bytes_max = 4'096;
constexpr std::size_t chunk_bytes = 256 * 1'024;
constexpr std::uint64_t frame_header_bytes = 24;
constexpr std::string_view first_line = "gongji-second-copy 1";

// Where the numbers of a WAL's header stand (SQLite's file format, section 4.1), big-endian.
constexpr std::size_t page_size_at = 8, sequence_at = 12, salt_at = 16;

std::uint32_t number_at(const char* bytes) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8U | static_cast<std::uint8_t>(bytes[i]);
  return number;
}

// SQLite begins a WAL anew with the next sequence and the next first salt.
bool follows(const WalHeader& next, const WalHeader& before) {
  return number_at(next.data() + sequence_at) == number_at(before.data() + sequence_at) + 1 &&
         number_at(next.data() + salt_at) == number_at(before.data() + salt_at) + 1;
}

std::string hex(const WalHeader& header) {
  return to_hex(ByteView(reinterpret_cast<const std::uint8_t*>(header.data()), header.size()));
}

}  // namespace

std::filesystem::path copy_folder(const std::filesystem::path& directory, const Identity& identity) {
  return directory / (identity.terminal + "-" + std::to_string(identity.epoch));
}

std::filesystem::path CopySet::database(const std::filesystem::path& folder) const {
  return folder / ("journal-" + std::to_string(number) + ".db");
}
std::filesystem::path CopySet::wal(const std::filesystem::path& folder) const {
  return database(folder).string() + "-wal";
}

Result<std::optional<CopySet>> read_copy_set(const std::filesystem::path& folder) {
  const auto content = read_small(CopySet::state_file(folder), state_bytes_max);
  if (!content) return content.error();
  if (!*content) return std::optional<CopySet>();
  CopySet set;
  std::string_view rest = **content;
  const auto line = [&] {
    const auto end = rest.find('\n');
    const std::string_view text = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return text;
  };
  const auto after = [](std::string_view text, std::string_view name) {
    return text.starts_with(name) ? text.substr(name.size()) : std::string_view();
  };
  const bool ours = line() == first_line;
  const std::string_view number = after(line(), "set ");
  const auto lineage = parse_id(after(line(), "lineage "));
  const auto generation = from_hex(after(line(), "generation "));
  const auto parsed = std::from_chars(number.data(), number.data() + number.size(), set.number);
  if (!ours || number.empty() || parsed.ec != std::errc() || !lineage || !generation ||
      generation->size() != wal_header_bytes) {
    return trouble(troubles::second_copy_unusable, CopySet::state_file(folder).string());
  }
  set.lineage = *lineage;
  std::memcpy(set.generation.data(), generation->data(), wal_header_bytes);
  return std::optional(set);
}

Result<void> write_copy_set(const std::filesystem::path& folder, const CopySet& set) {
  return write_durable(CopySet::state_file(folder), std::string(first_line) + "\nset " + std::to_string(set.number) +
                                                        "\nlineage " + to_string(set.lineage) + "\ngeneration " +
                                                        hex(set.generation) + "\n");
}

Result<std::optional<Id>> read_lineage(sqlite::Connection& db) {
  auto query = db.query("SELECT lineage FROM second_copy", "b");
  const auto row = query.step();
  if (!row) return row.error();
  Id lineage;
  if (!*row || query.blob(0).size() != lineage.bytes.size()) return std::optional<Id>();
  std::copy_n(query.blob(0).begin(), lineage.bytes.size(), lineage.bytes.begin());
  return std::optional(lineage);
}

Result<void> write_lineage(sqlite::Connection& db, const Id& lineage) {
  return db.query("INSERT INTO second_copy VALUES (1, ?) ON CONFLICT DO UPDATE SET lineage = excluded.lineage")
      .bind(lineage)
      .run();
}

Result<void> forget_lineage(sqlite::Connection& db) {
  return db.query("DELETE FROM second_copy").run();
}

SecondCopy::SecondCopy(std::filesystem::path journal, const Identity& identity, const SecondPlace& place,
                       const Id& lineage, std::int64_t wal_pages)
    : journal_(std::move(journal)),
      identity_(identity),
      place_(place),
      folder_(copy_folder(place.directory, identity)),
      lineage_(lineage),
      pages_(static_cast<std::uint64_t>(wal_pages)) {
  thread_ = std::thread([this] { loop(); });
}

SecondCopy::~SecondCopy() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SecondCopy::committed(std::int64_t wal_pages) {
  {
    const std::scoped_lock lock(mutex_);
    ++wanted_;
    pages_ = static_cast<std::uint64_t>(wal_pages);
  }
  changed_.notify_all();
}

bool SecondCopy::has_all() const {
  const std::scoped_lock lock(mutex_);
  return done_ == wanted_;
}

Id SecondCopy::lineage() const {
  const std::scoped_lock lock(mutex_);
  return lineage_;
}

Result<void> SecondCopy::ready() const {
  const std::scoped_lock lock(mutex_);
  if (problem_) return *problem_;
  if (done_ == 0) return trouble(troubles::second_copy_late, place_.directory.string(), "the first copy is being made");
  return {};
}

Result<void> SecondCopy::wait() const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, second_copy_wait, [&] { return done_ == wanted_ || problem_; });
  if (done_ == wanted_) return {};
  if (problem_) return *problem_;
  return trouble(troubles::second_copy_late, place_.directory.string());
}

void SecondCopy::start_anew(const Id& lineage) {
  const std::scoped_lock lock(mutex_);
  lineage_ = lineage;
  ++wanted_;
}

SecondCopyState SecondCopy::state() const {
  const std::scoped_lock lock(mutex_);
  return {true, done_ == wanted_ && !problem_, place_.before_answer, problem_};
}

void SecondCopy::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (problem_) {
      changed_.wait_for(lock, try_again, [&] { return stopping_; });
    } else {
      changed_.wait(lock, [&] { return stopping_ || done_ != wanted_; });
    }
    if (stopping_) return;
    const std::uint64_t wanted = wanted_, pages = pages_;
    lock.unlock();
    const auto done = step(pages);
    if (!done) {
      // What is open may be on a disk that is gone; look at everything again.
      set_.reset();
      from_.reset();
      to_.reset();
    }
    lock.lock();
    problem_ = done ? std::nullopt : std::optional(done.error());
    if (done) done_ = wanted;
    changed_.notify_all();
  }
}

Result<void> SecondCopy::step(std::uint64_t pages) {
  if (!from_) {
    auto opened = OpenFile::open(journal_.string() + "-wal", O_RDONLY);
    if (!opened) return opened.error();
    from_ = std::move(*opened);
  }
  if (!set_) return attach(pages);
  const auto header = journal_header();
  if (!header) return header.error();
  // The lineage ends before the WAL begins anew, so a WAL that follows is looked at before it.
  const bool goes_on = *header == set_->generation || follows(*header, set_->generation);
  if (!goes_on || set_->lineage != lineage() || !to_ || !to_->is_at_its_path()) {
    set_.reset();
    return attach(pages);
  }
  if (*header != set_->generation) {
    if (auto done = fold(); !done) return done;
    if (auto done = begin_generation(*header); !done) return done;
  }
  return copy_frames(pages);
}

Result<WalHeader> SecondCopy::journal_header() {
  WalHeader header{};
  if (auto done = from_->read_at(0, header.data(), header.size()); !done) return done.error();
  frame_bytes_ = frame_header_bytes + number_at(header.data() + page_size_at);
  generation_ = header;
  return header;
}

Result<void> SecondCopy::attach(std::uint64_t pages) {
  std::error_code error;
  if (!std::filesystem::is_directory(place_.directory, error)) {
    return trouble(troubles::second_copy_unreachable, place_.directory.string());
  }
  if (std::filesystem::create_directory(folder_, error)) {
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  }
  if (error) return trouble(troubles::second_copy_unreachable, folder_.string(), error.message());
  if (auto done = sync_folder(place_.directory); !done) return done;
  const auto found = read_copy_set(folder_);
  if (!found) return found.error();
  if (*found) {
    if (auto same = check_history(**found); !same) return same;
    const auto goes_on = continues(**found);
    if (!goes_on) return goes_on.error();
    if (*goes_on) {
      if (auto done = copy_frames(pages); !done) return done;
      remove_other_sets();
      return {};
    }
  }
  return make_anew(*found ? (*found)->number + 1 : 1, pages);
}

// True where the set was taken up: everything before the journal's present WAL is in it.
Result<bool> SecondCopy::continues(const CopySet& found) {
  const auto header = journal_header();
  if (!header) return header.error();
  if (found.lineage != lineage()) return false;
  const bool same = *header == found.generation;
  if (!same && !follows(*header, found.generation)) return false;
  set_ = found;
  if (!same) {
    if (auto done = fold(); !done) return done.error();
    if (auto done = begin_generation(*header); !done) return done.error();
    return true;
  }
  auto opened = OpenFile::open(set_->wal(folder_), O_RDWR | O_CREAT);
  if (!opened) return opened.error();
  to_ = std::move(*opened);
  copied_ = 0;
  // After a fold that was the last thing done the set's WAL is empty: it is filled again from its beginning.
  WalHeader there{};
  const auto count = to_->read_some_at(0, there.data(), there.size());
  if (!count) return count.error();
  if (*count != there.size() || there != *header) {
    if (auto done = begin_generation(*header); !done) return done.error();
    return true;
  }
  std::uint64_t pages = 0;
  {
    const std::scoped_lock lock(mutex_);
    pages = pages_;
  }
  const auto alike = frames_alike(pages);
  if (!alike) return alike.error();
  copied_ = *alike;
  if (auto done = to_->cut_to(wal_header_bytes + copied_ * frame_bytes_); !done) return done.error();
  return true;
}

// A copy that knows more than the journal is the better one of both.
Result<void> SecondCopy::check_history(const CopySet& found) {
  const auto end = read_log_end(found.database(folder_));
  if (!end)
    return trouble(troubles::second_copy_unusable, found.database(folder_).string(),
                   to_string(end.error(), Language::en));
  if (end->identity.terminal != identity_.terminal || end->identity.epoch != identity_.epoch) {
    return trouble(troubles::second_copy_unusable, folder_.string(), end->identity.terminal);
  }
  if (end->seq == 0) return {};
  const auto opened = open_to_read(journal_);
  if (!opened) return opened.error();
  auto query = (*opened)->query("SELECT hash FROM entry WHERE seq = ?", "b");
  const auto row = query.bind(end->seq).step();
  if (!row) return row.error();
  const auto hash = *row ? digest_of(query.blob(0)) : std::nullopt;
  if (hash != end->hash) {
    return trouble(troubles::second_copy_knows_more, folder_.string(), "seq " + std::to_string(end->seq));
  }
  return {};
}

Result<void> SecondCopy::make_anew(std::uint64_t number, std::uint64_t pages) {
  CopySet set;
  set.number = number;
  set.lineage = lineage();
  std::error_code ignored;
  for (const char* tail : {"", "-wal", "-shm"}) {
    std::filesystem::remove(set.database(folder_).string() + tail, ignored);
  }
  {
    const auto source = open_to_read(journal_);
    if (!source) return source.error();
    if (auto done = (*source)->copy_to(set.database(folder_)); !done) return done;
  }
  // No WAL began anew meanwhile: that happens only while has_all().  Its frames from the first on lead from whatever
  // the copied database contains of them to the present.
  const auto header = journal_header();
  if (!header) return header.error();
  auto opened = OpenFile::open(set.wal(folder_), O_RDWR | O_CREAT);
  if (!opened) return opened.error();
  to_ = std::move(*opened);
  set.generation = *header;
  if (auto done = to_->write_at(0, {header->data(), header->size()}); !done) return done;
  copied_ = 0;
  if (auto done = copy_frames(pages); !done) return done;
  if (auto done = write_copy_set(folder_, set); !done) return done;
  set_ = set;
  remove_other_sets();
  return {};
}

// Moves the set's WAL into its database.
Result<void> SecondCopy::fold() {
  to_.reset();
  // What SQLite remembers of the set's WAL in shared memory does not know the frames that were appended here.
  std::error_code ignored;
  std::filesystem::remove(set_->database(folder_).string() + "-shm", ignored);
  const auto opened = sqlite::Connection::open(set_->database(folder_), file_options(sqlite::Access::read_write));
  if (!opened) return opened.error();
  return (*opened)->checkpoint_whole();
}

Result<void> SecondCopy::begin_generation(const WalHeader& header) {
  set_->generation = header;
  if (auto done = write_copy_set(folder_, *set_); !done) return done;
  auto opened = OpenFile::open(set_->wal(folder_), O_RDWR | O_CREAT);
  if (!opened) return opened.error();
  to_ = std::move(*opened);
  if (auto done = to_->cut_to(0); !done) return done;
  if (auto done = to_->write_at(0, {header.data(), header.size()}); !done) return done;
  copied_ = 0;
  return {};
}

Result<void> SecondCopy::copy_frames(std::uint64_t pages) {
  const std::uint64_t at_once = std::max<std::uint64_t>(1, chunk_bytes / frame_bytes_);
  if (copied_ >= pages) return {};
  while (copied_ < pages) {
    const std::uint64_t count = std::min(at_once, pages - copied_);
    buffer_.resize(static_cast<std::size_t>(count * frame_bytes_));
    const std::uint64_t at = wal_header_bytes + copied_ * frame_bytes_;
    if (auto done = from_->read_at(at, buffer_.data(), buffer_.size()); !done) return done;
    if (!are_of_generation(count)) return trouble(troubles::second_copy_late, folder_.string(), "the WAL began anew");
    if (auto done = to_->write_at(at, {buffer_.data(), buffer_.size()}); !done) return done;
    copied_ += count;
  }
  return to_->sync();
}

// Each frame in the buffer carries the salts of its WAL.
bool SecondCopy::are_of_generation(std::uint64_t count) const {
  constexpr std::size_t salts_at = 8, salts_bytes = 8;
  for (std::uint64_t frame = 0; frame < count; ++frame) {
    const char* begin = buffer_.data() + frame * frame_bytes_;
    if (std::memcmp(begin + salts_at, generation_.data() + salt_at, salts_bytes) != 0) return false;
  }
  return true;
}

// How many of the frames that are there are the journal's.
Result<std::uint64_t> SecondCopy::frames_alike(std::uint64_t pages) {
  std::vector<char> here(static_cast<std::size_t>(frame_bytes_)), there(here.size());
  for (std::uint64_t frame = 0; frame < pages; ++frame) {
    const std::uint64_t at = wal_header_bytes + frame * frame_bytes_;
    const auto count = to_->read_some_at(at, there.data(), there.size());
    if (!count) return count.error();
    if (*count < there.size()) return frame;
    if (auto done = from_->read_at(at, here.data(), here.size()); !done) return done.error();
    if (here != there) return frame;
  }
  return pages;
}

void SecondCopy::remove_other_sets() {
  std::error_code failed, ignored;
  const std::string keep = set_->database(folder_).filename().string();
  std::filesystem::directory_iterator each(folder_, failed);
  for (; !failed && each != std::filesystem::directory_iterator(); each.increment(failed)) {
    const std::string name = each->path().filename().string();
    if (name.starts_with("journal-") && !name.starts_with(keep)) std::filesystem::remove(each->path(), ignored);
  }
}

}  // namespace gongji::journal
