#include "offline/journal/earlier.h"

#include <algorithm>
#include <system_error>

#include "offline/journal/durable_file.h"
#include "offline/journal/entries.h"
#include "offline/journal/file_lock.h"
#include "offline/journal/journal_file.h"
#include "offline/journal/open_to_read.h"
#include "offline/journal/schema.h"
#include "offline/journal/troubles.h"
#include "offline/sqlite/troubles.h"

namespace gongji::journal {

namespace fs = std::filesystem;

fs::path earlier_file(const fs::path& file, std::uint32_t epoch) {
  return file.parent_path() / (file.stem().string() + "-epoch-" + std::to_string(epoch) + file.extension().string());
}

Result<void> set_aside_earlier(const fs::path& file, const Identity& present) {
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  std::uint32_t epoch = 0;
  {
    const auto lock = FileLock::take(file);
    if (!lock) return lock.error();
    {
      const auto opened = open_to_read(file);
      if (!opened) return {};  // Journal::open says what is wrong with it
      const auto identity = identity_of(**opened);
      if (!identity || identity->terminal != present.terminal || identity->epoch >= present.epoch) return {};
      epoch = identity->epoch;
    }
    const auto opened = sqlite::Connection::open(file, file_options(sqlite::Access::read_write));
    if (!opened) return opened.error();
    // One file, so that one rename moves all of it.
    if (auto done = (*opened)->checkpoint_whole(); !done) return done;
  }
  fs::rename(file, earlier_file(file, epoch), error);
  if (error) return trouble(sqlite::troubles::cannot_open, file.string(), error.message());
  for (const char* tail : {"-wal", "-shm"}) fs::remove(file.string() + tail, error);
  return sync_folder(file.parent_path());
}

namespace {

// One that an older program set aside.
Result<void> bring_to_newest(const fs::path& file) {
  {
    const auto opened = open_to_read(file);
    if (!opened) return opened.error();
    auto version = (*opened)->query("PRAGMA user_version", "i");
    const auto row = version.step();
    if (!row) return row.error();
    if (version.count(0) == migrations().size()) return {};
  }
  const auto opened = open_newest(file);
  if (!opened) return opened.error();
  return (*opened)->checkpoint_whole();
}

}  // namespace

Result<EarlierLogs> EarlierLogs::open(const fs::path& file, const Identity& present) {
  EarlierLogs logs;
  for (std::uint32_t epoch = present.epoch; epoch-- > 1;) {
    const fs::path earlier = earlier_file(file, epoch);
    std::error_code error;
    if (!fs::exists(earlier, error)) continue;
    if (auto done = bring_to_newest(earlier); !done) return done.error();
    auto opened = open_to_read(earlier);
    if (!opened) return opened.error();
    auto identity = identity_of(**opened);
    if (!identity) return identity.error();
    logs.logs_.push_back(std::make_unique<Log>(Log{std::move(*identity), std::move(*opened)}));
  }
  return logs;
}

Result<std::optional<StoredEntry>> EarlierLogs::find_request(const seal::KeyStore& keys, Random& random,
                                                             const std::string& fixmedins_code,
                                                             const std::string& msgid) const {
  for (const auto& log : logs_) {
    Entries entries(Store{*log->db, keys, log->identity, random});
    const auto seq = entries.seq_of_request(fixmedins_code, msgid);
    if (!seq) return seq.error();
    if (*seq) return entries.find_stored(**seq);
  }
  return std::optional<StoredEntry>();
}

Result<std::optional<StoredEntry>> EarlierLogs::find_sale(const seal::KeyStore& keys, Random& random,
                                                          const Id& sale_id) const {
  for (const auto& log : logs_) {
    Entries entries(Store{*log->db, keys, log->identity, random});
    const auto seq = entries.seq_of_sale(sale_id);
    if (!seq) return seq.error();
    if (*seq) return entries.find_stored(**seq);
  }
  return std::optional<StoredEntry>();
}

}  // namespace gongji::journal
