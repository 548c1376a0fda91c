// rule_shelf.h — the rules of this till, and the files of rules that come over the line while it sells.
//
// A file is durable before take() returns, and decides from then on: a sale that asked for its hold by the rules of
// before is settled anew when it commits.  Of the files that came, as many decide as fit together; what does not
// (signed by somebody else, made for a pack that is not here, in conflict with another) is passed over with its reason,
// and asked again when another file comes or goes.
//
// Thread safety: any thread; take() and drop() one at a time.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/result.h"
#include "offline/packs/packs.h"
#include "terminal/rules/pack_source.h"
#include "terminal/settings/config.h"

namespace gongji::terminal {

inline constexpr std::size_t rule_files_max = 200;

class RuleShelf {
 public:
  // `authority`: the key that came with the enrolment; empty before it.
  // Errors: those of packs::read_public_key; rules_unreadable (the folder of those that came cannot be listed); of the
  // built-in packs and the configured folder, which must load whole.
  static Result<std::unique_ptr<RuleShelf>> open(const Config& config, const Bytes& authority);

  PackSource source() const {
    return PackSource([this] { return now(); });
  }
  PackSource::Set now() const;

  bool has(const Digest& digest) const;
  // False where it could not be written, or where there are rule_files_max already.
  bool take(const Digest& digest, const std::string& text);
  bool drop(const Digest& digest);

  struct File {
    std::string digest;  // 64 hex
    std::string why;     // it does not decide; "" where it does
  };
  std::vector<File> files() const;

 private:
  RuleShelf(const Config& config, std::vector<Bytes> authorities);
  Result<void> find_files();
  Result<packs::PackSet> build(const std::set<std::string>& names) const;
  Result<void> choose();
  std::filesystem::path file_of(const std::string& name) const;

  std::filesystem::path folder_;
  std::filesystem::path configured_;
  bool activate_reported_ = false;
  std::vector<Bytes> authorities_;
  mutable std::mutex lock_;
  std::set<std::string> names_;  // of files that are here: digests
  std::vector<File> files_;
  PackSource::Set set_;
};

}  // namespace gongji::terminal
