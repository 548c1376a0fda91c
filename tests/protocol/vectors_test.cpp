// The published vectors (vectors/README.md): other implementations check themselves against these files, and what an
// older peer says is read from them for ever.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "offline/record/feed_groups.h"
#include "offline/seal/sm3.h"
#include "tests/protocol/samples.h"

namespace gongji::protocol {
namespace {

const std::filesystem::path folder = "tests/protocol/vectors";

std::string body_of(const nlohmann::json& vector) {
  if (vector.contains("text")) return vector.at("text").get<std::string>();
  return std::string(as_text(from_hex(vector.at("hex").get<std::string>()).value()));
}

std::map<std::string, std::string> vectors_of(std::uint32_t version) {
  std::map<std::string, std::string> out;
  for (const auto& file : std::filesystem::directory_iterator(folder / ("v" + std::to_string(version)))) {
    std::ifstream in(file.path());
    const auto vector = nlohmann::json::parse(in);
    CHECK(vector.at("version").get<std::uint32_t>() == version);
    const std::string body = body_of(vector);
    CHECK(to_hex(seal::sm3(as_bytes(body))) == vector.at("sm3").get<std::string>());
    CHECK(file.path().stem() == vector.at("message").get<std::string>());
    out[vector.at("message").get<std::string>()] = body;
  }
  return out;
}

template <class T>
std::string again(const Result<T>& decoded) {
  INFO((decoded ? std::string() : to_string(decoded.error(), Language::en)));
  REQUIRE(decoded.has_value());
  return encode(*decoded);
}

// Reads and writes it once more, as a peer of this version of the program does for one of that version.
std::string read_and_written(const std::string& name, const std::string& body, std::uint32_t version) {
  if (name == "problem") return again(decode_problem(body));
  if (name == "enrol_request") return again(decode_enrol_request(body));
  if (name == "enrol_answer") return again(decode_enrol_answer(body));
  if (name == "person_request") return again(decode_person_request(body));
  if (name == "person_answer") return again(decode_person_answer(body));
  if (name == "hold_request") return again(decode_hold_request(body));
  if (name == "hold_answer") return again(decode_hold_answer(body));
  if (name == "sync_answer") return again(decode_sync_answer(body));
  if (name == "epoch_request") return again(decode_epoch_request(body));
  if (name == "epoch_answer") return again(decode_epoch_answer(body));
  if (name == "statement_request") return again(decode_statement_request(body));
  if (name == "statement_answer") return again(decode_statement_answer(body));
  if (name == "rules_request") return again(decode_rules_request(body));
  if (name == "rules_answer") return again(decode_rules_answer(body));
  if (name == "renew_request") return again(decode_renew_request(body));
  if (name == "renew_answer") return again(decode_renew_answer(body));
  if (name == "retire_request") return again(decode_retire_request(body));
  if (name == "retire_answer") return again(decode_retire_answer(body));
  if (name == "feed") {
    const bool grouped = version >= feed_groups_since;
    const auto feed = grouped ? record::decode_grouped_feed(body) : record::decode_feed(body);
    REQUIRE(feed.has_value());
    return grouped ? record::encode_grouped(*feed) : record::encode(*feed);
  }
  REQUIRE(name == "sync_request");
  const auto decoded = decode_sync_request(body, version);
  REQUIRE(decoded.has_value());
  return encode(*decoded, version);
}

std::vector<samples::Sample> samples_of(std::uint32_t version) {
  switch (version) {
    case 1:
      return samples::of_version_1();
    case 2:
      return samples::of_version_2();
    default:
      return samples::of_version_3();
  }
}

}  // namespace

TEST_CASE("what a peer of any version says is read, and written to the same bytes") {
  for (std::uint32_t version = spoken.lowest; version <= spoken.highest; ++version) {
    const auto vectors = vectors_of(version);
    CHECK_FALSE(vectors.empty());
    for (const auto& [name, body] : vectors) {
      CAPTURE(version, name);
      CHECK(read_and_written(name, body, version) == body);
    }
  }
}

TEST_CASE("the vectors are the samples: no message of any version changed its form unseen") {
  for (std::uint32_t version = spoken.lowest; version <= spoken.highest; ++version) {
    const auto vectors = vectors_of(version);
    const auto all = samples_of(version);
    CHECK(vectors.size() == all.size());
    for (const auto& sample : all) {
      CAPTURE(version, sample.name);
      REQUIRE(vectors.contains(sample.name));
      CHECK(vectors.at(sample.name) == sample.body);
    }
  }
}

TEST_CASE("a member of a later version is unknown to an earlier one") {
  const std::string body = vectors_of(2).at("sync_request");
  CHECK(decode_sync_request(body, 2).has_value());
  const auto refused = decode_sync_request(body, 1);
  REQUIRE(refused.has_error());
  CHECK(std::string(refused.error().text->code) == "G5203");
  CHECK(refused.error().path == "run_from");
  // And a till that talks to a centre of version 1 does not write it.
  CHECK(encode(*decode_sync_request(body, 2), 1).find("software") == std::string::npos);
}

// Not run by default, and only for a version that was not published yet: what was published stays.
TEST_CASE("writes the vectors", "[.write-vectors]") {
  for (const auto& sample : samples_of(spoken.highest)) {
    nlohmann::ordered_json vector;
    vector["message"] = sample.name;
    vector["version"] = spoken.highest;
    if (sample.name == "sync_request") {
      vector["hex"] = to_hex(as_bytes(sample.body));
    } else {
      vector["text"] = sample.body;
    }
    vector["sm3"] = to_hex(seal::sm3(as_bytes(sample.body)));
    const auto file = folder / ("v" + std::to_string(spoken.highest)) / (sample.name + ".json");
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << vector.dump(2) << '\n';
  }
}

}  // namespace gongji::protocol
