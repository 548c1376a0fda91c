// service_holds.cpp — when what a hold set aside becomes free without a sale.
#include <algorithm>

#include "offline/record/hold_rules.h"
#include "sync/centre/service_detail.h"

namespace gongji::centre {

// Before the entries of this sync are booked, so that none of them finds set aside what nobody will ask for: the till
// gave it up, or its sale is among the entries and went ahead without it, or the process that asked has ended and no
// entry of it is to come that is not here.  What is left of them.
std::vector<Ledger::LiveHold> CentreService::free_unused_holds(const Terminal& terminal,
                                                               const protocol::SyncRequest& request) {
  std::vector<Ledger::LiveHold> left;
  const record::Opening here{request.run, request.run_from};
  const std::uint64_t last = request.from + request.entries.size() - 1;
  for (auto& hold : ledger().live_holds(terminal.terminal)) {
    bool unused = std::find(request.released_holds.begin(), request.released_holds.end(), hold.hold_id) !=
                  request.released_holds.end();
    if (hold.epoch == terminal.epoch) {  // another log may still be brought in
      if (const auto backing = booking_.backing_id_of(hold.sale_id)) {
        unused = *backing != hold.hold_id;
      } else {
        unused = unused || (record::is_earlier(hold.opening, here, last) && record::has_all_before(here, last));
      }
    }
    if (unused) {
      ledger().close_hold(hold.hold_id, false);
    } else {
      left.push_back(std::move(hold));
    }
  }
  return left;
}

// Where the log has passed the hold's last moment, or was sent to its end after it.  What stays open of this log.
std::vector<std::string> CentreService::free_expired_holds(const Terminal& terminal,
                                                           const protocol::SyncRequest& request,
                                                           const std::vector<Ledger::LiveHold>& live,
                                                           WallTime last_entry_at, WallTime now) {
  std::vector<std::string> open;
  for (const auto& hold : live) {
    if (hold.epoch != terminal.epoch) continue;  // of a log that may still be brought in
    const WallTime over = hold.expires.plus(hold_grace);
    if (now > over && (request.entries.empty() || last_entry_at > over)) {
      ledger().close_hold(hold.hold_id, false);
    } else {
      open.push_back(hold.hold_id);
    }
  }
  return open;
}

void CentreService::free_released_holds(const Terminal& terminal, const std::vector<std::string>& released) {
  for (const auto& hold_id : released) {
    const auto hold = ledger().find_hold(hold_id);
    if (hold && hold->live && hold->terminal == terminal.terminal) ledger().close_hold(hold_id, false);
  }
}

// What earlier openings of this journal asked for and did not use, where all of their entries are here.  How many
// holds of this terminal are live then.
std::size_t CentreService::free_left_behind(const Terminal& terminal, const record::Opening& asking) {
  const auto holds = ledger().live_holds(terminal.terminal);
  std::size_t live = holds.size();
  if (!record::has_all_before(asking, terminal.last_seq)) return live;
  for (const auto& hold : holds) {
    if (hold.epoch != terminal.epoch || !record::is_earlier(hold.opening, asking, 0)) continue;
    ledger().close_hold(hold.hold_id, false);
    --live;
  }
  return live;
}

}  // namespace gongji::centre
