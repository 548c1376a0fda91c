#include "offline/audit/receipt.h"

#include "offline/audit/rebuild.h"
#include "offline/audit/troubles.h"
#include "offline/audit/verify.h"
#include "offline/base/decimal.h"
#include "offline/journal/raw_entries.h"
#include "offline/journal/reader.h"
#include "offline/journal/troubles.h"
#include "tests/audit/shop.h"

namespace gongji::tests {

namespace {

std::string receipt_of(Shop& shop, std::uint64_t seq) {
  const auto raw = ask(shop.journal(), [&](journal::Turn& turn) { return turn.find_raw(seq); });
  REQUIRE(raw);
  return audit::to_qr_digits(audit::make_receipt(shop.till.keys(), shop.till.identity(), *raw));
}

std::vector<std::string> receipts_of(Shop& shop, std::uint64_t from, std::uint64_t to) {
  std::vector<std::string> receipts;
  for (std::uint64_t seq = from; seq <= to; ++seq) receipts.push_back(receipt_of(shop, seq));
  return receipts;
}

Result<audit::Rebuilt> rebuild(Shop& shop, const std::vector<std::string>& receipts) {
  static SeededRandom random(7);
  return audit::rebuild(shop.till.file(), shop.till.identity(), shop.keys(), random, receipts);
}

void keep_copy(Shop& shop, const std::string& name) {
  const auto file = shop.till.file();
  std::filesystem::copy_file(file, shop.folder(name), std::filesystem::copy_options::overwrite_existing);
  if (std::filesystem::exists(file.string() + "-wal")) {
    std::filesystem::copy_file(file.string() + "-wal", shop.folder(name + "-wal"),
                               std::filesystem::copy_options::overwrite_existing);
  }
}
void put_copy_back(Shop& shop, const std::string& name) {
  const auto file = shop.till.file();
  for (const char* tail : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + tail);
  std::filesystem::copy_file(shop.folder(name), file);
  if (std::filesystem::exists(shop.folder(name + "-wal"))) {
    std::filesystem::copy_file(shop.folder(name + "-wal"), file.string() + "-wal");
  }
}

struct Books {
  std::uint64_t sales, cancels, papers;
  Money medfee, fund, account, family, cash;
  std::int64_t mother_counter, mother_balance, son_counter, son_balance, son_family;
  bool operator==(const Books&) const = default;
};
std::int64_t counted(Shop& shop, const Patient& patient) {
  std::int64_t fen = 0;
  for (const auto& counter : state(shop.till, shop.journal(), patient).counters) fen += counter.value.in_fen();
  return fen;
}
Books books_of(Shop& shop) {
  const auto totals = *journal::read_day_totals(shop.till.file(), today);
  return {totals.sales,
          totals.cancels,
          totals.papers,
          totals.medfee,
          totals.fund,
          totals.account,
          totals.family,
          totals.cash,
          counted(shop, mother()),
          balance(shop.till, shop.journal(), mother()),
          counted(shop, son()),
          balance(shop.till, shop.journal(), son()),
          balance(shop.till, shop.journal(), son(), 1)};
}

audit::Verification with_keys_of(Shop& shop) {
  audit::Verification how;
  how.keys = shop.keys();
  return how;
}

}  // namespace

TEST_CASE("bytes and digits turn into each other, and nothing else is taken for digits") {
  SeededRandom random(11);
  for (std::size_t size = 0; size < 40; ++size) {
    Bytes bytes(size);
    random.fill(bytes);
    const auto digits = to_digits(bytes);
    CHECK(from_digits(digits) == bytes);
    const Bytes full(size, 0xFF);
    CHECK(from_digits(to_digits(full)) == full);
  }
  CHECK(to_digits(Bytes{0, 1}) == "00001");
  for (const char* wrong : {"1", "12", "1234", "256", "00x", "65536", "99999999999999999"}) {
    CHECK_FALSE(from_digits(wrong));
  }
}

TEST_CASE("a receipt says of its entry what the log says, signed by the terminal") {
  Shop shop;
  shop.open_for_a_day();
  for (std::uint64_t seq = 1; seq <= 8; ++seq) {
    const auto raw = ask(shop.journal(), [&](journal::Turn& turn) { return turn.find_raw(seq); });
    const auto receipt = audit::read_receipt(receipt_of(shop, seq));
    REQUIRE(receipt);
    CHECK(receipt->terminal == "T-0001");
    CHECK(receipt->entry == *raw);
    CHECK(audit::verify(*receipt, shop.till.keys().public_key()));
    CHECK_FALSE(audit::verify(*receipt, shop.centre().public_key()));
  }
}

TEST_CASE("the receipt of a sale of five lines fits a QR code of version 25 at level M") {
  Shop shop;
  const auto seq = shop.sell(son(), {123'456, 65'432, 9'999, 20'011, 7'070});
  const auto digits = receipt_of(shop, seq);
  INFO(digits.size() << " digits");
  CHECK(digits.size() <= audit::qr_25_digits_max);
  CHECK(digits.find_first_not_of("0123456789") == std::string::npos);
}

TEST_CASE("a receipt shows no person") {
  Shop shop;
  const auto seq = shop.sell(son(), {100'000});
  const auto receipt = audit::read_receipt(receipt_of(shop, seq));
  REQUIRE(receipt);
  for (const std::string& secret : {son().name, son().psn_no, son().certno, mother().psn_no}) {
    CHECK(receipt->entry.public_bytes.find(secret) == std::string::npos);
  }
}

TEST_CASE("a receipt with any digit changed is not read, not verified, or says the same") {
  Shop shop;
  const auto digits = receipt_of(shop, shop.sell(mother(), {12'345}));
  const auto original = audit::read_receipt(digits);
  int same = 0;
  for (std::size_t at = 0; at < digits.size(); at += 3) {
    std::string changed = digits;
    changed[at] = changed[at] == '9' ? '0' : static_cast<char>(changed[at] + 1);
    const auto receipt = audit::read_receipt(changed);
    if (!receipt || !audit::verify(*receipt, shop.till.keys().public_key())) continue;
    // A bit of the compression that means nothing.
    CHECK(receipt->entry == original->entry);
    ++same;
  }
  CHECK(same < 5);
  for (const std::size_t size : {std::size_t{0}, std::size_t{17}, std::size_t{300}, digits.size() - 1}) {
    const auto receipt = audit::read_receipt(digits.substr(0, size));
    if (receipt) CHECK_FALSE(audit::verify(*receipt, shop.till.keys().public_key()));
  }
}

TEST_CASE("a till restored from an old backup is rebuilt from receipts: the chain holds and the books are equal") {
  Shop shop;
  shop.sell(mother(), {12'345});
  shop.sell(son(), {100'000, 2'550, 7'777});
  shop.close();
  keep_copy(shop, "backup.db");
  shop.reopen();
  const auto third = shop.sell(mother(), {88'000});
  shop.sell(son(), {65'432});
  shop.cancel(third);
  shop.paper(3'000);
  shop.cancel(1);  // of a sale that the backup has
  const Books before = books_of(shop);
  const auto receipts = receipts_of(shop, 1, 7);
  const auto whole = journal::read_raw(shop.till.file(), 1, 7, 1 << 20, nullptr)->entries;
  shop.close();
  put_copy_back(shop, "backup.db");

  const auto rebuilt =
      rebuild(shop, {receipts[6], receipts[2], receipts[1], receipts[5], receipts[3], receipts[4], receipts[2]});
  REQUIRE(rebuilt);
  CHECK(rebuilt->plan.already_there == 1);
  CHECK(rebuilt->plan.entries.size() == 5);
  CHECK(rebuilt->plan.missing.empty());
  CHECK(rebuilt->restored.last_seq == 7);
  CHECK(rebuilt->restored.accounts_unmoved == 0);

  CHECK(journal::read_raw(shop.till.file(), 1, 7, 1 << 20, nullptr)->entries == whole);
  const auto verified = audit::verify(shop.till.file(), built_in_law(), with_keys_of(shop));
  REQUIRE(verified);
  CHECK(verified->file.last_seq == 7);
  CHECK(verified->file.personal_gone == 5);
  shop.reopen();
  CHECK(books_of(shop) == before);
  // The log goes on where it was.
  CHECK(shop.sell(mother(), {5'000}) == 8);
  REQUIRE(shop.journal().verify());
  shop.close();
  REQUIRE(audit::verify(shop.till.file(), built_in_law(), with_keys_of(shop)));
}

TEST_CASE("a journal that lost its tail behind a signed head is rebuilt from receipts") {
  Shop shop;
  shop.open_for_a_day();
  const Books before = books_of(shop);
  const auto receipts = receipts_of(shop, 1, 8);
  shop.close();
  execute(shop.till.file(), "DELETE FROM entry WHERE seq > 4");
  REQUIRE_FALSE(shop.till.try_open());

  const auto part = rebuild(shop, {receipts[4], receipts[5]});
  REQUIRE(part);
  CHECK(part->restored.last_seq == 6);
  CHECK(part->restored.known_seq == 8);
  REQUIRE_FALSE(shop.till.try_open());

  const auto rest = rebuild(shop, receipts);
  REQUIRE(rest);
  CHECK(rest->plan.already_there == 6);
  CHECK(rest->restored.last_seq == 8);
  CHECK(rest->restored.known_seq == 8);
  shop.reopen();
  CHECK(books_of(shop) == before);
}

TEST_CASE("a gap stops the rebuilding before it, and is named") {
  Shop shop;
  shop.open_for_a_day();
  const auto receipts = receipts_of(shop, 1, 8);
  shop.close();
  execute(shop.till.file(), "DELETE FROM entry WHERE seq > 3");
  execute(shop.till.file(), "UPDATE entry SET cancelled_by = NULL");
  const auto rebuilt = rebuild(shop, {receipts[3], receipts[6], receipts[7]});
  REQUIRE(rebuilt);
  CHECK(rebuilt->plan.entries.size() == 1);
  CHECK(rebuilt->plan.missing == std::vector<std::uint64_t>{5, 6});
  CHECK(rebuilt->plan.beyond == 2);
  CHECK(rebuilt->restored.last_seq == 4);
}

TEST_CASE("nothing is restored from another terminal's receipts, from two stories, or beside the running daemon") {
  Shop shop, other;
  shop.open_for_a_day();
  other.open_for_a_day();
  const auto receipts = receipts_of(shop, 1, 8);
  const auto foreign = receipts_of(other, 8, 8);
  CHECK(rebuild(shop, receipts).error().text == &journal::troubles::in_use);
  shop.close();
  const auto not_ours = rebuild(shop, {receipts[0], foreign[0]});
  CHECK(not_ours.error().text == &audit::troubles::receipt_not_ours);
  CHECK(not_ours.error().path == "receipt 2");
  CHECK(rebuild(shop, {"123"}).error().text == &audit::troubles::not_a_receipt);

  // After a restored backup the till sold on before anybody thought of the receipts.
  put_copy_back(shop, [&] {
    Shop& till = shop;
    execute(till.till.file(), "DELETE FROM entry WHERE seq > 7");
    keep_copy(till, "cut.db");
    return std::string("cut.db");
  }());
  const auto again = rebuild(shop, {receipts[7]});
  REQUIRE(again);
  shop.reopen();
  shop.sell(mother(), {1'000});
  shop.close();
  REQUIRE(rebuild(shop, {receipts[7]})->plan.already_there == 1);
}

TEST_CASE("an entry that came after a restored backup conflicts with the receipt of the lost one") {
  Shop shop;
  shop.sell(mother(), {12'345});
  shop.close();
  keep_copy(shop, "backup.db");
  shop.reopen();
  shop.sell(mother(), {2'000});
  const auto lost = receipt_of(shop, 2);
  shop.close();
  put_copy_back(shop, "backup.db");
  shop.reopen();
  shop.sell(mother(), {3'000});
  shop.close();
  const auto rebuilt = rebuild(shop, {lost});
  REQUIRE(!rebuilt);
  CHECK(rebuilt.error().text == &audit::troubles::receipts_conflict);
  CHECK(rebuilt.error().path == "seq 2");
}

}  // namespace gongji::tests
