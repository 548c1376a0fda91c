#include "offline/journal/copy_restore.h"

#include <fcntl.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "offline/journal/durable_file.h"
#include "offline/journal/file_check.h"
#include "offline/journal/file_lock.h"
#include "offline/journal/journal_file.h"
#include "offline/journal/second_copy.h"
#include "offline/journal/troubles.h"
#include "offline/sqlite/transaction.h"
#include "offline/sqlite/troubles.h"

namespace gongji::journal {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t chunk_bytes = 1'048'576;
constexpr int kept_max = 1'000;
constexpr const char* tails[] = {"", "-wal", "-shm"};

fs::path with(const fs::path& file, const char* tail) {
  return file.string() + tail;
}

void clear(const fs::path& file) {
  std::error_code ignored;
  for (const char* tail : tails) fs::remove(with(file, tail), ignored);
}

// An absent source makes an empty file.
Result<void> copy_bytes(const fs::path& from, const fs::path& to) {
  auto target = OpenFile::open(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
  if (!target) return target.error();
  std::error_code error;
  if (!fs::exists(from, error)) return target->sync();
  const auto source = OpenFile::open(from, O_RDONLY);
  if (!source) return source.error();
  std::string chunk(chunk_bytes, '\0');
  for (std::uint64_t at = 0;;) {
    const auto count = source->read_some_at(at, chunk.data(), chunk.size());
    if (!count) return count.error();
    if (*count == 0) return target->sync();
    if (auto done = target->write_at(at, std::string_view(chunk).substr(0, *count)); !done) return done;
    at += *count;
  }
}

// One file, without a WAL, that no second place continues.
Result<void> make_one_file(const fs::path& file) {
  const auto opened = open_newest(file);
  if (!opened) return opened.error();
  auto transaction = sqlite::Transaction::begin(**opened);
  if (!transaction) return transaction.error();
  if (auto done = forget_lineage(**opened); !done) return done;
  if (auto done = transaction->commit(); !done) return done;
  return (*opened)->checkpoint_whole();
}

// Renames what is there; a stray WAL would otherwise be taken for the restored file's own.
Result<fs::path> set_aside(const fs::path& file) {
  std::error_code error;
  bool any = false;
  for (const char* tail : tails) any = any || fs::exists(with(file, tail), error);
  if (!any) return fs::path();
  fs::path name;
  for (int number = 1; number <= kept_max; ++number) {
    name = file.string() + ".before-restore-" + std::to_string(number);
    if (!fs::exists(name, error) && !fs::exists(with(name, "-wal"), error)) break;
  }
  for (const char* tail : {"-wal", "-shm", ""}) {
    if (!fs::exists(with(file, tail), error)) continue;
    fs::rename(with(file, tail), with(name, tail), error);
    if (error) return trouble(troubles::journal_is_there, with(file, tail).string(), error.message());
  }
  return name;
}

}  // namespace

Result<CopyRestored> restore_from_copy(const fs::path& directory, const fs::path& file, const Identity& identity,
                                       std::shared_ptr<const seal::KeyStore> keys, bool replace) {
  const auto lock = FileLock::take(file);
  if (!lock) return lock.error();
  std::error_code error;
  if (!replace && fs::exists(file, error)) return trouble(troubles::journal_is_there, file.string());
  const fs::path folder = copy_folder(directory, identity);
  const auto set = read_copy_set(folder);
  if (!set) return set.error();
  if (!*set) return trouble(troubles::second_copy_absent, folder.string());

  const fs::path made = file.string() + ".restoring";
  clear(made);
  for (const auto& [from, tail] : {std::pair{(*set)->database(folder), ""}, {(*set)->wal(folder), "-wal"}}) {
    if (auto done = copy_bytes(from, with(made, tail)); !done) return done.error();
  }
  if (auto done = make_one_file(made); !done) return done.error();
  const auto checked = check_file(made, {std::move(keys), {}, {}, {}});
  if (!checked) return checked.error();
  if (checked->identity.terminal != identity.terminal || checked->identity.epoch != identity.epoch) {
    return trouble(troubles::second_copy_unusable, folder.string(), checked->identity.terminal);
  }
  for (const char* tail : {"-wal", "-shm"}) fs::remove(with(made, tail), error);

  const auto kept = set_aside(file);
  if (!kept) return kept.error();
  if (std::rename(made.c_str(), file.c_str()) != 0) {
    return trouble(sqlite::troubles::cannot_open, file.string(), std::generic_category().message(errno));
  }
  if (auto done = sync_folder(file.parent_path()); !done) return done.error();
  return CopyRestored{checked->last_seq, checked->last_hash, *kept};
}

}  // namespace gongji::journal
