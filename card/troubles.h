// troubles.h — what can go wrong between a person's card or code and this till, and what to do next.  Codes G3xxx.
#pragma once

#include "offline/base/result.h"

namespace gongji::card::troubles {

// Reader and service.
inline constexpr TroubleText no_service{"G3001", "读卡服务没有运行", "请重启读卡服务(pcscd),仍不行请联系运维",
                                        "the card service is not running",
                                        "start the card service (pcscd); the till reconnects by itself"};
inline constexpr TroubleText no_reader{"G3002", "没有找到读卡器", "请检查读卡器的连线,并核对配置中的读卡器名称",
                                       "no card reader was found",
                                       "check the reader's cable and the reader's name in the configuration"};
inline constexpr TroubleText no_card{"G3003", "读卡器中没有卡", "请插入社会保障卡,芯片朝内",
                                     "there is no card in the reader", "insert the social security card, chip first"};
inline constexpr TroubleText reader_busy{"G3004", "读卡器正被其他程序占用", "请关闭其他读卡程序后重试",
                                         "another program is using the reader",
                                         "close the other card program and try again"};
inline constexpr TroubleText card_mute{"G3005", "卡没有应答", "请取出卡,确认芯片方向并擦净触点后重新插入",
                                       "the card does not answer",
                                       "take the card out, check its direction, wipe the contacts and insert it again"};
inline constexpr TroubleText reader_trouble{"G3006", "读卡器出错", "请重新插拔读卡器后重试",
                                            "the reader reported an error", "unplug the reader, plug it in, try again"};
inline constexpr TroubleText interrupted{"G3007", "读卡已中止", "程序正在退出,无需处理", "reading the card was stopped",
                                         "the program is shutting down; nothing to do"};

// The card in hand.
inline constexpr TroubleText card_pulled{"G3010", "读卡过程中卡被拔出或松动", "请重新插卡,读完之前不要移动",
                                         "the card was pulled out or moved while it was in use",
                                         "insert the card again and leave it in until the sale is done"};
inline constexpr TroubleText card_changed{"G3011", "卡已被更换,与先前读到的不是同一张",
                                          "请插回原来的卡,或取消本单后用现在的卡重新开始",
                                          "the card was changed: it is not the one that was read before",
                                          "insert the first card again, or start over with this one"};
inline constexpr TroubleText several_cards{"G3012", "有多张社会保障卡同时插在读卡器中", "请只留一张卡后重试",
                                           "more than one social security card is inserted",
                                           "leave only one card in and try again"};
inline constexpr TroubleText not_social_security{"G3013", "这不是社会保障卡", "请换用社会保障卡或医保电子凭证",
                                                 "this is not a social security card",
                                                 "use the social security card or the e-voucher"};
inline constexpr TroubleText needs_authentication{
    "G3014", "第三代社会保障卡需要外部认证后才能读出持卡人信息,本机尚不支持", "请改用医保电子凭证",
    "a third-generation card shows its holder only after external authentication, which is not yet supported here",
    "use the e-voucher instead"};
inline constexpr TroubleText card_blocked{
    "G3015", "卡或卡内应用已被锁定", "请持卡人到发卡机构处理,本次可用医保电子凭证",
    "the card or its application is blocked", "the holder must go to the issuer; the e-voucher may be used today"};
inline constexpr TroubleText card_refused{"G3016", "卡拒绝了读取命令", "请重新插卡再试,仍不行请改用医保电子凭证",
                                          "the card refused a command",
                                          "insert the card again; if that does not help use the e-voucher"};
inline constexpr TroubleText card_malformed{"G3017", "卡内数据不符合社会保障卡规范",
                                            "请改用医保电子凭证,并让持卡人到发卡机构检测",
                                            "the card's data do not follow the social security card's specification",
                                            "use the e-voucher; the holder should have the card checked by its issuer"};
inline constexpr TroubleText version_unknown{"G3018", "卡的规范版本无法识别", "请改用医保电子凭证,并联系软件供应商",
                                             "the card's specification version is not known",
                                             "use the e-voucher and tell the software's vendor"};

// Deviations that do not stop a read; they travel in CardFields::warnings.
inline constexpr TroubleText card_no_deviates{"G3020", "卡号的校验位不符", "部分地区卡号编法不同;请核对卡面",
                                              "the card number's check character deviates",
                                              "some regions number differently; compare with the print on the card"};
inline constexpr TroubleText id_number_deviates{"G3021", "社会保障号码的校验位或日期不符", "请核对持卡人身份证件",
                                                "the social security number's check character or date deviates",
                                                "compare with the holder's identity document"};
inline constexpr TroubleText birth_deviates{"G3022", "卡内出生日期与社会保障号码不一致", "请核对持卡人身份证件",
                                            "the card's birth date differs from the social security number",
                                            "compare with the holder's identity document"};
inline constexpr TroubleText sex_deviates{"G3023", "卡内性别与社会保障号码不一致", "请核对持卡人身份证件",
                                          "the card's sex differs from the social security number",
                                          "compare with the holder's identity document"};
inline constexpr TroubleText field_unreadable{"G3024", "卡内一个可选数据项无法识别,已忽略", "不影响本次使用",
                                              "an optional item on the card is not readable and was left out",
                                              "nothing to do"};

// The holder's PIN.
inline constexpr TroubleText pin_malformed{
    "G3030", "社会保障卡密码应为4至16位数字", "请参保人重新输入;本次未向卡片提交,不计次数",
    "a card's PIN is 4 to 16 digits", "let the patient enter it again; the card was not asked, no try is counted"};
inline constexpr TroubleText pin_wrong{"G3031", "社会保障卡密码不对(括号内为剩余次数)",
                                       "请参保人本人重新输入;次数用完卡会锁定,记不清的请改用其他凭证或等线路恢复",
                                       "the card did not take this PIN (the number is the tries that are left)",
                                       "let the patient enter it again; a card without tries locks, so whoever is not "
                                       "sure should use another credential or wait for the line"};
inline constexpr TroubleText pin_locked{
    "G3032", "社会保障卡密码已锁定", "请持卡人带身份证件到发卡机构重置;本次请改用其他凭证", "the card's PIN is locked",
    "the holder must have it reset by the issuer; use another credential today"};
inline constexpr TroubleText pin_absent{"G3033", "这张社会保障卡没有设密码",
                                        "请持卡人到发卡机构设置;本次请改用其他凭证", "this card has no PIN",
                                        "the holder can have one set by the issuer; use another credential today"};
inline constexpr TroubleText pin_refused_before{"G3034", "这个密码刚才已被这张卡拒绝,没有再次提交",
                                                "请参保人输入正确的密码;收银软件不得自动重发错误密码",
                                                "this card refused this PIN a moment ago; it was not sent again",
                                                "let the patient enter the right one; a till's software must not "
                                                "repeat a wrong PIN by itself"};

// Scanner and scanned codes.
inline constexpr TroubleText scanner_absent{"G3040", "扫码枪未连接", "请检查扫码枪连线,接上后自动恢复",
                                            "the scanner is not connected",
                                            "check its cable; the till reconnects by itself"};
inline constexpr TroubleText voucher_used_again{"G3041", "这个医保电子凭证码刚刚用过", "请持码人刷新二维码后重新扫描",
                                                "this e-voucher code was used a moment ago",
                                                "ask the holder to refresh the code and scan again"};
inline constexpr TroubleText voucher_window_full{"G3042", "短时间内扫码过多", "请稍等几分钟再扫码",
                                                 "too many codes were scanned in a short time",
                                                 "wait a few minutes and scan again"};
inline constexpr TroubleText not_a_voucher{"G3043", "这不是医保电子凭证码", "请打开医保电子凭证后重新扫描",
                                           "this is not an e-voucher code", "open the e-voucher and scan again"};
inline constexpr TroubleText payment_code{"G3044", "这是付款码,不是医保电子凭证",
                                          "请打开医保电子凭证后重新扫描;付款请到收款设备",
                                          "this is a payment code, not an e-voucher",
                                          "open the e-voucher and scan again; payment codes go to the payment device"};

inline constexpr const TroubleText* all[] = {
    &no_service,        &no_reader,    &no_card,          &reader_busy,     &card_mute,           &reader_trouble,
    &interrupted,       &card_pulled,  &card_changed,     &several_cards,   &not_social_security, &needs_authentication,
    &card_blocked,      &card_refused, &card_malformed,   &version_unknown, &card_no_deviates,    &id_number_deviates,
    &birth_deviates,    &sex_deviates, &field_unreadable, &scanner_absent,  &voucher_used_again,  &voucher_window_full,
    &not_a_voucher,     &payment_code, &pin_malformed,    &pin_wrong,       &pin_locked,          &pin_absent,
    &pin_refused_before};

}  // namespace gongji::card::troubles
