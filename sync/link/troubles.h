// troubles.h — what can go wrong between till and centre, in words (G53xx).
#pragma once

#include "offline/base/result.h"

namespace gongji::link::troubles {

inline constexpr TroubleText line_down{"G5301", "与中心的线路不通。",
                                       "可继续按离线额度销售;请检查网线和路由器,线路恢复后自动补传。",
                                       "the line to the centre is down.",
                                       "Go on selling within the off-line limits; check cable and router: the rest is "
                                       "sent by itself when the line returns."};
inline constexpr TroubleText answer_unusable{
    "G5302", "中心的应答无法识别。", "请把日志交给实施工程师,核对终端与中心的版本。",
    "the centre's answer cannot be read.",
    "Give the log to the field engineer; compare the versions of till and centre."};
inline constexpr TroubleText signature_wrong{
    "G5303", "中心发来的数据签名不符。", "不要使用该数据;请联系中心核对签名公钥。",
    "data from the centre carries a wrong signature.", "It was not used; ask the centre to check its signing key."};
inline constexpr TroubleText refused{"G5304", "中心拒绝了同步。", "请按提示处理,或联系中心。",
                                     "the centre refused the sync.", "Follow the message, or call the centre."};
inline constexpr TroubleText stopping{"G5305", "程序正在停止。", "请稍后重试。", "the daemon is stopping.",
                                      "Try again in a moment."};

inline constexpr TroubleText till_too_old{
    "G5306", "本终端的软件过旧,中心不再支持它的协议版本。", "请升级终端软件;未上传的记录都保留,升级后自动补传。",
    "this till's software is too old: the centre does not speak its protocol any more.",
    "Upgrade the till's software; what is not sent yet is kept and goes up by itself afterwards."};
inline constexpr TroubleText centre_too_old{
    "G5307", "中心的软件过旧,与本终端没有共同的协议版本。",
    "请联系经办机构升级中心,或装回上一版终端软件;未上传的记录都保留。",
    "the centre's software is too old: there is no version of the protocol that both speak.",
    "Ask the authority to upgrade the centre, or go back to the till's previous version; what is not sent yet is "
    "kept."};
inline constexpr TroubleText not_kept{"G5308", "中心下发的文件未能保存。", "请检查磁盘空间和数据目录权限;将自动重试。",
                                      "a file from the centre could not be kept.",
                                      "Check disk space and the data folder's permissions; it is tried again by "
                                      "itself."};
inline constexpr TroubleText paused{"G5309", "同步已暂停。", "请先运行 gongji sync resume。", "syncing is paused.",
                                    "Run gongji sync resume first."};
inline constexpr TroubleText still_sending{"G5310", "尚未传完,后台继续。", "请稍后用 gongji sync status 查看。",
                                           "not everything is sent yet; it goes on in the background.",
                                           "Look again later with gongji sync status."};

inline constexpr const TroubleText* all[] = {&line_down, &answer_unusable, &signature_wrong, &refused,
                                             &stopping,  &till_too_old,    &centre_too_old,  &not_kept,
                                             &paused,    &still_sending};

}  // namespace gongji::link::troubles
