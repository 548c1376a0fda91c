// An answer names the pack that decided it by digest.  Whoever has that pack's bytes can give the answer again.
#include <map>
#include <nlohmann/json.hpp>

#include "offline/base/bytes.h"
#include "offline/seal/sm3.h"
#include "offline/settlement/answer_json.h"
#include "offline/settlement/claim_json.h"
#include "offline/settlement/settle.h"
#include "tests/laws/any_case.h"
#include "tests/packs/pack_text.h"

using namespace gongji;
using namespace gongji::settlement;
using namespace gongji::testing;
using nlohmann::json;

namespace {

std::string digest_of_text(const std::string& text) {
  return "sm3:" + to_hex(seal::sm3(as_bytes(text)));
}

std::string answer_of(const Claim& claim, const Policy& policy) {
  std::string out;
  const Outcome outcome = settle(claim, policy, TraceWish::steps);
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    append_refusal(out, claim.id, policy.name, *refusal, {});
  } else {
    append_answer(out, claim.id, policy, false, std::get<Settlement>(outcome), {true, Language::zh});
  }
  return out;
}

// The files of the tree by their digest, as an archive would keep them.
const std::map<std::string, std::string>& archive() {
  static const std::map<std::string, std::string> all = [] {
    std::map<std::string, std::string> files;
    for (const std::string& path : pack_paths()) files[digest_of_text(file_text(path))] = path;
    return files;
  }();
  return all;
}

// All packs anew, the one of that digest read from the archive in place of the built-in one.
packs::PackSet packs_with(const std::string& digest) {
  const std::string path = archive().at(digest);
  packs::PackSetBuilder builder;
  REQUIRE(builder.activate_reported().add_built_in().has_value());
  REQUIRE(builder.add_pack(file_text(path), sources_beside(path), path).has_value());
  auto built = builder.build();
  REQUIRE(built.has_value());
  return std::move(*built);
}

}  // namespace

TEST_CASE("the pack of an answer's digest gives the same answer again, byte for byte") {
  std::map<std::string, packs::PackSet> again;
  for (const auto& [digest, path] : archive()) again.emplace(digest, packs_with(digest));
  REQUIRE(again.size() == all_packs().packs().size());
  for_every_pack([&again](const AnyPack& pack) {
    if (pack.filled) return;
    const Claim claim = pack.any_claim();
    const std::string answer = answer_of(claim, pack.on(claim.begntime.day));
    const json told = json::parse(answer);
    if (told.contains("refused")) return;
    // the claim comes back from its own text, the pack from the digest in the answer
    const auto read = claim_from_json(claim_to_json(claim));
    const Policy* policy = again.at(told["pack_digest"]).find(told["pack"].get<std::string>(), claim.begntime.day);
    RC_ASSERT(policy != nullptr);
    RC_ASSERT(answer_of(std::get<Claim>(read), *policy) == answer);
  });
}
