// troubles.h — what can stop a replay, and what a person does next.
#pragma once

#include "offline/base/result.h"

namespace gongji::replay::troubles {

inline constexpr TroubleText not_in_order{"G4601", "标准输入中的单据没有按就诊时间排序。",
                                          "请先按 begntime 排序，或把单据存成文件后再给出文件名。",
                                          "The claims on standard input are not in the order of service.",
                                          "Sort them by begntime, or keep them in a file and name the file."};
inline constexpr TroubleText unknown_version{
    "G4602", "没有加载这个版本的规则。", "请用 gongji packs list 查看已加载的版本。",
    "No such version of the rules is loaded.", "See gongji packs list for those that are."};
inline constexpr TroubleText unreadable{"G4603", "无法读取单据。", "请检查路径和权限。", "The claims cannot be read.",
                                        "Check the path and its permissions."};
inline constexpr TroubleText unwritable{"G4604", "无法写出结果文件。", "请检查路径、权限和磁盘空间。",
                                        "The outcome cannot be written.",
                                        "Check the path, its permissions and the disk."};
inline constexpr TroubleText too_much_money{
    "G4605", "单据金额合计超出可计算的范围。", "请分批重算，或检查单据是否有误。",
    "All claims together are above what can be summed.", "Replay them in parts, or check the claims."};
inline constexpr TroubleText changed_meanwhile{"G4606", "单据文件在读取期间被改动。", "请在文件写完后再试。",
                                               "The file of claims was changed while it was read.",
                                               "Try again when nothing writes to it."};

inline constexpr const TroubleText* all[] = {&not_in_order, &unknown_version, &unreadable,
                                             &unwritable,   &too_much_money,  &changed_meanwhile};

}  // namespace gongji::replay::troubles
