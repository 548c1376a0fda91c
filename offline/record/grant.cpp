#include "offline/record/grant.h"

#include "offline/record/grant_fields.h"
#include "offline/record/kept_form.h"

namespace gongji::record {

namespace {

template <class Document>
std::string write(const Grant& grant) {
  WritingAs<Document> writing(Identities::shown);
  describe(writing, grant);
  return writing.document().take();
}

template <class Document>
Result<Grant> read(std::string_view bytes) {
  ReadingAs<Document> reading(bytes, Identities::shown);
  Grant grant;
  describe(reading, grant);
  reading.document().finish();
  if (reading.document().failed()) return reading.document().error();
  return grant;
}

}  // namespace

std::string encode(const Grant& grant) {
  return write<CanonicalWriter>(grant);
}
Result<Grant> decode_grant(std::string_view bytes) {
  return read<CanonicalReader>(bytes);
}

std::string encode_compact(const Grant& grant) {
  return write<CompactWriter>(grant);
}
Result<Grant> decode_compact_grant(std::string_view bytes) {
  return read<CompactReader>(bytes);
}

}  // namespace gongji::record
