// children.h — worlds in processes of their own: several at once, and none takes the others with it when it stops.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "tests/sim/world.h"

namespace gongji::sim {

// Runs stories, at most `at_once` at a time; `next` gives them (false: no more), `ended` gets each outcome with what
// `next` gave.  Outcomes come in no certain order.  A process that stops by itself gives "the_process_goes_on" and its
// last words.
struct Given {
  Story story;
  std::string trace_file;  // "" is none
};
void run_in_children(std::size_t at_once, const std::function<bool(Given&)>& next,
                     const std::function<void(const Given&, const Outcome&)>& ended);

// One story.
Outcome run_in_child(const Story& story);

}  // namespace gongji::sim
