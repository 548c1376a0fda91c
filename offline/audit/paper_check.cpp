#include "offline/audit/paper_check.h"

#include "offline/audit/troubles.h"

namespace gongji::audit {

Result<CheckedPaper> check_paper(std::string_view digits, ByteView terminal_public_key) {
  auto receipt = read_receipt(digits);
  if (!receipt) return receipt.error();
  if (!verify(*receipt, terminal_public_key)) return trouble(troubles::receipt_not_ours);
  auto entry = record::decode_public(receipt->entry.public_bytes);
  if (!entry) return trouble(troubles::not_a_receipt, entry.error().path);
  auto* paper = std::get_if<record::Paper>(&entry->body);
  if (paper == nullptr) return trouble(troubles::not_a_paper, "seq " + std::to_string(entry->head.seq));
  return CheckedPaper{entry->head, std::move(*paper), receipt->entry.personal_digest};
}

Result<CheckedPaper> check_paper(std::string_view digits, const record::Signed& registration,
                                 ByteView centre_public_key) {
  if (!record::verify(centre_public_key, record::registration_tag, registration)) {
    return trouble(troubles::not_registered);
  }
  const auto terminal = record::decode_registration(registration.bytes);
  if (!terminal) return trouble(troubles::not_registered, terminal.error().path);
  auto checked = check_paper(digits, terminal->sign_public_key);
  if (!checked) return checked;
  if (checked->head.terminal != terminal->terminal || checked->head.epoch != terminal->epoch ||
      checked->paper.claim.site.fixmedins_code != terminal->fixmedins_code) {
    return trouble(troubles::not_registered, terminal->terminal);
  }
  return checked;
}

}  // namespace gongji::audit
