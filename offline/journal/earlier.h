// earlier.h — the logs of earlier epochs of this terminal, kept beside the present one: read, never written.
//
// journal.db is the present epoch; when a new one begins the file is renamed to journal-epoch-<n>.db, whole.  A request
// that was answered then has its answer still, and stands in the way of a second sale.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "offline/journal/journal.h"
#include "offline/sqlite/connection.h"

namespace gongji::journal {

std::filesystem::path earlier_file(const std::filesystem::path& file, std::uint32_t epoch);

// Where `file` is a log of an earlier epoch of this terminal, it is set aside under its name of earlier_file().  Called
// at the start, when Journal::open has said other_terminal: a start that was cut short in between finds it as it was,
// or done. Errors: in use, file unusable, anything of the disk.
Result<void> set_aside_earlier(const std::filesystem::path& file, const Identity& present);

// Internal.
class EarlierLogs {
 public:
  // All that lie beside `file`, the latest first.  Errors: a file that is there and unusable.
  static Result<EarlierLogs> open(const std::filesystem::path& file, const Identity& present);

  Result<std::optional<StoredEntry>> find_request(const seal::KeyStore& keys, Random& random,
                                                  const std::string& fixmedins_code, const std::string& msgid) const;
  Result<std::optional<StoredEntry>> find_sale(const seal::KeyStore& keys, Random& random, const Id& sale_id) const;

 private:
  struct Log {
    Identity identity;
    std::unique_ptr<sqlite::Connection> db;
  };
  std::vector<std::unique_ptr<Log>> logs_;
};

}  // namespace gongji::journal
