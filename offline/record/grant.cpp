#include "offline/record/grant.h"

#include "offline/record/grant_fields.h"

namespace gongji::record {

std::string encode(const Grant& grant) {
  Writing writing(Identities::shown);
  describe(writing, grant);
  return writing.document().take();
}

Result<Grant> decode_grant(std::string_view bytes) {
  Reading reading(bytes, Identities::shown);
  Grant grant;
  describe(reading, grant);
  reading.document().finish();
  if (reading.document().failed()) return reading.document().error();
  return grant;
}

}  // namespace gongji::record
