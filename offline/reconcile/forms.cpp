#include "offline/reconcile/forms.h"

#include "offline/reconcile/print.h"

namespace gongji::reconcile {

Result<std::string> write_report(const Sheet& sheet, const Forms& forms, const WriteFile& write) {
  if (!forms.csv.empty()) {
    if (auto done = write(forms.csv, to_csv(sheet)); !done) return done.error();
  }
  if (!forms.html.empty()) {
    if (auto done = write(forms.html, to_html(sheet)); !done) return done.error();
  }
  return to_text(sheet);
}

}  // namespace gongji::reconcile
