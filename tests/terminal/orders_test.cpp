#include "terminal/orders/order_shelf.h"

#include <catch2/catch.hpp>

#include <fstream>

#include "offline/seal/key_store.h"
#include "terminal/troubles.h"
#include "tests/support/broken_folder.h"
#include "tests/support/print_trouble.h"
#include "tests/support/scratch.h"

using namespace gongji;
using namespace gongji::terminal;

namespace {

struct Authority {
  Authority() {
    auto opened = seal::KeyStore::open(scratch / "authority", random);
    REQUIRE(opened);
    keys = std::move(*opened);
  }
  record::Signed word(std::uint8_t id, std::int64_t issued, bool withdrawn = false) const {
    record::EmergencyOrder order;
    order.id.bytes[15] = id;
    order.areas = {"99"};
    order.issued = {issued};
    order.end = {1};
    order.withdrawn = withdrawn;
    return record::sign(*keys, record::order_tag, record::encode(order));
  }
  std::filesystem::path file(const std::string& text) {
    const auto path = scratch / ("order-" + std::to_string(++count) + ".json");
    std::ofstream(path) << text;
    return path;
  }

  tests::Scratch scratch;
  SeededRandom random{7};
  std::shared_ptr<const seal::KeyStore> keys;
  int count = 0;
};

}  // namespace

TEST_CASE("an order on a stick is taken up when the authority signed it, and not otherwise") {
  Authority authority;
  const Bytes key = authority.keys->public_key();
  const auto folder = authority.scratch / "orders";
  const record::Signed word = authority.word(1, 10);
  const auto trouble_of = [&](const std::string& text) {
    const auto done = import_order(authority.file(text), folder, key);
    REQUIRE_FALSE(done);
    return done.error().text;
  };
  record::Signed forged = word;
  forged.bytes[forged.bytes.find("99")] = '1';
  CHECK(trouble_of(record::encode(forged)) == &troubles::order_not_signed);
  CHECK(trouble_of("{}") == &troubles::order_unreadable);
  CHECK(trouble_of(std::string(order_file_bytes_max + 1, ' ')) == &troubles::order_unreadable);
  CHECK_FALSE(import_order(authority.scratch / "absent", folder, key));
  // What was signed as something else is no order.
  CHECK(trouble_of(record::encode(record::sign(*authority.keys, record::terms_tag, word.bytes))) ==
        &troubles::order_not_signed);
  OrderShelf shelf(folder, key);
  CHECK_FALSE(shelf.refresh({}));
  CHECK(shelf.orders().empty());

  REQUIRE(import_order(authority.file(record::encode(word) + "\n"), folder, key));
  CHECK(shelf.refresh({}));
  REQUIRE(shelf.orders().size() == 1);
  CHECK(shelf.orders()[0].id.bytes[15] == 1);
  CHECK_FALSE(shelf.refresh({}));
}

TEST_CASE(
    "of one order the later word counts, whether it came by line or by stick, and an older file takes nothing back") {
  Authority authority;
  const Bytes key = authority.keys->public_key();
  const auto folder = authority.scratch / "orders";
  const auto import_word = [&](const record::Signed& word) {
    REQUIRE(import_order(authority.file(record::encode(word)), folder, key));
  };
  OrderShelf shelf(folder, key);
  import_word(authority.word(1, 10));
  CHECK(shelf.refresh({authority.word(1, 20, true)}));
  REQUIRE(shelf.orders().size() == 1);
  CHECK(shelf.orders()[0].withdrawn);
  import_word(authority.word(1, 15));
  shelf.refresh({authority.word(1, 20, true)});
  CHECK(shelf.orders()[0].withdrawn);
  import_word(authority.word(1, 30));
  shelf.refresh({authority.word(1, 20, true)});
  CHECK_FALSE(shelf.orders()[0].withdrawn);

  // A foreign file in the folder, and a foreign word in the feed, are passed over.
  std::ofstream(folder / "foreign.json") << "not an order";
  Authority other;
  shelf.refresh({other.word(2, 99)});
  REQUIRE(shelf.orders().size() == 1);
  CHECK(shelf.orders()[0].issued.ms == 30);
}

TEST_CASE("a folder of orders that cannot be read to its end takes no known order back") {
  Authority authority;
  const Bytes key = authority.keys->public_key();
  const auto folder = authority.scratch / "orders";
  for (std::uint8_t id = 1; id <= 3; ++id) {
    REQUIRE(import_order(authority.file(record::encode(authority.word(id, 10))), folder, key));
  }
  OrderShelf shelf(folder, key);
  REQUIRE(shelf.refresh({}));
  for (int entries = 0; entries < 5; ++entries) {
    const tests::BrokenFolder broken(folder, entries);
    CHECK_FALSE(shelf.refresh({}));
    CHECK(shelf.orders().size() == 3);
  }
}
