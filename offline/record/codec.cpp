#include "offline/record/codec.h"

#include "offline/record/owners.h"

namespace gongji::record {

void Writing::owner(const std::string& value) {
  text(family_ == nullptr ? value : public_owner(value, *family_));
}

}  // namespace gongji::record
