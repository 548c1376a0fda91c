// entry_parts.h — make_entry() for who also keeps the digest of the personal part, as a journal does: it is digested
// once.
#pragma once

#include "offline/record/entry.h"

namespace gongji::record {

struct EntryParts {
  Entry entry;
  Digest personal{};  // personal_digest(salt, entry.personal_bytes)
};

// As make_entry().
EntryParts make_entry_parts(const Head& head, const Body& body, const Salt& salt, const Digest& previous, Form form);

}  // namespace gongji::record
