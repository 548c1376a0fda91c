// card_pin.h — takes a card's PIN out of a request before anything else looks at it.
//
// A request's digest is public and stays for years, and a PIN has only a million values: whoever has the rest of the
// request could try them all.  So the PIN is gone before the digest is made, and with it from everything that is kept,
// compared or logged.
#pragma once

#include <nlohmann/json.hpp>

#include "offline/base/secret.h"

namespace gongji::protocol {

// The member `pin` of `gongji` in the `exp_content` (text or object) of any node of an fsi input; empty where there is
// none.  What held it is wiped.
Secret take_card_pin_of_fsi(nlohmann::json& input);

// The member `pin` of an object; empty where there is none.
Secret take_card_pin(nlohmann::json& object);

}  // namespace gongji::protocol
