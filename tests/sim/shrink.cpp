#include "tests/sim/shrink.h"

#include <algorithm>
#include <functional>
#include <set>

#include "tests/sim/children.h"

namespace gongji::sim {

namespace {

std::string invariant_of(const std::string& broken) {
  return broken.substr(0, broken.find(':'));
}

class Shrinker {
 public:
  Shrinker(const Story& story, const std::string& broken, std::size_t runs_max)
      : best_{story, broken, 0}, runs_max_(runs_max) {}

  Shrunk run() {
    leave_out_days();
    for (std::size_t till = best_.story.setting.tills; till-- > 0;) {
      leave_out([till](const Happening& it) { return it.till == till; });
    }
    std::set<Does> kinds;
    for (const Happening& it : best_.story.happenings) kinds.insert(it.does);
    for (const Does kind : kinds) {
      if (kind == Does::open_shop || kind == Does::close_shop) continue;
      leave_out([kind](const Happening& it) { return it.does == kind; });
    }
    for (std::size_t size = best_.story.happenings.size() / 2; size > 0; size /= 2) leave_out_pieces(size);
    leave_out_pieces(1);  // what was needed by something that is gone now
    return best_;
  }

 private:
  bool try_it(const Story& smaller) {
    if (best_.runs >= runs_max_ || smaller.happenings.size() == best_.story.happenings.size()) return false;
    ++best_.runs;
    const Outcome outcome = run_in_child(smaller);
    if (invariant_of(outcome.broken) != invariant_of(best_.broken)) return false;
    best_.story = smaller;
    best_.broken = outcome.broken;
    return true;
  }

  bool leave_out(const std::function<bool(const Happening&)>& which) {
    Story smaller = best_.story;
    std::erase_if(smaller.happenings, which);
    return try_it(smaller);
  }

  void leave_out_days() {
    for (std::size_t days = 1; days < best_.story.setting.days; ++days) {
      Story smaller = best_.story;
      const milliseconds end = days * std::chrono::hours(24);
      std::erase_if(smaller.happenings, [end](const Happening& it) { return it.at >= end; });
      smaller.end = end;
      smaller.setting.days = days;
      if (try_it(smaller)) return;
    }
  }

  void leave_out_pieces(std::size_t size) {
    std::size_t from = best_.story.happenings.size();
    while (from > 0 && best_.runs < runs_max_) {
      from = std::min(from, best_.story.happenings.size());
      const std::size_t first = from > size ? from - size : 0;
      Story smaller = best_.story;
      smaller.happenings.erase(smaller.happenings.begin() + static_cast<std::ptrdiff_t>(first),
                               smaller.happenings.begin() + static_cast<std::ptrdiff_t>(from));
      try_it(smaller);
      from = first;
    }
  }

  Shrunk best_;
  std::size_t runs_max_;
};

}  // namespace

Shrunk shrink(const Story& story, const std::string& broken, std::size_t runs_max) {
  return Shrinker(story, broken, runs_max).run();
}

}  // namespace gongji::sim
