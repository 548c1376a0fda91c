// forms.h — where the report goes: text to print, and files of the two other forms.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "offline/reconcile/sheet.h"

namespace gongji::reconcile {

// Names of files; "" = not wanted.
struct Forms {
  std::string csv, html;
};
// How a program writes a file: whole or not at all.
using WriteFile = std::function<Result<void>(const std::string& file, std::string_view bytes)>;

// The text, after the files were written.  Errors: those of `write`.
Result<std::string> write_report(const Sheet& sheet, const Forms& forms, const WriteFile& write);

}  // namespace gongji::reconcile
