// vectors.h — golden vectors: claims laid out systematically from a pack's rules, the answers to them, and why.
//
// Same pack, same bytes: nothing is drawn by chance.  Every claim forces its pack by name, but for those that show how
// a pack is chosen; a version that is not in force answers with "what_if".
//
// Thread safety: pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "offline/packs/packs.h"

namespace gongji::vectors {

struct Vector {
  std::string name;                                 // "op/level_1/on_job/deductible-exact"; also the claim's id
  std::string why_zh, why_en;                       // what it shows
  std::string claim, answer;                        // JSON, as `gongji quote` reads and writes them
  std::vector<std::string> explain_zh, explain_en;  // a sentence a step, or the refusal's message
};

// Requires a pack of the set (CHECK).  Cost: some milliseconds.
std::vector<Vector> make_vectors(const packs::PackSet& packs, const packs::PackInfo& pack);

// {"name":…,"why_zh":…,"why_en":…,"claim":{…},"answer":{…},"explain":{"zh":[…],"en":[…]}} without a line's end.
std::string to_json_line(const Vector& vector);

// The answer to one claim's text, as `gongji quote` gives it; what a vendor compares with.
struct Answered {
  std::string answer;
  std::vector<std::string> explain_zh, explain_en;
};
Answered answer_claim(const packs::PackSet& packs, std::string_view claim);

}  // namespace gongji::vectors
