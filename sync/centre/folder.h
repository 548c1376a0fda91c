// folder.h — a centre on disk, made once and opened at each start.
//
//   ca.pem ca.key            the region's root; signs the server and the terminals
//   server.pem server.key    this server, with the root behind it; hosts: its names
//   roots.pem                what terminals and server believe where a root is being replaced (roots.h)
//   keys/                    SM2 key that signs snapshots and the feed (offline/seal)
//   authority/               SM2 key that signs terms; a real authority keeps it off line
//   packs/                   supplements, packs and activations that the authority signed; may be absent
//   terms.json               what terminals may promise off line
//   ledger.sqlite            everything else; or
//   database                 the address of the PostgreSQL server that has it (0600: it may hold a password)
//   centre.port              the port of a running server
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "offline/base/clock.h"
#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "sync/centre/service.h"

namespace gongji::centre {

inline constexpr int ca_valid_days = 3'650;
inline constexpr int server_valid_days = 825;

struct InitOptions {
  std::string people_text;         // JSON, see people.h
  std::vector<std::string> hosts;  // besides localhost, 127.0.0.1 and ::1
  std::string database;            // "": ledger.sqlite; else the address of a PostgreSQL server, kept in the folder
};

struct Made {
  std::string ca_sm3_hex;
  std::size_t sites = 0, persons = 0;
};

// Errors, in order: already_made, people_invalid, then those of files, keys, certificates and the ledger.
// `directory` may exist; what it must not hold is a centre.
Result<Made> init_centre(const std::filesystem::path& directory, const InitOptions& options, WallTime now,
                         Random& random);

// `database`: in place of what the folder says.  Errors: not_a_centre, then those of its parts.
Result<CentreParts> open_centre(const std::filesystem::path& directory, Random& random,
                                const std::string& database = {});

// Errors: file_unreadable, file_not_written.
Result<std::string> read_text_file(const std::filesystem::path& file, std::size_t bytes_max);
Result<void> write_text_file(const std::filesystem::path& file, std::string_view text);

}  // namespace gongji::centre
