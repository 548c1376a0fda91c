// check_confidence.cpp — what a reader of the rules must know: values found only in reports, decisions of ours where
// the texts are silent, and what the texts leave open.
#include "offline/packs/lint/checks.h"

namespace gongji::packs {

namespace {

void value_left_open(const LintFile& file, const LintRow& row, Findings& out) {
  if (file.kind == FileKind::pack) {
    // A supplement may have given it for all of its days.
    bool open = false;
    for (const LintRow& now : file.effective) {
      open = open || (now.id == row.id && now.unset && now.file == row.file && now.path == row.path);
    }
    if (!open) return;
  }
  const bool law = file.kind == FileKind::account_law;
  out.add(
      "unset", Severity::note, {row.place()},
      "原文没有给出 " + row.id + (law ? "；问到它时会被拒绝。" : "；需要它的结算会被拒绝，直到补充包给出。") + row.note,
      "The texts do not give " + row.id +
          (law ? "; asking for it is refused. " : "; a sale that needs it is refused until a supplement gives it. ") +
          row.note);
}

}  // namespace

void check_confidence(const Material& material, Findings& out) {
  for (const auto* files : {&material.packs, &material.supplements, &material.laws}) {
    for (const LintFile& file : *files) {
      for (const LintRow& row : file.rows) {
        if (row.confidence == "reported") {
          out.add("reported", Severity::note, {row.place()}, "据报道，未与文件核对：" + row.note,
                  "Reported, not checked against a document: " + row.note);
        } else if (row.confidence == "decision") {
          out.add("decision", Severity::note, {row.place()}, "原文未写明，由我们决定：" + row.note,
                  "A decision of ours where the text is silent: " + row.note);
        }
        if (row.unset) value_left_open(file, row, out);
      }
    }
  }
}

}  // namespace gongji::packs
