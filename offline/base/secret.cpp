#include "offline/base/secret.h"

#include <string.h>

#include <ostream>
#include <vector>

namespace gongji {
namespace {

void wipe(std::string& text) {
  if (!text.empty()) ::explicit_bzero(text.data(), text.size());
  text.clear();
}

}  // namespace

Secret::Secret(Secret&& other) noexcept : text_(std::move(other.text_)) {
  wipe(other.text_);
}

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe(text_);
    text_ = other.text_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(text_);
    text_ = std::move(other.text_);
    wipe(other.text_);
  }
  return *this;
}

Secret::~Secret() {
  wipe(text_);
}

std::string Secret::masked() const {
  std::vector<std::string_view> characters;  // UTF-8 sequences
  const std::string_view text = text_;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    characters.push_back(text.substr(i, end - i));
    i = end;
  }
  if (characters.empty()) return "";
  if (characters.size() == 1) return "*";
  std::string out(characters.front());
  if (characters.size() == 2) return out + "*";
  out += "***";
  out += characters.back();
  return out;
}

std::ostream& operator<<(std::ostream& out, const Secret& secret) {
  return out << secret.masked();
}

}  // namespace gongji
