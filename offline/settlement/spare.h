// spare.h — keeps the memory of list elements that are not needed now, for whoever fills the same lists again and
// again.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace gongji::settlement {

// Elements that were cut off a list.  They come back with what they held, so that their texts need no new memory: the
// caller overwrites every member.  It is no part of the value beside which it stands: a copy begins empty, any two are
// equal.
template <class T>
class Spare {
 public:
  Spare() = default;
  Spare(const Spare&) noexcept {}
  Spare(Spare&&) noexcept = default;
  Spare& operator=(const Spare&) noexcept { return *this; }
  Spare& operator=(Spare&&) noexcept = default;
  ~Spare() = default;
  bool operator==(const Spare&) const { return true; }

  // The element behind the first `count`, for index == count; lists grow by one at a time.
  T& at(std::vector<T>& list, std::size_t index) {
    if (index < list.size()) return list[index];
    if (kept_.empty()) return list.emplace_back();
    list.push_back(std::move(kept_.back()));
    kept_.pop_back();
    return list.back();
  }
  // Leaves the first `count`.
  void cut(std::vector<T>& list, std::size_t count) {
    while (list.size() > count) {
      kept_.push_back(std::move(list.back()));
      list.pop_back();
    }
  }
  T& fill(std::optional<T>& place) {
    if (place.has_value()) return *place;
    if (kept_.empty()) return place.emplace();
    place.emplace(std::move(kept_.back()));
    kept_.pop_back();
    return *place;
  }
  void empty(std::optional<T>& place) {
    if (!place.has_value()) return;
    kept_.push_back(std::move(*place));
    place.reset();
  }

 private:
  std::vector<T> kept_;
};

}  // namespace gongji::settlement
