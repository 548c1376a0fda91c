// prescription_commands.h — `gongji-centre prescription add|list|withdraw`: what was prescribed, and what is left of
// it.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

#include "sync/centre/service.h"

namespace gongji::centre {

class PrescriptionCommands {
 public:
  // Declares them below `app`; this object outlives it.
  void declare(CLI::App& app);
  bool named() const { return group_ != nullptr && group_->parsed(); }
  const std::string& directory() const { return directory_; }
  // The exit status.  Requires named().
  int run(CentreService& service, WallTime now) const;

 private:
  Result<void> add(CentreService& service, WallTime now) const;
  Result<void> list(CentreService& service) const;

  CLI::App *group_ = nullptr, *add_ = nullptr, *list_ = nullptr, *withdraw_ = nullptr;
  std::string directory_, file_, person_, number_;
  bool json_ = false;
};

}  // namespace gongji::centre
