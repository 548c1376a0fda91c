#include "offline/record/registration.h"

#include "offline/record/codec.h"
#include "offline/seal/sm2.h"

namespace gongji::record {
namespace {

template <class Archive>
void describe(Archive& a, Subject<Archive, Registration>& registration) {
  object(a, [&] {
    number(a, "epoch", registration.epoch, 1, std::numeric_limits<std::uint32_t>::max());
    member(a, "fixmedins_code", registration.fixmedins_code);
    member(a, "issued", registration.issued);
    a.key("sign_public_key");
    hex_value(a, registration.sign_public_key, seal::sm2_public_key_size);
    terminal_name(a, registration.terminal);
  });
}

}  // namespace

std::string encode(const Registration& registration) {
  Writing writing(Identities::shown);
  describe(writing, registration);
  return writing.document().take();
}

Result<Registration> decode_registration(std::string_view bytes) {
  Reading reading(bytes, Identities::shown);
  Registration registration;
  describe(reading, registration);
  reading.document().finish();
  if (reading.document().failed()) return reading.document().error();
  return registration;
}

}  // namespace gongji::record
