#include "sync/centre/sealing.h"

#include <openssl/crypto.h>

#include "offline/base/check.h"
#include "offline/base/day.h"

namespace gongji::centre {
namespace {

constexpr std::string_view person_prefix = "person:";

std::string text_of(ByteView bytes) {
  return std::string(as_text(bytes));
}

}  // namespace

std::string month_of(WallTime time) {
  return to_string(civil_time_at(time).day).substr(0, 7);
}

std::string Sealing::person(std::string_view psn_no) const {
  return psn_no.empty() ? std::string() : keys_->lookup_key("person", psn_no);
}

std::string Sealing::credential(std::string_view kind, std::string_view number) const {
  const Secret both(std::string(kind) + "|" + std::string(number));
  return keys_->lookup_key("credential", both.reveal());
}

std::string Sealing::stopped(int kind, const std::string& number) const {
  return keys_->lookup_key("stop", std::to_string(kind) + "|" + number);
}

std::string Sealing::account(const std::string& name) const {
  if (name.compare(0, person_prefix.size(), person_prefix) != 0) return name;
  const std::size_t end = name.rfind(':');
  GONGJI_CHECK(end >= person_prefix.size());
  return name.substr(0, person_prefix.size()) +
         person(std::string_view(name).substr(person_prefix.size(), end - person_prefix.size())) + name.substr(end);
}

Digest Sealing::digest(const Digest& of_request) const {
  const auto keyed = digest_from_hex(keys_->lookup_key("request", to_hex(of_request)));
  GONGJI_CHECK(keyed);
  return *keyed;
}

Result<Bytes> Sealing::seal(const std::string& month, std::string_view place, ByteView plain) const {
  return keys_->seal(month, plain, as_bytes(place));
}

Result<Secret> Sealing::open(const std::string& month, std::string_view place, ByteView sealed) const {
  auto plain = keys_->open_sealed(month, sealed, as_bytes(place));
  if (!plain) return plain.error();
  Secret out(text_of(*plain));
  OPENSSL_cleanse(plain->data(), plain->size());
  return out;
}

void Sealing::define_in(sqlite::Connection& connection) const {
  using sqlite::Arguments;
  using Value = Result<sqlite::Value>;
  const Sealing self = *this;
  connection.define("keyed_person", 1, [self](Arguments in) -> Value { return self.person(as_text(in[0])); });
  connection.define("keyed_credential", 2,
                    [self](Arguments in) -> Value { return self.credential(as_text(in[0]), as_text(in[1])); });
  connection.define("keyed_account", 1, [self](Arguments in) -> Value { return self.account(text_of(in[0])); });
  connection.define("keyed_digest", 1, [self](Arguments in) -> Value {
    Digest digest{};
    if (in[0].size() == digest.size()) std::copy(in[0].begin(), in[0].end(), digest.begin());
    return to_bytes(self.digest(digest));
  });
  connection.define("sealed", -1, [self](Arguments in) -> Value {
    GONGJI_CHECK(in.size() >= 3);
    Bytes plain;
    for (const ByteView part : in.subspan(2)) plain.insert(plain.end(), part.begin(), part.end());
    auto sealed = self.seal(text_of(in[0]), as_text(in[1]), plain);
    OPENSSL_cleanse(plain.data(), plain.size());
    if (!sealed) return sealed.error();
    return std::move(*sealed);
  });
}

}  // namespace gongji::centre
