// secret.h — personal data hides itself.
//
// Names, ID numbers, card numbers and tokens live in Secret.  Streaming or formatting a Secret prints a mask; the
// plain text is had only by saying so: `reveal()`.  Memory is wiped when the value dies.
//
// Secret does not encrypt: at rest the sealed part of an entry does (offline/seal).
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace gongji {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }
  // First and last character with stars between ("张*", "4***X"); never more than two characters of the original.
  std::string masked() const;

  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

std::ostream& operator<<(std::ostream& out, const Secret& secret);  // the mask

}  // namespace gongji
