// credential_commands.h — `gongji-centre voucher …` and `gongji-centre stop …`: what an operator does about
// credentials.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>

#include "sync/centre/service.h"

namespace gongji::centre {

class CredentialCommands {
 public:
  // Declares both in `app`.
  explicit CredentialCommands(CLI::App& app);
  ~CredentialCommands();

  // The folder of the command that was given; nullptr where it was none of these.
  const std::string* directory() const;
  // Does it; prints to standard output.  Requires directory() != nullptr.
  Result<void> run(CentreService& service, WallTime now);

 private:
  struct Given;
  std::unique_ptr<Given> given_;
};

}  // namespace gongji::centre
