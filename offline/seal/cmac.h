// cmac.h — AES-256-CMAC (NIST SP 800-38B) under one key, for many short messages.
//
// Internal to this module.  Any thread: the one context is used under a lock.
#pragma once

#include <array>
#include <initializer_list>
#include <memory>
#include <mutex>

#include "offline/base/bytes.h"

struct evp_cipher_ctx_st;

namespace gongji::seal {

class CmacKey {
 public:
  using Block = std::array<std::uint8_t, 16>;

  explicit CmacKey(ByteView key);  // 32 bytes (GONGJI_CHECK)
  ~CmacKey();
  CmacKey(const CmacKey&) = delete;
  CmacKey& operator=(const CmacKey&) = delete;
  // Of the parts, one after another.
  Block operator()(std::initializer_list<ByteView> parts) const;

 private:
  struct Free {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  mutable std::mutex mutex_;
  std::unique_ptr<evp_cipher_ctx_st, Free> context_;  // with the key
  Block whole_{}, filled_up_{};  // what the last block is mixed with: of 16 bytes, or filled up to them
  mutable Block chained_{};      // what the context mixes the next block with: the last that it made
  mutable Bytes message_;
};

}  // namespace gongji::seal
