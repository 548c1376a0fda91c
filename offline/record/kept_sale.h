// kept_sale.h — what holds of the sale that stands in the place of an earlier one after goods came back.  Till and
// centre ask it alike.  Pure; any thread.
//
// Because it takes nothing from anybody that the earlier sale did not, whatever stood behind that one stands behind it:
// a partial refund needs no new promise, and can be answered without the centre.
#pragma once

#include "offline/record/entry.h"

namespace gongji::record {

// True where `kept` is settled for the same person, visit, moment and site, with the same pack, as `whole`; has no line
// that `whole` has not, nor more of one; and takes no more of the fund, of any account or of any counter, nor by
// another backing.  Cash is not looked at.
bool keeps_within(const Sale& kept, const Sale& whole);

}  // namespace gongji::record
