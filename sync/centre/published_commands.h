// published_commands.h — `gongji-centre pack publish|withdraw|list`, `terms publish|show`, `root new|switch|drop`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "sync/centre/service.h"

namespace gongji::centre {

class PublishedCommands {
 public:
  // This object must outlive `app`.
  void declare(CLI::App& app);
  bool named() const { return *pack_ || *terms_ || *root_; }
  const std::string& directory() const { return directory_; }
  // Exit status.  A server that runs on the same ledger takes up what was published with its next request.
  int run(CentreService& service, WallTime now) const;

 private:
  Result<void> work(CentreService& service, WallTime now) const;

  std::string directory_, file_, digest_;
  CLI::App *pack_ = nullptr, *terms_ = nullptr, *root_ = nullptr;
  CLI::App *publish_pack_ = nullptr, *withdraw_pack_ = nullptr, *list_packs_ = nullptr, *publish_terms_ = nullptr,
           *show_terms_ = nullptr, *new_root_ = nullptr, *switch_root_ = nullptr, *drop_root_ = nullptr;
};

}  // namespace gongji::centre
