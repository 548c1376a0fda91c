// prescription.h — what a prescription lets a sale take.  Values and pure functions; any thread.
//
// The region's register holds each prescription as it was written for a person: where it may be filled, on which days,
// which drugs or categories, how much of each.  A sale is weighed against it twice: at the hold, line up, where it can
// still be refused at the counter; and at the sync, for what was sold without the line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/day.h"
#include "offline/base/result.h"
#include "offline/settlement/claim.h"
#include "sync/protocol/messages.h"

namespace gongji::centre {

inline constexpr std::size_t prescription_items_max = 50;
inline constexpr std::size_t prescription_file_bytes_max = 1u << 20;

struct PrescriptionItem {
  std::string code;  // med_list_codg, or its beginning: a category
  settlement::Quantity quantity;
};

struct Prescription {
  std::string number, psn_no;
  std::uint8_t site_type = 0;  // fixmedins_type where it may be filled; 0: anywhere
  Day from, until;             // both included
  bool withdrawn = false;
  std::vector<PrescriptionItem> items;
};

struct PrescriptionLeft {
  Prescription prescription;
  std::vector<settlement::Quantity> left;  // by item
};

// Why a sale of this person at such a site on that day cannot be made on it, "" where it can: prescription_unknown
// (none of this number, another person's, or withdrawn), prescription_not_here, prescription_expired.
std::string_view fault_of(const std::optional<Prescription>& prescription, const std::string& psn_no,
                          std::uint8_t site_type, Day served);

// What the goods take of each item, of which so much is left; the most exact code first.  The reason where it cannot
// be: prescription_other_goods, prescription_used_up.
struct Allotted {
  std::vector<settlement::Quantity> taken;  // by item
  std::string_view reason;
};
Allotted allot(const Prescription& prescription, std::vector<settlement::Quantity> left,
               const std::vector<protocol::Goods>& goods);

std::vector<protocol::Goods> goods_of(const settlement::Claim& claim);

// {"prescriptions": [{"number", "psn_no", "site_kind": "any" | "clinic" | "pharmacy", "from", "until",
//  "items": [{"code", "quantity"}]}]}.  Errors: prescription_invalid with the path.
Result<std::vector<Prescription>> read_prescriptions(std::string_view text);

}  // namespace gongji::centre
