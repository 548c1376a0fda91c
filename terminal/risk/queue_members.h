// queue_members.h — the queue's figures as members of a JSON object; the same for `gongji queue --json` and the status.
#pragma once

#include "offline/base/clock.h"
#include "offline/journal/journal.h"
#include "terminal/json_text.h"

namespace gongji::terminal {

JsonText& add_queue(JsonText& text, const journal::QueueSummary& summary, WallTime now);

}  // namespace gongji::terminal
