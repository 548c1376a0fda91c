// words.h — a phrase in both languages, and the names of what packs name by id.
#pragma once

#include <string>
#include <string_view>

#include "offline/base/result.h"

namespace gongji::review {

struct Words {
  std::string zh, en;

  const std::string& in(Language language) const { return language == Language::zh ? zh : en; }
  bool empty() const { return zh.empty(); }
  bool operator==(const Words&) const = default;
  Words& operator+=(const Words& other) {
    zh += other.zh;
    en += other.en;
    return *this;
  }
};
inline Words operator+(Words a, const Words& b) {
  return a += b;
}
// The same in both languages.
inline Words both(const std::string& text) {
  return {text, text};
}

// "retired" -> 退休 / retired; an id that is not known stands for itself.
Words category_words(std::string_view id);
Words benefit_words(std::string_view id);
Words med_type_words(std::string_view med_type);
Words group_words(std::string_view group);  // of premiums

// Joined by 、 and ", ".
class WordList {
 public:
  void add(const Words& words);
  const Words& words() const { return words_; }

 private:
  Words words_;
};

}  // namespace gongji::review
