// shop.h — a clinic whose till has a backlog, and the centre that will judge it: the data of every bench of the wire.
//
// Persons, goods and numbers are invented (no region has the code 999999).  The centre knows the persons and settles
// every sale anew, so a batch costs it what a real one does.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "offline/journal/journal.h"
#include "offline/packs/packs.h"
#include "offline/seal/key_store.h"
#include "sync/centre/service.h"
#include "sync/http/tls.h"

namespace gongji::tests {

[[noreturn]] void give_up(const std::string& what);
template <class Value>
Value need(Result<Value> result, const std::string& what) {
  if (!result) give_up(what + ": " + to_string(result.error(), Language::en));
  if constexpr (!std::is_void_v<Value>) return *std::move(result);
}

// Below `folder`: centre/ as gongji-centre serves it, till/ with keys/, tls/ and journal.db.
class Shop {
 public:
  // Makes both, with so many persons whom the till knows.  `database`: as of centre::InitOptions.
  static void make(const std::filesystem::path& folder, int persons, const std::string& database);
  explicit Shop(const std::filesystem::path& folder);

  std::unique_ptr<journal::Journal> open_journal();
  std::unique_ptr<centre::CentreService> open_centre() const;
  http::TlsClient tls() const;
  const std::string& terminal() const { return terminal_; }
  const std::string& fingerprint() const { return fingerprint_; }
  const Bytes& centre_public_key() const { return centre_public_key_; }

  // A sale of five lines to the next person, on the reserve.
  journal::Journal::Work sale();
  void fill(journal::Journal& journal, std::uint64_t entries);

 private:
  std::filesystem::path folder_;
  std::shared_ptr<const seal::KeyStore> keys_;
  packs::PackSet packs_;
  std::string terminal_, fingerprint_;
  Bytes centre_public_key_;
  std::vector<std::string> persons_;  // their keys
  std::uint64_t sold_ = 0;
};

}  // namespace gongji::tests
