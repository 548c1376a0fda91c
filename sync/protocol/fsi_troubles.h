// fsi_troubles.h — what may be wrong with a request of the national interface, in words (G12xx).
#pragma once

#include "offline/base/result.h"

namespace gongji::protocol::fsi_troubles {

inline constexpr TroubleText text_not_utf8{"G1201", "报文不是合法的 UTF-8 文本。", "请让收银软件按 UTF-8 编码发送。",
                                           "the text is not valid UTF-8.", "Have the till's software send UTF-8."};
inline constexpr TroubleText text_not_json{"G1202", "报文不是合法的 JSON。", "请检查收银软件拼装的报文。",
                                           "the text is not valid JSON.",
                                           "Check how the till's software builds the message."};
inline constexpr TroubleText member_twice{"G1203", "同一个字段出现了两次。", "请只保留一个。",
                                          "a member appears twice.", "Send it once."};
inline constexpr TroubleText member_missing{"G1204", "缺少必填字段。", "请补充该字段后重发。",
                                            "a required member is missing.", "Add it and send again."};
inline constexpr TroubleText member_invalid{"G1205", "字段的值不合要求。", "请更正该字段后重发。",
                                            "a member's value is not acceptable.", "Correct it and send again."};
inline constexpr TroubleText text_too_deep{"G1206", "报文嵌套层数过多。", "请检查报文结构。",
                                           "the message is nested too deeply.", "Check the message's structure."};
inline constexpr TroubleText infno_unknown{"G1207", "本机不提供该交易。", "请检查交易编号,或直接发往医保平台。",
                                           "this transaction is not served here.",
                                           "Check infno, or send it to the region's platform."};
inline constexpr TroubleText site_differs{"G1208", "机构编号与本终端登记的不一致。", "请检查收银软件里的机构编号设置。",
                                          "fixmedins_code is not this terminal's site.",
                                          "Check the site code set in the till's software."};
inline constexpr TroubleText sum_differs{"G1209", "明细金额合计与总额不符。", "请核对每行金额与总额后重发。",
                                         "the lines do not add up to medfee_sumamt.",
                                         "Check each line and the total, then send again."};
inline constexpr TroubleText mixed_prescription{
    "G1210", "同一单内外购处方标志不一致。", "请把有处方和无处方的商品分成两单。",
    "lines with and without an external prescription are mixed.", "Ring them up as two sales."};
inline constexpr TroubleText message_reused{"G1211", "该报文ID已用于另一笔内容不同的交易。", "请用新的 msgid 重发。",
                                            "this msgid was used for a different request.",
                                            "Send again with a new msgid."};
inline constexpr TroubleText too_many_lines{"G1212", "明细行数超过上限。", "请分成多单结算。",
                                            "too many lines in one sale.", "Ring them up as several sales."};

inline constexpr TroubleText several_prescriptions{"G1213", "同一单内有多个处方号。", "请按处方分成多单结算。",
                                                   "lines of several prescriptions in one sale.",
                                                   "Ring each prescription up as a sale of its own."};

inline constexpr const TroubleText* all[] = {
    &text_not_utf8,  &text_not_json,  &member_twice,         &member_missing, &member_invalid,
    &text_too_deep,  &infno_unknown,  &site_differs,         &sum_differs,    &mixed_prescription,
    &message_reused, &too_many_lines, &several_prescriptions};

}  // namespace gongji::protocol::fsi_troubles
