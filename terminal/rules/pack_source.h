// pack_source.h — the set of rules that decides now, for whoever settles.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "offline/packs/packs.h"

namespace gongji::terminal {

// A value; any thread.  Whoever takes a policy out of the set keeps what now() returned as long as the policy.
class PackSource {
 public:
  using Set = std::shared_ptr<const packs::PackSet>;

  // A set that is never exchanged; it must outlive this.
  PackSource(const packs::PackSet& set)  // NOLINT(google-explicit-constructor)
      : now_([fixed = Set(Set(), &set)] { return fixed; }) {}
  explicit PackSource(std::function<Set()> now) : now_(std::move(now)) {}

  Set now() const { return now_(); }

 private:
  std::function<Set()> now_;
};

}  // namespace gongji::terminal
