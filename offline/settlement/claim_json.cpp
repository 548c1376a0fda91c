#include "offline/settlement/claim_json.h"

#include <simdjson.h>

#include "offline/settlement/claim_names.h"
#include "offline/settlement/claim_parse.h"
#include "offline/settlement/claim_plain.h"
#include "offline/settlement/claim_scan.h"
#include "offline/settlement/claim_words.h"
#include "offline/settlement/json_probe.h"

namespace gongji::settlement {

namespace ondemand = simdjson::ondemand;
static_assert(claim_padding_bytes >= simdjson::SIMDJSON_PADDING);

std::string_view name_of(ClaimFault fault) {
  return names::name_in(names::faults, fault);
}

struct ClaimReader::Work {
  ondemand::parser parser;
  std::string padded;
  scan::ClaimMemory memory;
};

ClaimReader::ClaimReader() : work_(std::make_unique<Work>()) {}
ClaimReader::~ClaimReader() = default;
ClaimReader::ClaimReader(ClaimReader&&) noexcept = default;
ClaimReader& ClaimReader::operator=(ClaimReader&&) noexcept = default;

std::optional<ClaimError> ClaimReader::read(std::string_view text, Claim& out) {
  if (text.size() > claim_text_bytes_max) {
    return text_too_long();
  }
  work_->padded.assign(text);
  work_->padded.append(claim_padding_bytes, ' ');
  return read_padded(std::string_view(work_->padded).substr(0, text.size()), out);
}

std::optional<ClaimError> ClaimReader::read_padded(std::string_view text, Claim& out) {
  if (text.size() > claim_text_bytes_max) return text_too_long();
  if (scan::read_plain(text, out, work_->memory)) return std::nullopt;

  ClaimError error;
  scan::ClaimParse<scan::CarefulScan> parse(out, work_->memory, error);
  const auto not_a_claim = [&] {
    parse.fail(ClaimFault::bad_json, words::not_json);
    return error;
  };
  const auto iterate = [&](ondemand::document& document) {
    return work_->parser.iterate(text.data(), text.size(), text.size() + claim_padding_bytes).get(document) ==
           simdjson::SUCCESS;
  };
  {
    ondemand::document document;
    if (!iterate(document)) return not_a_claim();
    if (parse.claim(document)) {
      const char* rest = nullptr;
      if (document.current_location().get(rest) == simdjson::OUT_OF_BOUNDS) return std::nullopt;
      return not_a_claim();  // something stands behind the object
    }
  }
  if (error.fault == ClaimFault::bad_json) return error;
  if (!is_json(text)) {
    error.path.clear();
    return not_a_claim();
  }
  // The id may stand behind the fault.
  ondemand::document document;
  std::string_view id;
  if (iterate(document) && document["id"].get_string().get(id) == simdjson::SUCCESS) error.id = std::string(id);
  return error;
}

ClaimError text_too_long() {
  return {ClaimFault::out_of_range, {}, "", std::string(words::long_text.zh), std::string(words::long_text.en)};
}

std::variant<Claim, ClaimError> claim_from_json(std::string_view text) {
  ClaimReader reader;
  Claim claim;
  if (auto error = reader.read(text, claim); error.has_value()) return std::move(*error);
  return claim;
}

std::optional<ClaimError> counters_fault(const Claim& claim, const Policy& policy) {
  for (const Counter& counter : claim.ytd) {
    bool known = false;
    for (const std::string& name : policy.counters) known = known || name == counter.name;
    if (policy.code_counter.has_value()) {
      const auto& [prefix, suffix] = *policy.code_counter;
      known = known || (counter.name.size() > prefix.size() + suffix.size() && counter.name.starts_with(prefix) &&
                        counter.name.ends_with(suffix));
    }
    if (known) continue;
    return ClaimError{ClaimFault::unknown_member, claim.id, "ytd." + counter.name,
                      std::string(words::unknown_counter.zh), std::string(words::unknown_counter.en)};
  }
  if (policy.accounts.relations == 0) {
    for (std::size_t i = 0; i < claim.accounts.size(); ++i) {
      if (claim.accounts[i].is_own() || !claim.accounts[i].scheme.empty()) continue;
      return ClaimError{ClaimFault::missing, claim.id, "accounts[" + std::to_string(i) + "].scheme",
                        std::string(words::no_member.zh), std::string(words::no_member.en)};
    }
  }
  return std::nullopt;
}

}  // namespace gongji::settlement
