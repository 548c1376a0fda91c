// references.h — every place of a pack that names a row; inside lint only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "offline/packs/lint/material.h"

namespace gongji::packs {

struct Reference {
  std::string path;       // "benefits.list[0].stages[1].rows.1.on_job"
  std::string row;        // id
  std::string_view unit;  // that the place demands; "" = any
};
std::vector<Reference> references_of(const LintFile& pack);
// The same of an account law.
std::vector<Reference> law_references_of(const LintFile& law);

}  // namespace gongji::packs
