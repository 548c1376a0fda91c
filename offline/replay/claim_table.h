// claim_table.h — CSV with a row a claim (RFC 4180, UTF-8, LF), amounts in yuan.  No person, no line of goods.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "offline/base/result.h"
#include "offline/replay/replay.h"

namespace gongji::replay {

class ClaimTable {
 public:
  // Makes the file anew.  Error: unwritable.
  static Result<ClaimTable> make(const std::filesystem::path& file);
  Result<void> add(const ClaimRow& row);
  Result<void> finish();

 private:
  ClaimTable(std::ofstream out, std::string file) : out_(std::move(out)), file_(std::move(file)) {}
  Result<void> flush();

  std::ofstream out_;
  std::string file_;
  std::string text_;
};

}  // namespace gongji::replay
