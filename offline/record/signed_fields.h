// signed_fields.h — the members of signed bytes, once for both directions.  Internal to this module.
#pragma once

#include "offline/record/codec.h"
#include "offline/record/snapshot.h"
#include "offline/seal/sm2.h"

namespace gongji::record {

template <class Archive>
void describe(Archive& a, Subject<Archive, Signed>& statement) {
  object(a, [&] {
    member(a, "bytes", statement.bytes);
    a.key("signature");
    hex_value(a, statement.signature, seal::sm2_signature_size);
  });
}

}  // namespace gongji::record
