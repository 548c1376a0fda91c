// troubles.h — what can be wrong with the files of a reconciliation (codes G468x).
#pragma once

#include "offline/base/result.h"

namespace gongji::reconcile::troubles {

inline constexpr TroubleText site_file_invalid{
    "G4681", "对账明细文件的内容不符合要求。", "请在终端上用 gongji reconcile --export 重新导出,不要编辑。",
    "A file of lines for the reconciliation is not as it must be.",
    "Make it again at the till with gongji reconcile --export, and do not edit it."};

inline constexpr const TroubleText* all[] = {&site_file_invalid};

}  // namespace gongji::reconcile::troubles
