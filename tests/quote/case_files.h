// case_files.h — the cases of tests/quote/cases: one file for each version of each scheme.
//
// A file has a `usual` claim and `cases`; a case tells in `claim` only what is different in it, by JSON pointer
// ("<remove>" leaves the member out).  `article` and `source` are those of the first of its `rows`, the rows of the
// pack that the case shows.
#pragma once

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/packs/pack_text.h"

namespace gongji::testing {

struct CaseFile {
  std::string path;
  nlohmann::json cases;  // each with `claim` written out and its id in it
};

inline nlohmann::json whole_claim(nlohmann::json claim, const nlohmann::json& changes) {
  for (const auto& [pointer, value] : changes.items()) {
    const nlohmann::json::json_pointer at(pointer);
    if (value == "<remove>") {
      claim[at.parent_pointer()].erase(at.back());
    } else {
      claim[at] = value;
    }
  }
  return claim;
}

inline std::vector<CaseFile> case_files() {
  std::vector<CaseFile> files;
  for (const auto& entry : std::filesystem::directory_iterator("tests/quote/cases")) {
    CaseFile file{entry.path().string(), nlohmann::json::array()};
    const auto text = nlohmann::json::parse(file_text(file.path));
    for (nlohmann::json each : text.at("cases")) {
      each["claim"] = whole_claim(text.at("usual"), each.at("claim"));
      each["claim"]["id"] = each.at("id");
      file.cases.push_back(std::move(each));
    }
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(), [](const CaseFile& a, const CaseFile& b) { return a.path < b.path; });
  return files;
}

}  // namespace gongji::testing
