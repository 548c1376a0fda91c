#include "terminal/risk/standing_files.h"

#include "offline/journal/reader.h"
#include "terminal/orders/order_shelf.h"

namespace gongji::terminal {

Result<StandingFiles> read_standing(const Config& config, const TerminalIdentity& identity, Day from, WallTime now) {
  StandingFiles out;
  std::optional<record::Signed> terms;
  std::vector<record::Signed> orders;
  if (std::filesystem::exists(config.journal_file())) {
    auto found = journal::read_summary(config.journal_file());
    if (!found) return found.error();
    out.queue = *found;
    auto risk = journal::read_risk(config.journal_file(), from);
    if (!risk) return risk.error();
    out.report.risk = std::move(*risk);
    auto newest = journal::read_terms(config.journal_file());
    if (!newest) return newest.error();
    terms = std::move(*newest);
    auto doubt = journal::read_doubt(config.journal_file());
    if (!doubt) return doubt.error();
    out.doubt = *doubt;
    auto known = journal::read_orders(config.journal_file());
    if (!known) return known.error();
    orders = std::move(*known);
  }
  if (!terms) terms = record::Signed{identity.terms_bytes, identity.terms_signature};
  auto known = record::decode_terms(terms->bytes);
  if (!known) return known.error();
  OrderShelf shelf(config.orders_directory(), identity.authority_public_key);
  shelf.refresh(orders);
  out.standing = {std::move(*known), out.queue.last_contact, true, out.doubt != journal::Doubt::none, shelf.orders()};
  out.report.headroom = authority::headroom(out.standing, out.report.risk.reserve, now);
  out.report.orders = authority::headroom_by_order(out.standing, out.report.risk.reserve, now);
  return out;
}

}  // namespace gongji::terminal
