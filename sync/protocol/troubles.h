// troubles.h — what can be wrong with a message between till and centre (codes G52xx).
#pragma once

#include "offline/base/result.h"

namespace gongji::protocol::troubles {

inline constexpr TroubleText not_json{"G5201", "消息不是有效的 JSON 对象。",
                                      "请检查双方软件版本，并把日志交给技术支持。",
                                      "The message is not a valid JSON object.",
                                      "Check the software versions of both sides and give the log to support."};
inline constexpr TroubleText member_missing{"G5202", "消息缺少必需的字段。", "请检查双方软件版本是否一致。",
                                            "The message lacks a required member.",
                                            "Check that both sides run versions that fit together."};
inline constexpr TroubleText member_unknown{"G5203", "消息含有未知的字段。", "请检查双方软件版本是否一致。",
                                            "The message has a member that is not known.",
                                            "Check that both sides run versions that fit together."};
inline constexpr TroubleText value_invalid{"G5204", "字段的值不符合要求。", "请按提示的字段和要求更正后重发。",
                                           "The value of a member is not allowed.",
                                           "Correct the member that is named and send again."};
inline constexpr TroubleText too_large{"G5205", "消息超过上限。", "请分批发送；若仍出现，请把日志交给技术支持。",
                                       "The message is over its limit.",
                                       "Send less at a time; if it happens again, give the log to support."};
inline constexpr TroubleText frames_broken{
    "G5206", "同步数据的分段不完整。", "数据未丢失，将自动重发；若反复出现，请检查线路。",
    "The frames of a sync body do not add up.", "Nothing is lost, it is sent again; if it repeats, check the line."};
inline constexpr TroubleText not_zstd{"G5207", "压缩数据无法解开。", "数据未丢失，将自动重发；若反复出现，请检查线路。",
                                      "The compressed data cannot be unpacked.",
                                      "Nothing is lost, it is sent again; if it repeats, check the line."};

inline constexpr const TroubleText* all[] = {&not_json,  &member_missing, &member_unknown, &value_invalid,
                                             &too_large, &frames_broken,  &not_zstd};

}  // namespace gongji::protocol::troubles
