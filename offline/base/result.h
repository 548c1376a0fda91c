// result.h — trouble: what went wrong outside the law, and what a person does next.
//
// Three families, never mixed.  A refusal (the law or a limit says no) is a value of the module that refuses.  Trouble
// (bad input, disk, network, reader) is the error side of a Result.  A bug is a GONGJI_CHECK (check.h).
//
// Each module keeps its texts in one table (`<module>/troubles.h`): a stable code, one sentence and one next step, in
// Chinese and English.  Code ranges: G1xxx input, G2xxx packs and catalogue, G3xxx card and scanner, G4xxx seal,
// storage and journal, G5xxx sync, link and centre, G6xxx terminal.  A code is printed on screens and kept in logs:
// give new ones a new number, never reuse one.
#pragma once

#include <boost/system/result.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace gongji {

enum class Language : unsigned char { zh, en };

// One row of a module's table.  Static data: the views outlive every Trouble.
struct TroubleText {
  std::string_view code;  // "G3004"
  std::string_view zh;    // one sentence: what happened
  std::string_view next_zh;
  std::string_view en;
  std::string_view next_en;
};

struct Trouble {
  const TroubleText* text = nullptr;
  std::string path;    // the field or thing it concerns, "" where there is none: "lines[2].pric", "reader 0"
  std::string detail;  // particulars without personal data: "got 201, limit 200", "SQLITE_FULL"
};

template <class T>
using Result = boost::system::result<T, Trouble>;

inline Trouble trouble(const TroubleText& text, std::string path = {}, std::string detail = {}) {
  return Trouble{&text, std::move(path), std::move(detail)};
}

// "[G3004] <sentence> (<path>: <detail>) <next step>"
std::string to_string(const Trouble& what, Language language);

// Called by result.value() when nobody looked at the error: that is a bug, so it is a GONGJI_CHECK.
[[noreturn]] void throw_exception_from_error(const Trouble& what, const boost::source_location& where);

}  // namespace gongji
