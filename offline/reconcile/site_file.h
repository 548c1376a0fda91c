// site_file.h — one side's lines as a file, to hand to the other: CSV in UTF-8, one line a sale, amounts in yuan.
//
//   gongji-lines,1,P42010000001,2026-11-22,T-000001,1
//   terminal,epoch,seq,sale_id,msgid,insutype,clr_type,state,medfee,fund,account,family,cash
//   T-000001,1,17,01KB…,4201…,310,41,accepted,54.23,41.22,13.01,0.00,0.00
//
// No personal data stands in it.  Whoever reads it believes it as far as the entries at the centre bear it out: it is
// for finding differences, and settles none.  Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "offline/base/result.h"
#include "offline/reconcile/line.h"

namespace gongji::reconcile {

inline constexpr std::size_t site_lines_max = 100'000;
inline constexpr std::size_t site_file_bytes_max = 32u << 20;

// `terminal`: whose side it is.
std::string write_site_file(const Side& side, std::string_view terminal);

struct SiteFile {
  Side side;
  std::string terminal;
};
// Errors: site_file_invalid, with the line that is wrong.
Result<SiteFile> read_site_file(std::string_view text);

}  // namespace gongji::reconcile
