// broken.h — something that must hold whatever happens does not.
#pragma once

#include <stdexcept>
#include <string>

namespace gongji::sim {

class Broken : public std::runtime_error {
 public:
  // `invariant`: one of the names in docs/SIMULATION.md.
  Broken(const std::string& invariant, const std::string& what) : std::runtime_error(invariant + ": " + what) {}
};

inline void must(bool holds, const char* invariant, const std::string& what) {
  if (!holds) throw Broken(invariant, what);
}

}  // namespace gongji::sim
