// scan.h — what a scanned code is.  By its form only: nothing in a code can be verified here.
//
// An e-voucher (医保电子凭证) of the national administration is 28 digits: "424", 17 random digits of their own, 2
// more, the province's 2 and "0000".  It is a bearer secret, good for about a minute, and says nothing without the
// line.  An offline voucher is 289 digits whose first three bytes are "GJV"; whether it holds is judged where keys are
// (offline/record/voucher.h).  Payment codes are recognised only so that a cashier who scans the wrong screen is told
// so.
//
// Pure.  Thread safety: any thread.
#pragma once

#include <string>

#include "offline/base/secret.h"

namespace gongji::card {

enum class ScanKind : unsigned char {
  voucher,          // ^424\d{25}$
  offline_voucher,  // 289 digits that begin as ours do
  payment,          // WeChat: 18 digits 10-15; UnionPay: 19 digits 62; Alipay: 16-24 digits 25-30.  Not ours
  trace_code,       // 20 digits: one package of a drug
  article,          // EAN-13 with a right check digit
  other,
};

struct Scan {
  ScanKind kind = ScanKind::other;
  Secret text;  // without blanks at the ends
};

// Precedence: the order of ScanKind.
Scan classify(const Secret& scanned);

// For screens and logs: a voucher as "424…" and its last six digits, an offline voucher only as what it is, a payment
// code as its first two and last two; trace codes and articles whole, since they name goods; anything else by its
// length only.
std::string masked(const Scan& scan);

}  // namespace gongji::card
