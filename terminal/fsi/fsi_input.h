// fsi_input.h — from the national interface's input nodes to the checkout's questions.
//
// Lines carry codes only: class, first part, upper price and kind come from the local catalogue.
#pragma once

#include "offline/packs/catalogue.h"
#include "sync/protocol/fsi_envelope.h"
#include "terminal/checkout/sale.h"

namespace gongji::terminal {

// 1101 `data`; 2101 and 2102 `druginfo`: mdtrt_cert_type, mdtrt_cert_no, card_sn, or exp_content
// {"gongji":{"read":"card"}} to have this till read the card, "voucher" for the code that was just scanned.
Result<Credential> fsi_credential(const nlohmann::json& node, std::string_view path);

// 2101 and 2102.  Errors, in order: nodes and members (path as sent: "drugdetail[2].pric"), too_many_lines,
// mixed_prescription, several_prescriptions, goods_unknown, sum_differs.
Result<SaleDraft> fsi_sale(const protocol::FsiRequest& request, const packs::Catalogue& catalogue,
                           packs::UnknownGoods unknown);

// 2103.
Result<CancelDraft> fsi_cancel(const protocol::FsiRequest& request);

// 2601.  Errors: members; not_reversible where oinfno is not 2102.
Result<ReverseDraft> fsi_reverse(const protocol::FsiRequest& request);

}  // namespace gongji::terminal
