// signed_file.h — what a region's authority signs: a supplement, a pack with its sources, or the activation of a
// reported version, as one JSON file that carries the signed bytes unchanged.
//
//   {"format": "gongji.signed.v1", "kind": "supplement" | "pack" | "activation",
//    "authority": "sm3:<SM3 of the public key>", "public_key": "<base64, 65 bytes>",
//    "content": "<base64 of the exact bytes>", "signature": "<base64, raw r||s>"}
//
// The SM2 signature is over "gongji.signed.v1" | kind | 00 | content.  The public key in the file proves only that the
// file is whole: whether it is an authority's is asked of a list that came another way (enrolment, configuration).
//
// Thread safety: values; any thread.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/result.h"
#include "offline/seal/sm2.h"

namespace gongji::packs {

inline constexpr std::size_t signed_text_bytes_max = 8u << 20;
inline constexpr std::size_t signed_content_bytes_max = 4u << 20;

enum class SignedKind : std::uint8_t { supplement, pack, activation };
std::string_view name_of(SignedKind kind);  // "supplement"

struct SignedFile {
  SignedKind kind = SignedKind::supplement;
  std::string authority;  // "sm3:<64 hex>" of public_key
  Bytes public_key;
  std::string content;  // the exact bytes
};

// "sm3:<64 hex>": how a public key is named on screens and in files.
std::string key_name(ByteView public_key);

// Whether the text says that it is a signed file; nothing is checked.
bool says_signed(std::string_view text);

// Reads the text and checks the signature under the key that it carries.
// Errors in order: not_json, not_valid (also a wrong size, base64 that is not canonical, a key that does not have the
// name it claims), signature_wrong.
Result<SignedFile> read_signed(std::string_view text, std::string_view origin);
// The same from a file; before these errors: unreadable.
Result<SignedFile> read_signed_file(const std::filesystem::path& file);

// unknown_authority where the file's key is not one of `authorities` (65 bytes each).
Result<void> check_authority(const SignedFile& file, const std::vector<Bytes>& authorities, std::string_view origin);

// The text of a signed file, with a line's end.  Requires content of at most signed_content_bytes_max (CHECK).
std::string sign_file(const seal::Sm2PrivateKey& key, SignedKind kind, std::string_view content);

// The content of a signed pack: the bytes of <version>.json and of its sources.json.
std::string pack_with_sources(std::string_view pack_text, std::string_view sources_text);

// An authority's pair in a folder of its own (0700): authority.pem, authority.pub (130 hex digits and a line's end).
// Errors: those of seal::PrivateDirectory; key_exists where one of the two is there already.
Result<Bytes> make_authority_keys(const std::filesystem::path& directory);
// Errors: those of seal::PrivateDirectory (the folder and the file must be private), not_a_private_key.
Result<seal::Sm2PrivateKey> read_authority_key(const std::filesystem::path& file);
// Errors: unreadable, not_a_public_key.
Result<Bytes> read_public_key(const std::filesystem::path& file);

}  // namespace gongji::packs
