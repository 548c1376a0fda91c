// pack_fuzz.cpp — any text as a pack or a supplement: what loads must settle, add up and explain itself.
//
// Random bytes are hardly ever a pack.  So text that does not begin with a brace is a list of edits of a built-in pack:
// the first byte picks the pack, then four bytes an edit (where, where, what, with).
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "offline/packs/built_in.h"
#include "offline/packs/packs.h"
#include "offline/settlement/answer_json.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"
#include "tests/fuzz/sample_claims.h"
#include "tests/settlement/filled.h"
#include "tests/settlement/identities.h"

using namespace gongji;
using namespace gongji::settlement;

namespace {

// The sources of all built-in schemes in one list, so that any seed finds what its rows cite.
std::string all_sources() {
  std::string list;
  std::vector<std::string_view> seen;
  for (const packs::BuiltInPack& pack : packs::built_in_texts()) {
    if (std::find(seen.begin(), seen.end(), pack.sources) != seen.end()) continue;
    seen.push_back(pack.sources);
    const std::size_t begin = pack.sources.find('[') + 1;
    const std::size_t end = pack.sources.rfind(']');
    list.append(list.empty() ? "" : ",").append(pack.sources.substr(begin, end - begin));
  }
  return R"({"format":"gongji.sources.v1","sources":[)" + list + "]}";
}

void require(const std::string& broken, const Claim& claim, const Policy& policy) {
  if (broken.empty()) return;
  std::fprintf(stderr, "broken: %s\npack: %s\nclaim: %s\n", broken.c_str(), policy.name.c_str(),
               claim_to_json(claim).c_str());
  std::abort();
}

// Every value of the document, parents before children.
void collect(nlohmann::json& node, std::vector<nlohmann::json*>& out) {
  out.push_back(&node);
  if (node.is_structured()) {
    for (nlohmann::json& child : node) collect(child, out);
  }
}

void edit(nlohmann::json& pack, std::uint16_t where, std::uint8_t what, std::uint8_t with) {
  std::vector<nlohmann::json*> nodes;
  collect(pack, nodes);
  nlohmann::json& node = *nodes[where % nodes.size()];
  static constexpr std::int64_t numbers[] = {0,      1,      2,       99,      100,       101,       4'999,
                                             10'000, 50'000, 500'000, 999'999, 1'000'000, 1'000'001, 999'999'999'999};
  static constexpr const char* words[] = {
      "1",       "2",        "unranked",      "pharmacy",    "year",           "settlement", "code",      "all",
      "level",   "category", "hifob",         "hifp",        "as_usual",       "unset",      "by_line",   "fixed",
      "current", "prior",    "no_fund_share", "not_in_pack", "does_not_count", "own_slot",   "2999-12-31"};
  switch (what % 8) {
    case 0:
      node = numbers[with % std::size(numbers)];
      break;
    case 1:
      node = nullptr;
      break;
    case 2:
      node = words[with % std::size(words)];
      break;
    case 3:
      if (node.is_array() && !node.empty()) node.push_back(node[with % node.size()]);
      break;
    case 4:
      if (node.is_array() && !node.empty()) node.erase(node.begin() + with % static_cast<int>(node.size()));
      break;
    case 5:
      if (node.is_array() && node.size() > 1) std::swap(node[with % node.size()], node[0]);
      break;
    case 6:
      if (node.is_boolean()) node = !node.get<bool>();
      break;
    default: {  // another value of the same type, from somewhere behind it
      const std::size_t from = (where + 1u + with) % nodes.size();
      if (nodes[from]->type() == node.type() && !node.is_object() && !node.is_array()) {
        const nlohmann::json copy = *nodes[from];
        node = copy;
      }
    }
  }
}

std::string edited_pack(std::string_view bytes) {
  static const std::vector<nlohmann::json> parsed = [] {
    std::vector<nlohmann::json> all;
    for (const packs::BuiltInPack& pack : packs::built_in_texts()) all.push_back(nlohmann::json::parse(pack.text));
    return all;
  }();
  const auto byte = [bytes](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  nlohmann::json pack = parsed[byte(0) % parsed.size()];
  for (std::size_t i = 1; i + 4 <= bytes.size() && i < 100; i += 4) {
    edit(pack, static_cast<std::uint16_t>(byte(i) << 8 | byte(i + 1)), byte(i + 2), byte(i + 3));
  }
  return pack.dump();
}

void settle_samples(const Policy& policy) {
  for (const Claim& sample : testing::sample_claims()) {
    std::vector<std::optional<std::string>> benefits{std::nullopt};
    for (const Benefit& each : policy.benefits) benefits.emplace_back(each.id);
    for (const auto& benefit : benefits) {
      Claim claim = sample;
      claim.visit.benefit = benefit;
      // forced, because the samples' days are not the pack's
      claim.pack = policy.name;
      const Outcome outcome = settle(claim, policy, TraceWish::steps);
      std::string line;
      if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
        append_refusal(line, claim.id, policy.name, *refusal, {});
        continue;
      }
      const auto& settled = std::get<Settlement>(outcome);
      require(testing::broken_identity(claim, settled), claim, policy);
      require(testing::broken_trace(claim, settled), claim, policy);
      append_answer(line, claim.id, policy, true, settled, {true, Language::zh});
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string sources = all_sources();
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (text.empty()) return 0;
  std::string edited;
  if (text.front() != '{') text = edited = edited_pack(text);

  packs::PackSetBuilder alone;
  if (alone.add_pack(text, sources, "fuzz").has_value()) {
    const auto built = alone.build();
    if (built.has_value()) {
      for (const packs::PackInfo& info : built->packs()) {
        const Policy& policy = *built->find(info.name, info.first_day);
        settle_samples(policy);
        const Policy full = testing::filled(policy);
        const auto is_open = [](const Row& row) { return !row.number.has_value() && row.printed.empty(); };
        if (std::any_of(policy.rows.begin(), policy.rows.end(), is_open)) settle_samples(full);
      }
    }
  }
  if (text.find("supplement") != std::string_view::npos) {
    packs::PackSetBuilder beside;
    if (!beside.add_built_in().has_value()) std::abort();
    if (beside.add_supplement(text, "fuzz").has_value()) {
      const auto built = beside.build();
      if (built.has_value()) {
        for (const packs::PackInfo& info : built->packs()) settle_samples(*built->find(info.name, info.first_day));
      }
    }
  }
  return 0;
}
