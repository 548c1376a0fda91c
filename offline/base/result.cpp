#include "offline/base/result.h"

#include "offline/base/check.h"

namespace gongji {

std::string to_string(const Trouble& what, Language language) {
  GONGJI_CHECK(what.text != nullptr);
  const bool chinese = language == Language::zh;
  std::string out = "[";
  out += what.text->code;
  out += "] ";
  out += chinese ? what.text->zh : what.text->en;
  if (!what.path.empty() || !what.detail.empty()) {
    out += chinese ? "(" : " (";
    out += what.path;
    if (!what.path.empty() && !what.detail.empty()) out += ": ";
    out += what.detail;
    out += ')';
  }
  if (!chinese) out += ' ';
  out += chinese ? what.text->next_zh : what.text->next_en;
  return out;
}

void throw_exception_from_error(const Trouble& what, const boost::source_location& where) {
  check_failed("result has a value", where.file_name(), static_cast<int>(where.line()), to_string(what, Language::en));
}

}  // namespace gongji
