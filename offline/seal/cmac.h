// cmac.h — AES-256-CMAC (NIST SP 800-38B) under one key, for many short messages.
//
// Internal to this module.  Any thread: the one context is used under a lock.
#pragma once

#include <array>
#include <initializer_list>
#include <memory>
#include <mutex>

#include "offline/base/bytes.h"

struct evp_mac_ctx_st;

namespace gongji::seal {

class CmacKey {
 public:
  explicit CmacKey(ByteView key);  // 32 bytes (GONGJI_CHECK)
  // Of the parts, one after another.
  std::array<std::uint8_t, 16> operator()(std::initializer_list<ByteView> parts) const;

 private:
  struct Free {
    void operator()(evp_mac_ctx_st* context) const;
  };
  mutable std::mutex mutex_;
  std::unique_ptr<evp_mac_ctx_st, Free> context_;
};

}  // namespace gongji::seal
