// version.h — which policy decides a claim under one side of a replay.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "offline/packs/packs.h"

namespace gongji::replay {

inline constexpr std::string_view in_force = "in-force";

class Version {
 public:
  // "scheme@version": that one, for every claim on every day; "in-force": chosen for each claim by place, scheme and
  // day. Error: unknown_version.  `packs` must outlive it.
  static Result<Version> of(const packs::PackSet& packs, std::string_view name);

  // Requires claim.pack == nullopt.
  packs::Choice choose(const settlement::Claim& claim) const;
  const std::string& name() const { return name_; }

 private:
  Version(const packs::PackSet& packs, std::string_view name) : packs_(&packs), name_(name) {}
  const packs::PackSet* packs_;
  std::string name_;
};

}  // namespace gongji::replay
