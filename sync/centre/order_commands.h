// order_commands.h — `gongji-centre order issue|list|withdraw`: what an authority officer does in an emergency.
#pragma once

#include <CLI/CLI.hpp>

#include <string>

#include "sync/centre/service.h"

namespace gongji::centre {

class OrderCommands {
 public:
  // Declares them below `app`; this object outlives it.
  void declare(CLI::App& app);
  bool named() const { return order_ != nullptr && order_->parsed(); }
  const std::string& directory() const { return directory_; }
  // The exit status.  Requires named().
  int run(CentreService& service, WallTime now) const;

 private:
  Result<void> issue(CentreService& service, WallTime now) const;
  Result<void> withdraw(CentreService& service, WallTime now) const;
  Result<void> list(CentreService& service, WallTime now) const;
  Result<void> hand_out(const record::Signed& item) const;

  CLI::App *order_ = nullptr, *issue_ = nullptr, *list_ = nullptr, *withdraw_ = nullptr;
  std::string directory_, file_, replaces_, id_, out_;
};

}  // namespace gongji::centre
