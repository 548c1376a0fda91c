#include "card/gb18030.h"

#include <iconv.h>

#include "offline/base/check.h"

namespace gongji::card {
namespace {

std::optional<std::string> convert(const char* to, const char* from, std::string_view text) {
  const iconv_t converter = ::iconv_open(to, from);
  GONGJI_CHECK_WHY(converter != reinterpret_cast<iconv_t>(-1), "the C library lacks its GB18030 table");
  std::string input(text);
  std::string output(text.size() * 4 + 4, '\0');
  char* read = input.data();
  char* write = output.data();
  std::size_t to_read = input.size();
  std::size_t room = output.size();
  const std::size_t outcome = ::iconv(converter, &read, &to_read, &write, &room);
  ::iconv_close(converter);
  if (outcome == static_cast<std::size_t>(-1) || to_read != 0) return std::nullopt;
  output.resize(output.size() - room);
  return output;
}

}  // namespace

std::optional<std::string> utf8_of_gb18030(ByteView text) {
  std::optional<std::string> out = convert("UTF-8", "GB18030", as_text(text));
  if (out && !is_utf8(*out)) return std::nullopt;
  return out;
}

std::optional<Bytes> gb18030_of_utf8(std::string_view text) {
  const std::optional<std::string> out = convert("GB18030", "UTF-8", text);
  if (!out) return std::nullopt;
  return to_bytes(as_bytes(*out));
}

}  // namespace gongji::card
