#include "offline/journal/journal_file.h"

#include "offline/journal/open_on.h"
#include "offline/journal/schema.h"

namespace gongji::journal {

sqlite::Options file_options(sqlite::Access access) {
  sqlite::Options options;
  options.access = access;
  options.application_id = application_id;
  options.version_max = static_cast<std::int32_t>(migrations().size());
  return options;
}

Result<std::unique_ptr<sqlite::Connection>> open_newest(const std::filesystem::path& file) {
  auto opened = sqlite::Connection::open(file, file_options(sqlite::Access::read_write));
  if (!opened) return opened;
  if (auto done = sqlite::migrate(**opened, migrations()); !done) return done.error();
  return opened;
}

Result<JournalFile> JournalFile::open(const std::filesystem::path& file, const std::string& vfs) {
  auto lock = FileLock::take(file);
  if (!lock) return lock.error();
  sqlite::Options options = file_options(sqlite::Access::create);
  options.vfs = vfs;
  auto connection = sqlite::Connection::open(file, options);
  if (!connection) return connection.error();
  return JournalFile{std::move(*lock), std::move(*connection)};
}

Result<std::unique_ptr<Journal>> open_on(const std::string& vfs, const std::filesystem::path& file,
                                         const Identity& identity, std::shared_ptr<const seal::KeyStore> keys,
                                         Random& random) {
  auto opened = JournalFile::open(file, vfs);
  if (!opened) return opened.error();
  return Journal::open(std::move(*opened), identity, std::move(keys), random);
}

Result<std::unique_ptr<Journal>> Journal::open(const std::filesystem::path& file, const Identity& identity,
                                               std::shared_ptr<const seal::KeyStore> keys, Random& random) {
  return open_on({}, file, identity, std::move(keys), random);
}

}  // namespace gongji::journal
