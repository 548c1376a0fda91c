// Published vectors: what a foreign implementation computes, this one computes too.
#include <catch2/catch.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "offline/seal/aead.h"
#include "offline/seal/cmac.h"
#include "offline/seal/key_store.h"
#include "offline/seal/sm2.h"
#include "offline/seal/sm3.h"

using namespace gongji;
using namespace gongji::seal;

namespace {
Bytes hex(std::string_view text) {
  return from_hex(text).value();
}
}  // namespace

TEST_CASE("AES-256-CMAC is that of NIST SP 800-38B, and of the parts as of the whole") {
  const seal::CmacKey key(*from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4"));
  const Bytes message = *from_hex(
      "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52ef"
      "f69f2445df4f9b17ad2b417be66c3710");
  const std::pair<std::size_t, const char*> published[] = {{0, "028962f61b7bf89efc6b551f4667d983"},
                                                           {16, "28a7023f452e8f82bd4bf28d8c37c35c"},
                                                           {40, "aaf3d8f1de5640c232f5b169b9c911e6"},
                                                           {64, "e1992190549f6ed5696a2c056c315410"}};
  for (const auto& [size, checksum] : published) {
    const ByteView part = ByteView(message).first(size);
    CHECK(to_hex(key({part})) == checksum);
    CHECK(to_hex(key({part.first(size / 3), part.subspan(size / 3)})) == checksum);
  }
}

TEST_CASE("AES-256-CMAC is OpenSSL's own for messages of every length") {
  SeededRandom random(3);
  for (std::size_t size = 0; size < 200; ++size) {
    INFO(size);
    Bytes of_key(32), message(size), expected(16);
    random.fill(of_key);
    random.fill(message);
    std::size_t written = 0;
    REQUIRE(EVP_Q_mac(nullptr, "CMAC", nullptr, "AES-256-CBC", nullptr, of_key.data(), of_key.size(), message.data(),
                      message.size(), expected.data(), expected.size(), &written) != nullptr);
    const seal::CmacKey key(of_key);
    CHECK(to_hex(key({message})) == to_hex(expected));
    CHECK(to_hex(key({message})) == to_hex(expected));  // and again, by the same
  }
}

TEST_CASE("SM3 gives the digests of GB/T 32905, annex A") {
  CHECK(to_hex(sm3(as_bytes("abc"))) == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  std::string sixty_four;
  for (int i = 0; i < 16; ++i) sixty_four += "abcd";
  CHECK(to_hex(sm3(as_bytes(sixty_four))) == "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
  CHECK(to_hex(sm3(ByteView())) == "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b");
}

TEST_CASE("SM3 of parts is SM3 of the whole, and the parts of one call do not leak into the next") {
  const Digest whole = sm3(as_bytes("one two three"));
  CHECK(sm3({as_bytes("one "), ByteView(), as_bytes("two three")}) == whole);
  CHECK(sm3({as_bytes("one "), ByteView(), as_bytes("two three")}) == whole);
  CHECK(sm3({as_bytes("one"), as_bytes("two three")}) != whole);
}

TEST_CASE("HMAC-SM3 follows RFC 2104 for short, block-long and long keys") {
  const Bytes text = to_bytes(as_bytes("abc"));
  for (const std::size_t size : {0U, 1U, 32U, 64U, 65U, 200U}) {
    const Bytes key(size, 0x0b);
    Bytes block(64, 0);
    if (size > 64) {
      const Digest shortened = sm3(key);
      std::copy(shortened.begin(), shortened.end(), block.begin());
    } else {
      std::copy(key.begin(), key.end(), block.begin());
    }
    Bytes inner = block, outer = block;
    for (auto& octet : inner) octet ^= 0x36U;
    for (auto& octet : outer) octet ^= 0x5cU;
    CHECK(hmac_sm3(key, text) == sm3({outer, sm3({inner, text})}));
    if (key.size() <= 64) CHECK(HmacKey(key)(text) == hmac_sm3(key, text));
  }
}

TEST_CASE("the SM2 example of GB/T 32918.5 verifies, with the id 1234567812345678") {
  const Bytes key =
      hex("04"
          "09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
          "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13");
  const Bytes signature =
      hex("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
          "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");
  CHECK(verify(key, "", as_bytes("message digest"), signature));
  CHECK(verify(key, "message ", as_bytes("digest"), signature));
  CHECK_FALSE(verify(key, "", as_bytes("message digesu"), signature));

  SECTION("and fails when any byte of the signature is changed") {
    for (std::size_t i = 0; i < signature.size(); ++i) {
      Bytes changed = signature;
      changed[i] ^= 1U;
      CHECK_FALSE(verify(key, "", as_bytes("message digest"), changed));
    }
  }
  SECTION("and with no other length, key form or key") {
    CHECK_FALSE(verify(key, "", as_bytes("message digest"), ByteView(signature).first(63)));
    CHECK_FALSE(verify(key, "", as_bytes("message digest"), ByteView()));
    CHECK_FALSE(verify(key, "", as_bytes("message digest"), Bytes(64, 0)));
    CHECK_FALSE(verify(key, "", as_bytes("message digest"), Bytes(64, 0xff)));
    CHECK_FALSE(verify(ByteView(key).subspan(1), "", as_bytes("message digest"), signature));
    Bytes off_curve = key;
    off_curve[64] ^= 1U;
    CHECK_FALSE(Sm2PublicKey::from_raw(off_curve).has_value());
    CHECK_FALSE(verify(Sm2PrivateKey::generate().public_key(), "", as_bytes("message digest"), signature));
  }
}

TEST_CASE("an SM2 key survives its PEM, and its signatures are bound to tag and statement") {
  const Sm2PrivateKey made = Sm2PrivateKey::generate();
  const auto key = Sm2PrivateKey::from_pem(made.to_pem().reveal());
  REQUIRE(key);
  CHECK(key->public_key() == made.public_key());
  const Bytes signature = key->sign("gongji.head.v1", as_bytes("statement"));
  CHECK(signature.size() == sm2_signature_size);
  CHECK(verify(made.public_key(), "gongji.head.v1", as_bytes("statement"), signature));
  CHECK_FALSE(verify(made.public_key(), "gongji.feed.v1", as_bytes("statement"), signature));
  CHECK_FALSE(verify(made.public_key(), "gongji.head.v1", as_bytes("Statement"), signature));
}

TEST_CASE("what is not an SM2 private key in PEM is not taken for one") {
  CHECK_FALSE(Sm2PrivateKey::from_pem("").has_value());
  CHECK_FALSE(Sm2PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").has_value());

  // A P-256 key: the right form, the wrong curve.
  EVP_PKEY* const other_curve = EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256");
  BIO* const memory = BIO_new(BIO_s_mem());
  REQUIRE(PEM_write_bio_PKCS8PrivateKey(memory, other_curve, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  CHECK_FALSE(Sm2PrivateKey::from_pem({text, static_cast<std::size_t>(size)}).has_value());
  BIO_free(memory);
  EVP_PKEY_free(other_curve);
}

TEST_CASE("AES-256-GCM gives the published vectors (McGrew and Viega, test cases 14 and 16)") {
  const Bytes zero_key(32, 0);
  CHECK(to_hex(aead_seal(zero_key, AeadNonce{}, Bytes(16, 0), {})) ==
        "000000000000000000000000"
        "cea7403d4d606b6e074ec5d3baf39d18"
        "d0d1c8a799996bf0265b98b5d48ab919");

  const Bytes key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
  AeadNonce nonce{};
  const Bytes iv = hex("cafebabefacedbaddecaf888");
  std::copy(iv.begin(), iv.end(), nonce.begin());
  const Bytes plain =
      hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
          "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  const Bytes associated = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const Bytes sealed = aead_seal(key, nonce, plain, associated);
  CHECK(to_hex(sealed) ==
        "cafebabefacedbaddecaf888"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b");
  CHECK(aead_open(key, sealed, associated) == plain);

  SECTION("and nothing changed opens") {
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      Bytes changed = sealed;
      changed[i] ^= 0x80U;
      CHECK_FALSE(aead_open(key, changed, associated).has_value());
    }
    for (std::size_t size = 0; size < sealed.size(); ++size)
      CHECK_FALSE(aead_open(key, ByteView(sealed).first(size), associated).has_value());
    CHECK_FALSE(aead_open(key, sealed, ByteView()).has_value());
    CHECK_FALSE(aead_open(zero_key, sealed, associated).has_value());
  }
}

TEST_CASE("nothing at all can be sealed and opened too") {
  const Bytes key(32, 7);
  const Bytes sealed = aead_seal(key, AeadNonce{1}, {}, {});
  CHECK(sealed.size() == aead_nonce_size + aead_tag_size);
  CHECK(aead_open(key, sealed, {}) == Bytes());
}
