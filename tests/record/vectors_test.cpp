// The published vectors (offline/record/VECTORS.md): other implementations check themselves against these files.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "offline/record/snapshot.h"
#include "tests/record/fixtures.h"

using namespace gongji;
using namespace gongji::record;

namespace {

constexpr std::array<const char*, 3> names = {"sale", "cancel", "paper"};

std::string file_of(const char* name, Form form = Form::canonical) {
  return std::string("tests/record/vectors/") + (form == Form::compact ? "compact-" : "") + name + ".json";
}

nlohmann::json read_vector(const char* name, Form form = Form::canonical) {
  std::ifstream in(file_of(name, form));
  REQUIRE(in.good());
  return nlohmann::json::parse(in);
}

std::string octets(const nlohmann::json& vector, const char* member) {
  return std::string(as_text(from_hex(vector.at(member).get<std::string>()).value()));
}

}  // namespace

TEST_CASE("each published vector decodes, encodes to the same bytes, and chains to the next") {
  const Form form = GENERATE(Form::canonical, Form::compact);
  Digest previous{};
  for (const char* name : names) {
    CAPTURE(name);
    const auto vector = read_vector(name, form);
    const std::string open = octets(vector, "public_hex");
    const std::string personal = octets(vector, "personal_hex");
    CHECK(form_of(open) == form);
    if (form == Form::canonical) {
      CHECK(open == vector.at("public_text").get<std::string>());
      CHECK(personal == vector.at("personal_text").get<std::string>());
    }
    CHECK(octets(vector, "previous") == as_text(previous));
    Salt salt{};
    REQUIRE(octets(vector, "salt").size() == salt.size());
    std::copy_n(as_bytes(octets(vector, "salt")).begin(), salt.size(), salt.begin());

    const auto decoded = decode(open, personal);
    REQUIRE(decoded.has_value());
    CHECK(decoded->head.seq == vector.at("seq").get<std::uint64_t>());
    const Entry again = make_entry(decoded->head, decoded->body, salt, previous, form);
    CHECK(again.public_bytes == open);
    CHECK(again.personal_bytes == personal);
    CHECK(to_hex(personal_digest(salt, personal)) == vector.at("personal_digest").get<std::string>());
    CHECK(to_hex(again.hash) == vector.at("hash").get<std::string>());
    CHECK(to_hex(head_statement(again.head.terminal, again.head.epoch, again.head.seq, again.hash)) ==
          vector.at("head_statement").get<std::string>());
    previous = again.hash;
  }
}

TEST_CASE("the vectors are the fixtures: nobody changed the form unseen") {
  const auto chain = fixtures::chain();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto vector = read_vector(names[i]);
    CHECK(chain[i].public_bytes == vector.at("public_text").get<std::string>());
    CHECK(chain[i].personal_bytes == vector.at("personal_text").get<std::string>());
    CHECK(to_hex(chain[i].hash) == vector.at("hash").get<std::string>());
  }
  const auto compact = fixtures::chain(Form::compact);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto vector = read_vector(names[i], Form::compact);
    CHECK(to_hex(as_bytes(compact[i].public_bytes)) == vector.at("public_hex").get<std::string>());
    CHECK(to_hex(as_bytes(compact[i].personal_bytes)) == vector.at("personal_hex").get<std::string>());
    CHECK(to_hex(compact[i].hash) == vector.at("hash").get<std::string>());
    // Both say the same.
    CHECK(public_text(compact[i].public_bytes).value() == chain[i].public_bytes);
    CHECK(public_text(chain[i].public_bytes).value() == chain[i].public_bytes);
    CHECK(decode(compact[i].public_bytes, compact[i].personal_bytes).value() ==
          decode(chain[i].public_bytes, chain[i].personal_bytes).value());
  }
}

TEST_CASE("the published grant is read, written to the same bytes, and is the fixture") {
  const auto vector = read_vector("grant");
  const std::string text = octets(vector, "hex");
  CHECK(text == vector.at("text").get<std::string>());
  CHECK(to_hex(seal::sm3(as_bytes(text))) == vector.at("sm3").get<std::string>());
  const auto grant = decode_grant(text);
  REQUIRE(grant.has_value());
  CHECK(encode(*grant) == text);
  CHECK(*grant == fixtures::grant());
}

// Not run by default.  Only for a new version of the form, with a new tag: what was published stays.
TEST_CASE("writes the vectors", "[.write-vectors]") {
  const Form form = GENERATE(Form::canonical, Form::compact);
  Digest previous{};
  const auto chain = fixtures::chain(form);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Entry& entry = chain[i];
    nlohmann::ordered_json vector;
    vector["seq"] = entry.head.seq;
    vector["previous"] = to_hex(previous);
    vector["salt"] = to_hex(entry.salt);
    if (form == Form::canonical) vector["public_text"] = entry.public_bytes;
    vector["public_hex"] = to_hex(as_bytes(entry.public_bytes));
    if (form == Form::canonical) vector["personal_text"] = entry.personal_bytes;
    vector["personal_hex"] = to_hex(as_bytes(entry.personal_bytes));
    vector["personal_digest"] = to_hex(personal_digest(entry.salt, entry.personal_bytes));
    vector["hash"] = to_hex(entry.hash);
    vector["head_statement"] =
        to_hex(head_statement(entry.head.terminal, entry.head.epoch, entry.head.seq, entry.hash));
    std::ofstream(file_of(names[i], form)) << vector.dump(2) << '\n';
    previous = entry.hash;
  }
}
