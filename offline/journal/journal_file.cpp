#include "offline/journal/journal_file.h"

#include "offline/journal/schema.h"

namespace gongji::journal {

Result<JournalFile> JournalFile::open(const std::filesystem::path& file, const std::string& vfs) {
  auto lock = FileLock::take(file);
  if (!lock) return lock.error();
  sqlite::Options options;
  options.application_id = application_id;
  options.version_max = static_cast<std::int32_t>(migrations().size());
  options.vfs = vfs;
  auto connection = sqlite::Connection::open(file, options);
  if (!connection) return connection.error();
  return JournalFile{std::move(*lock), std::move(*connection)};
}

}  // namespace gongji::journal
