// sm3.h — the SM3 digest (GB/T 32905) and HMAC over it.  Pure; any thread.
#pragma once

#include <initializer_list>

#include "offline/base/bytes.h"

namespace gongji::seal {

Digest sm3(ByteView bytes);
Digest sm3(std::initializer_list<ByteView> parts);  // of the parts, one after another
Digest hmac_sm3(ByteView key, ByteView bytes);

}  // namespace gongji::seal
