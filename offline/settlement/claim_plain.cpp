#include "offline/settlement/claim_plain.h"

#include <simdjson.h>

namespace gongji::settlement::scan {

bool read_plain(std::string_view text, Claim& out, ClaimMemory& memory) {
  ClaimParse<PlainScan> parse(out, memory, text);
  PlainScan::Value value{text.data()};
  parse.blanks(value);
  return parse.claim(value) && parse.is_end(value) && (is_ascii(value.seen) || simdjson::validate_utf8(text));
}

}  // namespace gongji::settlement::scan
