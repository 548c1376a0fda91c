// packs.h — the packs that are loaded, and which of them decides a claim.
//
// A pack is one version of one scheme's rules as JSON (docs in offline/packs/README.md).  Loading is strict: an unknown
// key, a wrong type or a value out of range stops it with a message that names the path.  What a region's authority
// adds comes as signed files (signed_file.h); a till takes only those, beside the packs that are part of the program.
//
// Thread safety: a PackSet is immutable after building and may be read from any thread; policies live as long as it.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/day.h"
#include "offline/base/result.h"
#include "offline/packs/dated_row.h"
#include "offline/settlement/policy.h"
#include "offline/settlement/settlement.h"

namespace gongji::packs {

enum class PackStatus : std::uint8_t { sourced, reported, draft };

// What is known of a loaded version, for status pages and lint.
struct PackInfo {
  std::string scheme, version, name;  // name = "scheme@version"
  std::string digest;                 // "sm3:<64 hex>" of the pack file's bytes
  PackStatus status = PackStatus::sourced;
  std::string insutype;
  std::vector<std::string> admdvs_prefixes;
  Day first_day;
  std::optional<Day> last_day;
  std::string title_zh, title_en;
};

// A file that was added to the built-in packs.
struct Added {
  std::string origin;     // the file or folder
  std::string kind;       // "pack", "supplement", "activation"
  std::string digest;     // "sm3:…" of its bytes (of the content where it is signed); "" for a folder
  std::string authority;  // "sm3:…" of the key that signed it; "" = not signed
};

// The policy that decides, or why there is none.  `what_if` is true where the claim forced a pack that is not the one
// in force on that day.
struct Chosen {
  const settlement::Policy* policy = nullptr;
  bool what_if = false;
};
struct NotChosen {
  settlement::Refusal refusal;
  std::string pack;  // the pack that the refusal is about, "" where there is none
};
using Choice = std::variant<Chosen, NotChosen>;

class PackSet {
 public:
  PackSet(PackSet&&) noexcept;
  PackSet& operator=(PackSet&&) noexcept;
  ~PackSet();

  // By name where the claim forces one, otherwise by the longest listed prefix of insuplc_admdvs, insutype and the day
  // of begntime.  Refusals: no_pack_for_scheme, pack_not_yet_in_force, pack_expired.  Cost: below 0.1 microseconds.
  Choice choose(const settlement::Claim& claim) const;

  // "scheme@version" on that day, whether in force or not; nullptr where it is not loaded.  Supplements may be limited
  // to persons insured in some places; "" leaves those out.
  const settlement::Policy* find(std::string_view name, Day day, std::string_view insuplc_admdvs = {}) const;

  // The days from which the rules of "scheme@version" differ, its first day first; empty where it is not loaded.
  std::vector<Day> changes(std::string_view name) const;

  const std::vector<PackInfo>& packs() const;
  const std::vector<Added>& added() const;

  // All rows of "scheme@version" on all their days, supplements included; nullptr where it is not loaded.
  const std::vector<DatedRow>* rows(std::string_view name) const;

 private:
  friend class PackSetBuilder;
  struct State;
  explicit PackSet(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

inline constexpr std::size_t signed_files_max = 200;

// Collects texts, then builds.  Use once.
class PackSetBuilder {
 public:
  PackSetBuilder();
  ~PackSetBuilder();

  // Packs of status `reported` are chosen by day only after this; otherwise only by name.
  PackSetBuilder& activate_reported();

  Result<void> add_built_in();
  // A folder of packs: DIR/<scheme>/<version>.json with DIR/<scheme>/sources.json.  A version that is loaded already is
  // replaced.
  Result<void> add_directory(const std::filesystem::path& directory);
  // One pack and the sources that its rows cite.  `origin` names it in messages.
  Result<void> add_pack(std::string_view text, std::string_view sources_text, std::string_view origin);
  // Region parameters: rows take the place of those of the same id, in all versions of a scheme, on their own days.
  Result<void> add_supplement(std::string_view text, std::string_view origin);
  // The same from a file, which may also be a signed file of any kind.
  Result<void> add_supplement_file(const std::filesystem::path& file);

  // From here on a signed file must be signed by one of these keys (65 bytes each).  Without this call any key will do:
  // then PackSet::added tells whose it was.
  PackSetBuilder& trust(std::vector<Bytes> authorities);
  // Troubles: not_signed, unknown_authority, signature_wrong, and those of the content.
  Result<void> add_signed(std::string_view text, std::string_view origin);
  // Every *.json of this folder, at most signed_files_max, in the order of their names (which changes nothing).
  Result<void> add_signed_directory(const std::filesystem::path& directory);

  // Troubles: supplement_without_row, conflict (two supplements give one row for one day, two schemes claim one place),
  // activation_of_other_bytes, not_valid.
  Result<PackSet> build();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The packs compiled into this program, reported ones not activated.  A failure is a bug (CHECK): tests load them.
PackSet built_in_packs(bool activate_reported = false);

}  // namespace gongji::packs
