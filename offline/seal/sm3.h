// sm3.h — the SM3 digest (GB/T 32905) and HMAC over it.  Pure; any thread.
#pragma once

#include <initializer_list>
#include <memory>

#include "offline/base/bytes.h"

struct evp_md_ctx_st;

namespace gongji::seal {

Digest sm3(ByteView bytes);
Digest sm3(std::initializer_list<ByteView> parts);  // of the parts, one after another
Digest hmac_sm3(ByteView key, ByteView bytes);

// hmac_sm3 under one key, for many short messages: what depends on the key alone is digested once, half of the work.
class HmacKey {
 public:
  explicit HmacKey(ByteView key);  // of at most 64 bytes (GONGJI_CHECK)
  Digest operator()(ByteView bytes) const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  using Context = std::unique_ptr<evp_md_ctx_st, Free>;
  Context inner_, outer_;  // after the key's block
};

}  // namespace gongji::seal
