// asked_holds.h — what sales that are not finished have asked the centre to set aside.
//
// One till serves several desks.  While a sale waits for its hold, or has it and is not written yet, the journal knows
// nothing of it; another sale from the same account (the same person with another credential, a relative) must not be
// promised the same money.  What is written is the journal's: a sale leaves this list in the turn that writes it.
//
// Threads: any.
#pragma once

#include <list>
#include <mutex>
#include <vector>

#include "offline/settlement/claim.h"
#include "sync/protocol/messages.h"

namespace gongji::terminal {

class AskedHolds {
 public:
  // From the question on; its end ends it, where end() has not.
  class Asked {
   public:
    Asked(AskedHolds& owner, protocol::HoldRequest request);
    ~Asked();
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;

   private:
    AskedHolds& owner_;
    Id sale_id_;
  };

  void end(const Id& sale_id);
  // Takes what was asked for off the accounts that a sale of this person could use; none falls below zero.
  void take_off(const std::string& psn_no, std::vector<settlement::Account>& accounts) const;

 private:
  mutable std::mutex lock_;
  std::list<protocol::HoldRequest> asked_;
};

}  // namespace gongji::terminal
