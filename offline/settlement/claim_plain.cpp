#include "offline/settlement/claim_plain.h"

#include <simdjson.h>

namespace gongji::settlement::scan {

bool read_plain(std::string_view text, Claim& out, ClaimMemory& memory) {
  ClaimParse<PlainScan> parse(out, memory, text);
  PlainScan::Value whole;
  return parse.claim(whole) && parse.at_end() && (parse.only_ascii() || simdjson::validate_utf8(text));
}

}  // namespace gongji::settlement::scan
