// aead.h — AES-256-GCM: data at rest that cannot be read or changed without its key.
//
// Sealed form: nonce (12) | ciphertext | tag (16).  A nonce must never be used twice under one key; random nonces are
// safe up to 2^32 messages a key, far above what one terminal writes in a month.  Pure; any thread.
#pragma once

#include <array>
#include <optional>

#include "offline/base/bytes.h"

namespace gongji::seal {

inline constexpr std::size_t aead_key_size = 32;
inline constexpr std::size_t aead_nonce_size = 12;
inline constexpr std::size_t aead_tag_size = 16;
inline constexpr std::size_t aead_plain_size_max = 1U << 30U;

using AeadNonce = std::array<std::uint8_t, aead_nonce_size>;

// Requires a key of aead_key_size bytes and at most aead_plain_size_max bytes of text and of associated data (CHECK).
Bytes aead_seal(ByteView key, const AeadNonce& nonce, ByteView plain, ByteView associated);

// nullopt: too short, changed, other key, or other associated data; which of these cannot be told.
std::optional<Bytes> aead_open(ByteView key, ByteView sealed, ByteView associated);

}  // namespace gongji::seal
