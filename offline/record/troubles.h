// troubles.h — what can be wrong with bytes that claim to be an entry, a snapshot, terms, a feed or a
// voucher.
#pragma once

#include "offline/base/result.h"

namespace gongji::record::troubles {

inline constexpr TroubleText not_canonical{
    "G4301", "记录的字节不是规定的唯一写法。", "请勿手工修改记录；请对方用同版本程序重新生成并发送。",
    "These bytes are not in the one form that a record has.",
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

inline constexpr TroubleText voucher_malformed{"G4307", "这不是完整的离线凭证码。",
                                               "请重新扫描整个二维码;手工输入时请核对全部289位数字。",
                                               "this is not the whole code of an offline voucher.",
                                               "Scan the whole code again; typed in, compare all 289 digits."};
inline constexpr TroubleText voucher_version_unknown{
    "G4308", "离线凭证由更新的版本签发。", "请升级本机程序;本次可改刷社会保障卡。",
    "this offline voucher was made by a newer version.", "Update this program; read the social security card today."};
inline constexpr TroubleText voucher_of_other_centre{
    "G4309", "这张离线凭证不是本机所属中心签发的。", "请改刷社会保障卡,或等线路恢复。",
    "another centre signed this offline voucher.", "Read the social security card, or wait for the line."};
inline constexpr TroubleText voucher_forged{"G4310", "离线凭证的签名不符,可能是伪造或扫描有误。",
                                            "请重新扫描一次;仍不符的不得使用,请改刷社会保障卡。",
                                            "the signature of this offline voucher does not hold.",
                                            "Scan once more; if it still does not hold, read the card instead."};

inline constexpr const TroubleText* all[] = {
    &not_canonical,     &missing_member,          &unknown_member,          &out_of_range,  &parts_differ, &too_large,
    &voucher_malformed, &voucher_version_unknown, &voucher_of_other_centre, &voucher_forged};

}  // namespace gongji::record::troubles
