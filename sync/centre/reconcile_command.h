// reconcile_command.h — `gongji-centre reconcile`: a site's day against the files that its tills handed in.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "offline/reconcile/forms.h"
#include "sync/centre/service.h"

namespace gongji::centre {

class ReconcileCommand {
 public:
  // Declares it below `app`; this object outlives it.
  void declare(CLI::App& app);
  bool named() const { return command_ != nullptr && command_->parsed(); }
  const std::string& directory() const { return directory_; }
  // The exit status: 0 balanced, 1 trouble, 3 not balanced.  Requires named().
  int run(CentreService& service) const;

 private:
  Result<int> compare(CentreService& service) const;

  CLI::App* command_ = nullptr;
  std::string directory_, language_ = "zh";
  std::vector<std::string> files_;
  reconcile::Forms forms_;
};

}  // namespace gongji::centre
