// trouble_answers.h — what a request that came to nothing is answered with.
#pragma once

#include "offline/base/result.h"
#include "sync/http/message.h"
#include "terminal/checkout/sale.h"

namespace gongji::terminal {

// {"error":{"code","path","message","next","message_en","next_en","detail"}}
http::Response error_response(unsigned status, const Trouble& what);

// The same with the status that /api/v1 gives this trouble: 404 nothing there, 409 it stands otherwise, 422 the
// credential, 503 not now, 400 the request.
http::Response trouble_response(const Trouble& what);

// 409 {"pack","refused":{"code","message","message_en","article","path"}}: the law says no.
http::Response refusal_response(const Refused& refused);

}  // namespace gongji::terminal
