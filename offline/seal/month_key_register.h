// month_key_register.h — where several stores with one data.key agree on the key of each month.
//
// Centres of one ledger have the same data.key, and each its own folder of month keys.  The first that needs a month
// makes its key; all others must take that one, or nobody could open what another has sealed.
//
// Threads: called by one store under its locks, of any thread.  Cost: asked once a month and process.
#pragma once

#include <optional>
#include <string>

#include "offline/base/bytes.h"
#include "offline/base/result.h"

namespace gongji::seal {

class MonthKeyRegister {
 public:
  virtual ~MonthKeyRegister() = default;

  // What holds for `month` ("2026-11", or `lasting`): `made`, a key that data.key wraps, where nothing stood.  Durable
  // when it returns, whatever becomes of the transaction in which somebody needs the key.
  virtual Result<Bytes> agree(const std::string& month, ByteView made) = 0;
  virtual Result<std::optional<Bytes>> find(const std::string& month) = 0;
};

}  // namespace gongji::seal
