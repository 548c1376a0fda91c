// The chain binds every part, survives erasure, and tells no names.
#include <catch2/catch.hpp>

#include "offline/record/snapshot.h"
#include "offline/record/verdict.h"
#include "offline/seal/sm2.h"
#include "tests/record/fixtures.h"

using namespace gongji;
using namespace gongji::record;

namespace {

// A key store in memory: what signing needs, without files.
class SigningKeys final : public seal::KeyStore {
 public:
  Bytes sign(std::string_view tag, ByteView statement) const override { return key_.sign(tag, statement); }
  Bytes public_key() const override { return key_.public_key(); }
  std::string lookup_key(std::string_view, std::string_view) const override { return {}; }
  seal::RowChecksum row_checksum(std::string_view, std::string_view) const override { return {}; }
  Result<Bytes> seal(const std::string&, ByteView plain, ByteView) const override { return to_bytes(plain); }
  Result<Bytes> open_sealed(const std::string&, ByteView sealed, ByteView) const override { return to_bytes(sealed); }
  Result<void> destroy_month(const std::string&) const override { return {}; }

 private:
  seal::Sm2PrivateKey key_ = seal::Sm2PrivateKey::generate();
};

}  // namespace

TEST_CASE("a change of any part changes the chain value") {
  const Entry entry = fixtures::chain()[0];
  const Digest previous{};
  const auto hash = [&](const Digest& before, std::uint64_t seq, const std::string& open, const Salt& salt,
                        const std::string& personal) { return chain_hash(before, seq, open, salt, personal); };
  REQUIRE(hash(previous, 1, entry.public_bytes, entry.salt, entry.personal_bytes) == entry.hash);

  Digest other_previous{};
  other_previous[31] = 1;
  CHECK(hash(other_previous, 1, entry.public_bytes, entry.salt, entry.personal_bytes) != entry.hash);
  CHECK(hash(previous, 2, entry.public_bytes, entry.salt, entry.personal_bytes) != entry.hash);
  for (std::size_t i = 0; i < entry.public_bytes.size(); ++i) {
    std::string changed = entry.public_bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    REQUIRE(hash(previous, 1, changed, entry.salt, entry.personal_bytes) != entry.hash);
  }
  for (std::size_t i = 0; i < entry.personal_bytes.size(); ++i) {
    std::string changed = entry.personal_bytes;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    REQUIRE(hash(previous, 1, entry.public_bytes, entry.salt, changed) != entry.hash);
  }
  for (std::size_t i = 0; i < entry.salt.size(); ++i) {
    Salt changed = entry.salt;
    changed[i] ^= 1U;
    REQUIRE(hash(previous, 1, entry.public_bytes, changed, entry.personal_bytes) != entry.hash);
  }
}

TEST_CASE("the chain verifies without the personal parts, from their digests") {
  Digest previous{};
  for (const Entry& entry : fixtures::chain()) {
    const Digest stored = personal_digest(entry.salt, entry.personal_bytes);
    CHECK(chain_hash_from_digest(previous, entry.head.seq, entry.public_bytes, stored) == entry.hash);
    previous = entry.hash;
  }
}

TEST_CASE("the public part names nobody") {
  const Holder holder = fixtures::holder();
  for (const Entry& entry : fixtures::chain())
    for (const std::string& hidden :
         {holder.psn_name, holder.certno, holder.mdtrt_cert_no, holder.card_sn, std::string("999999195801010024"),
          std::string("99999900000000000000000017"), std::string("99999900000000000000000029"), std::string("-5479"),
          std::string("brdy"), std::string("psn_no"), std::string("certno")}) {
      CAPTURE(hidden);
      CHECK(entry.public_bytes.find(hidden) == std::string::npos);
    }
}

TEST_CASE("after erasure the public part still reads, with nobody in it") {
  const auto chain = fixtures::chain();
  const auto decoded = decode_public(chain[0].public_bytes);
  REQUIRE(decoded.has_value());
  CHECK(decoded->head == fixtures::head(1));
  Sale expected = fixtures::sale();
  expected.claim.person.psn_no.clear();
  expected.claim.person.brdy.reset();
  expected.claim.accounts[1].owner = expected.settlement.accounts[2].owner = "family-1";
  expected.holder = {};
  CHECK(std::get<Sale>(decoded->body) == expected);
  CHECK(std::get<Cancel>(decode_public(chain[1].public_bytes)->body) == fixtures::cancel());
}

