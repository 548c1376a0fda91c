// person.h — the invented holders of virtual cards.
#pragma once

#include <map>
#include <string>

#include "offline/base/day.h"
#include "offline/base/result.h"

namespace gongji::card::vcard {

inline constexpr TroubleText persons_unreadable{"G3050", "虚拟卡的人员文件无法读取", "请检查 persons.json",
                                                "the virtual card's file of persons cannot be used",
                                                "compare it with card/vcard/persons.json"};

// Plain text on purpose: nobody here is real.
struct Person {
  std::string name;
  std::string certno;  // 18 characters
  std::string gend;    // "1", "2", "9"
  std::string naty;    // two digits
  Day brdy;
  std::string card_no;          // 9 characters
  std::string card_identifier;  // 32 hex digits
  std::string version;          // "" (a 1.0x card), "1.00", "2.00", "3.00"
  Day issued;
  Day expires;
};

using Persons = std::map<std::string, Person>;  // by key, e.g. "wang-fang"

// Troubles: persons_unreadable (path: the file, or the person's key and field).
Result<Persons> load_persons(const std::string& file);

}  // namespace gongji::card::vcard
