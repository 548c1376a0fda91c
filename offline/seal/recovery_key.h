// recovery_key.h — the owner's key on paper: 128 random bits, written as 48 digits in eight groups of six.
//
// Five digits of a group carry 16 bits; the sixth is a check digit (Damm's) over the group's place and the five, so
// that one wrong digit, two neighbours exchanged or two groups exchanged are noticed and the group is named.
//
// What only the owner may open is sealed to the public key: X25519 with a key of its own each time, HKDF-SHA-256,
// AES-256-GCM.  The machine keeps the public key; the private one is derived from the digits, which are printed once.
//
// Values; any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "offline/base/bytes.h"
#include "offline/base/ids.h"
#include "offline/base/result.h"
#include "offline/base/secret.h"

namespace gongji::seal {

inline constexpr std::size_t recovery_public_size = 32;

class RecoveryKey {
 public:
  static RecoveryKey make(Random& random);
  // Spaces and hyphens between the digits do not matter.  Errors: recovery_mistyped, path "group 3".
  static Result<RecoveryKey> parse(std::string_view typed);
  ~RecoveryKey();
  RecoveryKey(const RecoveryKey&) = default;
  RecoveryKey& operator=(const RecoveryKey&) = default;

  Secret digits() const;  // "012345 678901 …"
  Bytes public_key() const;
  // nullopt: sealed to another key, or changed.
  std::optional<Bytes> open(ByteView sealed, ByteView associated) const;

 private:
  RecoveryKey() = default;
  std::array<std::uint8_t, 16> secret_{};
};

// public key of this sealing (32) | nonce (12) | ciphertext | tag (16).  nullopt: not a public key.
std::optional<Bytes> seal_to_owner(ByteView public_key, ByteView plain, ByteView associated, Random& random);

}  // namespace gongji::seal