TEST_CASE("owners are numbered by first appearance, and one with two accounts has one number") {
  Sale sale = fixtures::sale();
  using namespace settlement;
  const auto of = [](const char* owner) {
    return Account{owner, Relation::other, AccountKind::prior, Money::fen(1), "", true};
  };
  sale.claim.accounts = {of("zhang"), of("self"), of("family-1"), of("zhang")};
  sale.settlement.accounts = {{"family-1", AccountKind::prior, Money::fen(1)},
                              {"li", AccountKind::prior, Money::fen(1)},
                              {"zhang", AccountKind::prior, Money::fen(1)}};
  const Entry entry = make_entry(fixtures::head(1), sale, fixtures::salt(0), Digest{});
  CHECK(entry.personal_bytes.find("\"family\":[\"zhang\",\"family-1\",\"li\"]") != std::string::npos);
  const auto open = decode_public(entry.public_bytes);
  REQUIRE(open.has_value());
  const Sale& seen = std::get<Sale>(open->body);
  CHECK(seen.claim.accounts[0].owner == "family-1");
  CHECK(seen.claim.accounts[1].owner == "self");
  CHECK(seen.claim.accounts[2].owner == "family-2");
  CHECK(seen.claim.accounts[3].owner == "family-1");
  CHECK(seen.settlement.accounts[1].owner == "family-3");
  CHECK(std::get<Sale>(decode(entry.public_bytes, entry.personal_bytes)->body) == sale);
}

TEST_CASE("the kind of an entry is that of its body") {
  const auto chain = fixtures::chain();
  CHECK(chain[0].kind == EntryKind::sale);
  CHECK(chain[1].kind == EntryKind::cancel);
  CHECK(chain[2].kind == EntryKind::paper);
}

TEST_CASE("a head is signed for one terminal, epoch, sequence and hash") {
  const SigningKeys keys;
  const Digest hash = fixtures::chain()[0].hash;
  Digest other = hash;
  other[0] ^= 1U;
  const Bytes signature = sign_head(keys, "T-1", 1, 17, hash);
  const Bytes key = keys.public_key();
  CHECK(verify_head(key, "T-1", 1, 17, hash, signature));
  CHECK(seal::verify(key, "gongji.head.v1", head_statement("T-1", 1, 17, hash), signature));
  CHECK_FALSE(verify_head(key, "T-2", 1, 17, hash, signature));
  CHECK_FALSE(verify_head(key, "T-1", 2, 17, hash, signature));
  CHECK_FALSE(verify_head(key, "T-1", 1, 18, hash, signature));
  CHECK_FALSE(verify_head(key, "T-1", 1, 17, other, signature));
  CHECK_FALSE(verify_head(key, std::string("T-1\0", 4), 1, 17, hash, signature));
  CHECK_FALSE(verify_head(SigningKeys().public_key(), "T-1", 1, 17, hash, signature));
}

TEST_CASE("what is signed under one tag does not pass under another") {
  const SigningKeys keys;
  Terms terms;
  terms.terminal = "T-1";
  const Signed made = sign(keys, terms_tag, encode(terms));
  CHECK(made.bytes == encode(terms));
  CHECK(verify(keys.public_key(), terms_tag, made));
  CHECK_FALSE(verify(keys.public_key(), snapshot_tag, made));
  CHECK_FALSE(verify(SigningKeys().public_key(), terms_tag, made));
  Signed changed = made;
  changed.bytes[5] = static_cast<char>(changed.bytes[5] ^ 1);
  CHECK_FALSE(verify(keys.public_key(), terms_tag, changed));
}

TEST_CASE("shares by payer add up to the whole fee") {
  const PayerShares shares = payer_shares(fixtures::settled());
  CHECK(shares == PayerShares{Money::fen(3'591), Money::fen(500), Money::fen(1'609), Money::fen(3'990)});
  CHECK(shares.fund + shares.account + shares.family + shares.cash == fixtures::settled().totals.medfee_sumamt);
}
