// claim_words.h — what the reader of a claim says about each fault; inside this module only.
#pragma once

#include <string_view>

namespace gongji::settlement::words {

struct Words {
  std::string_view zh, en;
};

inline constexpr Words not_json{"不是合格的 JSON 文本（UTF-8、成员不重复）",
                                "not well-formed JSON (UTF-8, no member twice)"};
inline constexpr Words no_member{"缺少必填项", "a required member is missing"};
inline constexpr Words not_known{"没有这个字段，请核对拼写", "there is no such member; check its spelling"};
inline constexpr Words unknown_counter{"规则包没有这个累计项，请核对名称",
                                       "the pack has no such counter; check its name"};
inline constexpr Words want_object{"应为对象", "expected an object"};
inline constexpr Words want_array{"应为数组", "expected an array"};
inline constexpr Words want_text{"应为字符串", "expected a string"};
inline constexpr Words want_some_text{"应为非空字符串", "expected a string that is not empty"};
inline constexpr Words want_flag{"应为 true 或 false", "expected true or false"};
inline constexpr Words want_amount{"应为金额：数字，至多两位小数，无符号、无指数",
                                   "expected an amount: digits, up to two decimals, no sign, no exponent"};
inline constexpr Words want_price{"应为单价：数字，至多六位小数", "expected a price: digits, up to six decimals"};
inline constexpr Words want_count{"应为数量：数字，至多四位小数", "expected a quantity: digits, up to four decimals"};
inline constexpr Words want_fraction{"应为 0 到 1 的小数，至多四位",
                                     "expected a fraction from 0 to 1, up to four decimals"};
inline constexpr Words too_large{"超出上限 9999999999.99", "above the limit of 9999999999.99"};
inline constexpr Words above_one{"超出上限 1", "above the limit of 1"};
inline constexpr Words want_day{"应为日期 YYYY-MM-DD", "expected a day YYYY-MM-DD"};
inline constexpr Words want_time{"应为时间 YYYY-MM-DD HH:MM:SS", "expected a time YYYY-MM-DD HH:MM:SS"};
inline constexpr Words want_division{"应为六位行政区划代码", "expected a six-digit division code"};
inline constexpr Words want_pack{"应为 scheme@version", "expected scheme@version"};
inline constexpr Words want_code{"不在允许的代码之内", "not one of the codes allowed here"};
inline constexpr Words want_lines{"至少要有一行明细", "at least one line is needed"};
inline constexpr Words many_lines{"明细超过 200 行，请拆单", "more than 200 lines; split the sale"};
inline constexpr Words mismatch{"行金额与单价乘数量（四舍五入到分）相差超过 0.01",
                                "the line's amount differs from price x quantity by more than 0.01"};
inline constexpr Words long_text{"一份结算请求不得超过 1 MiB", "a claim may not be longer than 1 MiB"};

}  // namespace gongji::settlement::words
