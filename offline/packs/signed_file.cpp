#include "offline/packs/signed_file.h"

#include <algorithm>

#include "offline/base/check.h"
#include "offline/packs/pack_folder.h"
#include "offline/packs/strict_json.h"
#include "offline/packs/troubles.h"
#include "offline/seal/private_directory.h"
#include "offline/seal/sm3.h"

namespace gongji::packs {

namespace {

constexpr std::string_view signed_format = "gongji.signed.v1";  // also the tag of the signature
constexpr std::string_view kinds[] = {"supplement", "pack", "activation"};

constexpr const char* private_name = "authority.pem";
constexpr const char* public_name = "authority.pub";

// The end of the kind is marked, so that no kind and content can be read as another kind and content.
Bytes statement(SignedKind kind, std::string_view content) {
  const std::string_view name = name_of(kind);
  Bytes out(name.begin(), name.end());
  out.push_back(0);
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

// One spelling only: unused bits of the last digit must be zero.
Bytes canonical_base64(const Node& node) {
  const std::string text = node.text();
  auto bytes = from_base64(text);
  if (!bytes || to_base64(*bytes) != text) node.fail("is not canonical base64");
  return std::move(*bytes);
}

std::string json_text(std::string_view text) {
  // Broken UTF-8 is written as U+FFFD: whoever reads the text back finds other bytes and says so.
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string_view name_of(SignedKind kind) {
  return kinds[static_cast<std::size_t>(kind)];
}

std::string key_name(ByteView public_key) {
  return "sm3:" + to_hex(seal::sm3(public_key));
}

bool says_signed(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return false;
  const auto format = json.find("format");
  return format != json.end() && *format == std::string(signed_format);
}

Result<SignedFile> read_signed(std::string_view text, std::string_view origin) {
  return reading([&] {
    const std::string name = "signed file " + std::string(origin);
    if (text.size() > signed_text_bytes_max) throw Fault{&troubles::not_valid, name, "larger than 8 MiB"};
    const nlohmann::json json = parse_strictly(text, name);
    const Node root(json, name);
    root.exactly({"format", "kind", "authority", "public_key", "content", "signature"});
    root["format"].one_of({signed_format});
    SignedFile file;
    file.kind = static_cast<SignedKind>(root["kind"].one_of({kinds[0], kinds[1], kinds[2]}));
    file.public_key = canonical_base64(root["public_key"]);
    const auto key = seal::Sm2PublicKey::from_raw(file.public_key);
    if (!key) root["public_key"].fail("is not an SM2 public key");
    file.authority = root["authority"].text();
    if (file.authority != key_name(file.public_key)) root["authority"].fail("is not the name of public_key");
    file.content = as_text(canonical_base64(root["content"]));
    if (file.content.size() > signed_content_bytes_max) root["content"].fail("is larger than 4 MiB");
    const Bytes signature = canonical_base64(root["signature"]);
    if (!key->verify(signed_format, statement(file.kind, file.content), signature)) {
      throw Fault{&troubles::signature_wrong, name, ""};
    }
    return file;
  });
}

Result<SignedFile> read_signed_file(const std::filesystem::path& file) {
  const auto text = reading([&] { return read_file(file); });
  if (!text) return text.error();
  return read_signed(*text, file.string());
}

Result<void> check_authority(const SignedFile& file, const std::vector<Bytes>& authorities, std::string_view origin) {
  if (std::find(authorities.begin(), authorities.end(), file.public_key) != authorities.end()) return {};
  return trouble(troubles::unknown_authority, std::string(origin), file.authority);
}

std::string sign_file(const seal::Sm2PrivateKey& key, SignedKind kind, std::string_view content) {
  GONGJI_CHECK(content.size() <= signed_content_bytes_max);
  const Bytes public_key = key.public_key();
  std::string out = "{\"format\": " + json_text(signed_format);
  out += ",\n \"kind\": " + json_text(name_of(kind));
  out += ",\n \"authority\": " + json_text(key_name(public_key));
  out += ",\n \"public_key\": " + json_text(to_base64(public_key));
  out += ",\n \"content\": " + json_text(to_base64(as_bytes(content)));
  out += ",\n \"signature\": " + json_text(to_base64(key.sign(signed_format, statement(kind, content))));
  return out + "}\n";
}

std::string pack_with_sources(std::string_view pack_text, std::string_view sources_text) {
  return "{\"format\":\"gongji.pack_with_sources.v1\",\"pack\":" + json_text(pack_text) +
         ",\"sources\":" + json_text(sources_text) + "}";
}

Result<Bytes> make_authority_keys(const std::filesystem::path& directory) {
  auto folder = seal::PrivateDirectory::open(directory);
  if (!folder) return folder.error();
  const seal::PrivateDirectory::Lock lock(*folder);
  for (const char* name : {private_name, public_name}) {
    if (folder->contains(name)) return trouble(troubles::key_exists, (directory / name).string());
  }
  const auto key = seal::Sm2PrivateKey::generate();
  const Bytes public_key = key.public_key();
  const Secret pem = key.to_pem();
  if (auto done = folder->create(private_name, as_bytes(pem.reveal())); !done) return done.error();
  const std::string line = to_hex(public_key) + "\n";
  if (auto done = folder->create(public_name, as_bytes(line)); !done) return done.error();
  return public_key;
}

Result<seal::Sm2PrivateKey> read_authority_key(const std::filesystem::path& file) {
  const auto parent = std::filesystem::absolute(file).parent_path();
  // The folder would be made where it is missing: a key that is looked for must be there.
  if (!std::filesystem::exists(file)) return trouble(troubles::unreadable, file.string(), "there is no such file");
  auto folder = seal::PrivateDirectory::open(parent);
  if (!folder) return folder.error();
  auto text = folder->read(file.filename().string());
  if (!text) return text.error();
  if (!text->has_value()) return trouble(troubles::unreadable, file.string(), "there is no such file");
  const Secret pem{std::string(as_text(**text))};
  auto key = seal::Sm2PrivateKey::from_pem(pem.reveal());
  if (!key) return trouble(troubles::not_a_private_key, file.string());
  return std::move(*key);
}

Result<Bytes> read_public_key(const std::filesystem::path& file) {
  auto text = reading([&] { return read_file(file); });
  if (!text) return text.error();
  while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
  auto raw = from_hex(*text);
  if (!raw || !seal::Sm2PublicKey::from_raw(*raw)) return trouble(troubles::not_a_public_key, file.string());
  return std::move(*raw);
}

}  // namespace gongji::packs
