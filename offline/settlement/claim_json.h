// claim_json.h — claims from JSON text and back, as docs and `gongji quote` describe them.
//
// Strict: unknown members, duplicates, broken UTF-8, signs, exponents and trailing text are errors that name the path.
// Amounts may be JSON strings or numbers; numbers are read from their text, never through a double.
// The whole text must be one claim object: that is a line of `gongji quote` and the body of POST /api/v1/quotes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "offline/base/result.h"
#include "offline/settlement/claim.h"
#include "offline/settlement/policy.h"

namespace gongji::settlement {

inline constexpr std::size_t claim_text_bytes_max = 1 << 20;

// Text that is not JSON (or repeats a member) is bad_json whatever else is wrong.  Otherwise the first fault in the
// order of the text is reported; a missing member counts where its object ends, a line's amount where its line ends.
enum class ClaimFault : std::uint8_t {
  bad_json,
  missing,
  unknown_member,
  bad_value,
  line_amount_mismatch,
  out_of_range,
  too_many_lines,
};
std::string_view name_of(ClaimFault fault);  // "bad_json"

struct ClaimError {
  ClaimFault fault = ClaimFault::bad_json;
  std::optional<std::string> id;  // the claim's id where it could be read
  std::string path;               // "lines[0].pric"; "" = the whole text
  std::string message_zh, message_en;
  bool operator==(const ClaimError&) const = default;
};

// Bytes that must be readable (any content) behind a text given to ClaimReader::read_padded.
inline constexpr std::size_t claim_padding_bytes = 64;

// Reads claims one after another and keeps its working memory.  Not thread-safe: one reader a thread.
class ClaimReader {
 public:
  ClaimReader();
  ~ClaimReader();
  ClaimReader(ClaimReader&&) noexcept;
  ClaimReader& operator=(ClaimReader&&) noexcept;

  // Fills `out` (whose memory is used again) or tells the fault; after a fault `out` is unspecified.
  std::optional<ClaimError> read(std::string_view text, Claim& out);
  // Without copying: claim_padding_bytes behind `text` must be readable.
  std::optional<ClaimError> read_padded(std::string_view text, Claim& out);

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

// The fault of a text above claim_text_bytes_max, for callers that did not keep it.
ClaimError text_too_long();

// One claim, for callers that read few.
std::variant<Claim, ClaimError> claim_from_json(std::string_view text);

// What only the pack can tell is wrong with a claim from outside; callers ask before they settle.  In order: a counter
// in `ytd` that the policy does not know is unknown_member (it would be taken for zero); a family account without a
// scheme is missing one where the patient's own scheme has no family accounts.
std::optional<ClaimError> counters_fault(const Claim& claim, const Policy& policy);

// All members, in the order of claim.h, amounts as strings; claim_from_json reads it back to an equal Claim.
std::string claim_to_json(const Claim& claim);

}  // namespace gongji::settlement
