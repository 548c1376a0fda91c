// check_citations.cpp — every row cites an article of a text that its sources name, and every text is used.
#include <algorithm>
#include <set>

#include "offline/packs/lint/checks.h"

namespace gongji::packs {

void check_citations(const Material& material, Findings& out) {
  std::set<std::pair<std::string, std::string>> used;  // file of the sources, id
  for (const auto* files : {&material.packs, &material.supplements, &material.laws}) {
    for (const LintFile& file : *files) {
      const SourceList sources = material.sources_of(file);
      for (const LintRow& row : file.rows) {
        if (row.article.empty()) {
          out.add("citation", Severity::error, {row.place()}, "参数 " + row.id + " 没有写明条文。",
                  "Row " + row.id + " cites no article.");
        }
        const bool known = std::any_of(sources.ids.begin(), sources.ids.end(),
                                       [&row](const auto& each) { return each.first == row.source; });
        used.insert({sources.file, row.source});
        if (known || !sources.readable) continue;
        out.add("citation", Severity::error, {row.place(), {sources.file, "sources", row.source, {}, {}}},
                "参数 " + row.id + " 引用的来源 " + row.source + " 没有列出。",
                "Row " + row.id + " cites " + row.source + ", which is not among the sources.");
      }
    }
  }
  for (const auto* files : {&material.packs, &material.supplements, &material.laws}) {
    for (const LintFile& file : *files) {
      const SourceList sources = material.sources_of(file);
      for (const auto& [id, path] : sources.ids) {
        if (used.contains({sources.file, id})) continue;
        out.add("unused_source", Severity::warning, {{sources.file, path, id, {}, {}}}, "没有参数引用来源 " + id + "。",
                "No row cites source " + id + ".");
      }
    }
  }
}

}  // namespace gongji::packs
