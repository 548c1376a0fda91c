// operator_commands.h — what an officer asks of the ledger, and does to it: `gongji-centre ledger|family|grant|people`
// and `terminal list|show`.  docs/LEDGER.md.
//
// The work is elsewhere (operations.h, ledger.h); here words become calls, and what comes of them text or JSON.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>
#include <vector>

#include "sync/centre/operations.h"
#include "sync/centre/service.h"

namespace gongji::centre {

class OperatorCommands {
 public:
  // Declares them below `app`; `terminal` is its command of that name.  This object outlives both.
  void declare(CLI::App& app, CLI::App& terminal);
  bool named() const { return find() != nullptr; }
  const std::string& directory() const { return directory_; }
  // The exit status.  Requires named().
  int run(CentreService& service, WallTime now) const;

 private:
  using Work = std::function<Result<int>(Ledger&, WallTime)>;
  struct Declared {
    CLI::App* app;
    Work work;
  };

  void declare_ledger(CLI::App& app);
  void declare_family(CLI::App& app);
  void declare_lists(CLI::App& app, CLI::App& terminal);
  CLI::App* add(CLI::App& group, const char* name, const char* what, Work work);
  CLI::App* add_operation(CLI::App& group, const char* name, const char* what,
                          std::function<Result<OperationDone>(Ledger&, WallTime)> work);
  const Declared* find() const;
  int print(const OperationDone& done) const;
  Result<int> check(Ledger& ledger) const;
  Result<int> list_operations(Ledger& ledger) const;
  Result<int> list_terminals(Ledger& ledger) const;
  std::vector<StandingGrant> named_grants(Ledger& ledger) const;
  Result<int> list_grants(Ledger& ledger) const;
  Result<int> recall_grants(Ledger& ledger, WallTime now) const;
  Result<int> list_people(Ledger& ledger) const;
  Result<OperationDone> run_accrue(Ledger& ledger, WallTime now) const;

  std::vector<Declared> declared_;
  OperationWish wish_;
  std::string directory_, terminal_, person_, owner_, heir_, file_, amount_, grant_, relation_ = "other";
  bool json_ = false, without_limit_ = false;
};

}  // namespace gongji::centre
