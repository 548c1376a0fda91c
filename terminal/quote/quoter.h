// quoter.h — one claim's text in, one answer's text out: what `gongji quote` does with a line and the daemon with the
// body of POST /api/v1/quotes.  No hold, nothing kept.  Questions with a member `ask` are answered as
// docs/QUOTE_FORMS.md says.
#pragma once

#include <string>
#include <string_view>

#include "offline/packs/packs.h"
#include "offline/settlement/answer_json.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"

namespace gongji::terminal {

// Keeps its working memory between claims.  Not thread-safe: one a thread.  `packs` must outlive it.
class Quoter {
 public:
  enum class Kind : std::uint8_t { settled, refused, unusable };

  Quoter(const packs::PackSet& packs, settlement::AnswerStyle style) : packs_(packs), style_(style) {}

  // Appends the answer, without a line's end.
  Kind answer(std::string_view text, std::string& out);
  // The same where settlement::claim_padding_bytes behind `text` are readable: saves a copy.
  Kind answer_padded(std::string_view text, std::string& out);
  // The answer to a text that is too long to be kept.
  Kind answer_too_long(std::string& out);

 private:
  Kind finish(std::optional<settlement::ClaimError> error, std::string_view text, std::string& out);

  const packs::PackSet& packs_;
  settlement::AnswerStyle style_;
  settlement::ClaimReader reader_;
  settlement::Claim claim_;
  settlement::Settlement settlement_;
  settlement::SettlementMemory memory_;
};

}  // namespace gongji::terminal
