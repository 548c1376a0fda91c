// troubles.h — what can be wrong with bytes that claim to be an entry, a snapshot, terms or a feed.
#pragma once

#include "offline/base/result.h"

namespace gongji::record::troubles {

inline constexpr TroubleText not_canonical{
    "G4301", "记录的字节不是规定的唯一写法（规范 JSON）。", "请勿手工修改记录；请对方用同版本程序重新生成并发送。",
    "These bytes are not in the one canonical JSON form.",
    "Do not edit records by hand; have the sender make and send them again with a matching version."};
inline constexpr TroubleText missing_member{"G4302", "记录缺少必需的成员。", "请核对双方程序版本；较旧的一方需要升级。",
                                            "A required member is missing from the record.",
                                            "Compare the versions of both programs; update the older one."};
inline constexpr TroubleText unknown_member{
    "G4303", "记录含有本程序不认识的成员，或成员顺序不对。", "请核对双方程序版本；本机程序可能需要升级。",
    "The record has a member that this program does not know, or in the wrong place.",
    "Compare the versions of both programs; this one may need an update."};
inline constexpr TroubleText out_of_range{
    "G4304", "记录中的数值或文字超出允许范围。", "请把提示的成员路径告知技术支持；该记录不会被采用。",
    "A value of the record is outside its range.", "Report the path shown to support; the record is not used."};
inline constexpr TroubleText parts_differ{"G4305", "记录的公开部分与个人信息部分不相符。",
                                          "请从备份核对数据文件，并联系技术支持。",
                                          "The public and the personal part of the record do not belong together.",
                                          "Compare the data file with a backup, and call support."};
inline constexpr TroubleText too_large{"G4306", "记录超过 4 MiB 的上限。", "请检查发送方；正常的销售记录远小于此。",
                                       "The record is larger than 4 MiB.",
                                       "Check the sender; a regular sale is far smaller."};

inline constexpr const TroubleText* all[] = {&not_canonical, &missing_member, &unknown_member,
                                             &out_of_range,  &parts_differ,   &too_large};

}  // namespace gongji::record::troubles
