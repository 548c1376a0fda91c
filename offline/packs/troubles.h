// troubles.h — what can be wrong with packs, supplements and catalogues, and what a person does next.
#pragma once

#include "offline/base/result.h"

namespace gongji::packs::troubles {

inline constexpr TroubleText not_json{"G2001", "文件不是合格的 JSON 文本（UTF-8、成员不重复、金额和比例不用小数）。",
                                      "请改正提示的位置，或重新取得该文件。",
                                      "The file is not well-formed JSON (UTF-8, no member twice, no fractions).",
                                      "Correct the place shown, or fetch the file again."};
inline constexpr TroubleText not_valid{"G2002", "规则文件有一处不符合格式，未加载。", "请改正提示的字段后重新加载。",
                                       "One place in a rule file is not as the format demands; it was not loaded.",
                                       "Correct the member shown and load it again."};
inline constexpr TroubleText unreadable{"G2003", "无法读取规则文件或目录。", "请检查路径和权限。",
                                        "A rule file or folder cannot be read.", "Check its path and permissions."};
inline constexpr TroubleText nothing_there{
    "G2004", "目录里没有规则包。", "目录应为“方案/版本.json”，并各有 sources.json。",
    "There is no pack in this folder.", "It should hold <scheme>/<version>.json, each with a sources.json."};
inline constexpr TroubleText conflict{"G2005", "规则文件之间互相冲突，未加载。", "请保留其中一个，去掉另一个。",
                                      "Rule files contradict each other; they were not loaded.",
                                      "Keep one of them and take the other away."};
inline constexpr TroubleText supplement_without_row{
    "G2006", "参数补充包里有规则包没有的参数。", "请核对参数名称和适用的方案。",
    "A supplement gives a parameter that no pack of its scheme has.", "Check the parameter's name and the scheme."};
inline constexpr TroubleText goods_unknown{"G2007", "商品编码不在本地目录中。",
                                           "请更新目录文件，或在站点设置中允许按自费销售。",
                                           "This code is not in the local catalogue.",
                                           "Update the catalogue, or let the site sell unknown goods as own cost."};
inline constexpr TroubleText class_unknown{
    "G2008", "目录没有给出该商品的医保类别。", "请补全目录中的类别，或在站点设置中允许按自费销售。",
    "The catalogue does not give this item's class.", "Complete the catalogue, or let the site sell it as own cost."};

inline constexpr TroubleText not_signed{"G2021", "该文件没有签名，不能在本终端决定结算。",
                                        "请使用医保部门签名的文件，或用 gongji packs sign 签名。",
                                        "This file is not signed and may not decide sales at this till.",
                                        "Use the file that the authority signed, or sign it: gongji packs sign."};
inline constexpr TroubleText unknown_authority{
    "G2022", "文件由未知的机构签名，未加载。", "请核对签名机构；如确为本地医保部门，把其公钥加入设置。",
    "The file is signed by an authority that is not known here; it was not loaded.",
    "Check who signed it; if it is this region's authority, add its public key to the settings."};
inline constexpr TroubleText signature_wrong{"G2023", "签名与内容不符，文件已损坏或被改动，未加载。",
                                             "请从来源重新取得该文件，不要自行修改。",
                                             "The signature does not fit the content: the file was damaged or changed.",
                                             "Fetch the file again from where it came; do not edit it."};
inline constexpr TroubleText activation_of_other_bytes{
    "G2024", "启用文件所指的规则包与已加载的不一致，未加载。", "请向医保部门索取针对当前规则包的启用文件。",
    "An activation names a pack that is not loaded, or other bytes of it, or a draft.",
    "Ask the authority for an activation of the pack that is loaded (gongji packs list)."};
inline constexpr TroubleText key_exists{"G2025", "目录里已经有密钥，未覆盖。", "请换一个空目录；旧密钥请妥善保存。",
                                        "There is a key in this folder already; it was not replaced.",
                                        "Name another folder; keep the old key safe."};
inline constexpr TroubleText not_a_private_key{"G2026", "该文件不是 SM2 私钥。", "请指定 authority.pem。",
                                               "This file is not an SM2 private key.", "Name the file authority.pem."};
inline constexpr TroubleText not_a_public_key{
    "G2027", "该文件不是 SM2 公钥。", "请指定 authority.pub（130 位十六进制）。", "This file is not an SM2 public key.",
    "Name the file authority.pub (130 hex digits)."};

inline constexpr TroubleText not_written{"G2028", "文件未能写入。", "请检查目录权限和磁盘剩余空间。",
                                         "A file cannot be written.", "Check permissions and free space."};

inline constexpr const TroubleText* all[] = {&not_json,          &not_valid,         &unreadable,
                                             &nothing_there,     &conflict,          &supplement_without_row,
                                             &goods_unknown,     &class_unknown,     &not_signed,
                                             &unknown_authority, &signature_wrong,   &activation_of_other_bytes,
                                             &key_exists,        &not_a_private_key, &not_a_public_key,
                                             &not_written};

}  // namespace gongji::packs::troubles
