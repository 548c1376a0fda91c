// Files of rules that come over the line: durable, and deciding as far as they fit together.
#include <spdlog/spdlog.h>
#include <catch2/catch.hpp>

#include "offline/packs/signed_file.h"
#include "offline/seal/sm3.h"
#include "terminal/rules/rule_shelf.h"
#include "terminal/troubles.h"
#include "tests/packs/signed_text.h"
#include "tests/support/broken_folder.h"
#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

namespace gongji::terminal {
namespace {

struct Shop {
  Shop() {
    spdlog::set_level(spdlog::level::off);
    config.data = scratch.path();
  }
  std::unique_ptr<RuleShelf> open() const {
    auto shelf = RuleShelf::open(config, key.public_key());
    REQUIRE(shelf);
    return std::move(*shelf);
  }
  std::string supplement(std::int64_t ratio_ppm) const {
    return packs::sign_file(key, packs::SignedKind::supplement, testing::small_supplement(ratio_ppm).dump());
  }
  tests::Scratch scratch;
  seal::Sm2PrivateKey key = seal::Sm2PrivateKey::generate();
  Config config;
};

Digest digest_of(const std::string& text) {
  return seal::sm3(as_bytes(text));
}

std::size_t deciding(const RuleShelf& shelf) {
  std::size_t count = 0;
  for (const auto& file : shelf.files()) count += file.why.empty() ? 1 : 0;
  return count;
}

}  // namespace

TEST_CASE("a folder of rules that cannot be read to its end stops the start: no rule is forgotten silently") {
  const Shop shop;
  const std::string text = shop.supplement(800'000);
  REQUIRE(shop.open()->take(digest_of(text), text));
  for (int entries = 0; entries < 4; ++entries) {  // two of them are "." and ".."
    const tests::BrokenFolder broken(shop.config.rules_directory(), entries);
    const auto shelf = RuleShelf::open(shop.config, shop.key.public_key());
    REQUIRE_FALSE(shelf);
    CHECK(shelf.error().text == &troubles::rules_unreadable);
  }
  CHECK(deciding(*shop.open()) == 1);
}

TEST_CASE("a file that comes decides at once and after every restart, until it is withdrawn") {
  const Shop shop;
  auto shelf = shop.open();
  const auto before = shelf->now();
  CHECK(before->added().empty());
  const std::string text = shop.supplement(800'000);
  CHECK_FALSE(shelf->has(digest_of(text)));
  REQUIRE(shelf->take(digest_of(text), text));
  CHECK(shelf->has(digest_of(text)));
  CHECK(shelf->now()->added().size() == 1);
  CHECK(before->added().empty());  // whoever settles by it still has it
  REQUIRE(shelf->take(digest_of(text), text));
  CHECK(shelf->files().size() == 1);

  shelf = shop.open();
  CHECK(shelf->has(digest_of(text)));
  CHECK(shelf->now()->added().size() == 1);
  REQUIRE(shelf->drop(digest_of(text)));
  CHECK(shelf->now()->added().empty());
  CHECK(shop.open()->files().empty());
}

TEST_CASE(
    "what another signed, or what contradicts another file, is kept, passed over and named, and the rest decides") {
  const Shop shop;
  auto shelf = shop.open();
  const std::string foreign = packs::sign_file(seal::Sm2PrivateKey::generate(), packs::SignedKind::supplement,
                                               testing::small_supplement().dump());
  REQUIRE(shelf->take(digest_of(foreign), foreign));
  CHECK(deciding(*shelf) == 0);
  CHECK(shelf->files().front().why.find("G2022") != std::string::npos);
  const std::string one = shop.supplement(800'000), other = shop.supplement(700'000);
  REQUIRE(shelf->take(digest_of(one), one));
  CHECK(deciding(*shelf) == 1);
  REQUIRE(shelf->take(digest_of(other), other));
  CHECK(deciding(*shelf) == 1);
  CHECK(shelf->files().size() == 3);
  // One of the two goes: the other decides.
  const bool one_decides = [&] {
    for (const auto& file : shelf->files()) {
      if (file.digest == to_hex(digest_of(one))) return file.why.empty();
    }
    return false;
  }();
  REQUIRE(shelf->drop(digest_of(one_decides ? one : other)));
  CHECK(deciding(*shelf) == 1);
  CHECK(deciding(*shop.open()) == 1);
}

TEST_CASE("a disk that does not take the file says so, and nothing has changed") {
  const Shop shop;
  auto shelf = shop.open();
  const std::string text = shop.supplement(800'000);
  // A folder in the file's way stops whoever runs this, root too.
  std::filesystem::create_directories(shop.config.rules_directory() / (to_hex(digest_of(text)) + ".json.new") /
                                      "in the way");
  CHECK_FALSE(shelf->take(digest_of(text), text));
  CHECK_FALSE(shelf->has(digest_of(text)));
  CHECK(shelf->now()->added().empty());
}

}  // namespace gongji::terminal
