#include "offline/base/rate.h"

#include <limits>

#include "offline/base/check.h"

namespace gongji {

Rate Rate::ppm(std::int64_t parts) {
  GONGJI_CHECK(parts >= 0 && parts <= ppm_whole);
  return Rate(parts);
}

Money multiply(Money amount, std::int64_t numerator, std::int64_t denominator, Rounding rounding) {
  GONGJI_CHECK(amount >= Money() && numerator >= 0 && denominator > 0);
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(amount.in_fen()) * static_cast<Wide>(numerator);
  const Wide divisor = static_cast<Wide>(denominator);
  Wide quotient = product / divisor;
  const Wide rest = product % divisor;
  if (rounding == Rounding::half_up && rest * 2 >= divisor) ++quotient;
  GONGJI_CHECK(quotient <= static_cast<Wide>(std::numeric_limits<std::int64_t>::max()));
  return Money::fen(static_cast<std::int64_t>(quotient));
}

}  // namespace gongji
