// print_trouble.h — Catch2 prints the trouble of a Result that failed.  Include it where Results are CHECKed.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "offline/base/result.h"

namespace Catch {

template <class Value>
struct StringMaker<boost::system::result<Value, gongji::Trouble>> {
  static std::string convert(const boost::system::result<Value, gongji::Trouble>& result) {
    return result ? "a value" : gongji::to_string(result.error(), gongji::Language::en);
  }
};

}  // namespace Catch
