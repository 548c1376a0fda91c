// print.h — the cells of a sheet in three forms.  Pure; any thread.
#pragma once

#include <string>

#include "offline/reconcile/sheet.h"

namespace gongji::reconcile {

// For a screen or a printer: columns in line, Chinese characters two wide; notes below their row.
std::string to_text(const Sheet& sheet);

// RFC 4180 in UTF-8 with a byte order mark (spreadsheets know Chinese by it); the tables one below another, notes as
// further columns.  A cell that a spreadsheet would take for a formula gets an apostrophe before it.
std::string to_csv(const Sheet& sheet);

// One page that needs nothing from anywhere else: no script, no font, no image, no address.
std::string to_html(const Sheet& sheet);

}  // namespace gongji::reconcile
