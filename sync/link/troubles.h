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

inline constexpr const TroubleText* all[] = {&line_down, &answer_unusable, &signature_wrong, &refused, &stopping};

}  // namespace gongji::link::troubles
