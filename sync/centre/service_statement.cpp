// service_statement.cpp — POST /v1/statement: a day of one terminal, as the centre has it.
#include "sync/centre/centre_side.h"
#include "sync/centre/service.h"
#include "sync/protocol/message_parts.h"

namespace gongji::centre {

namespace {

std::string_view state_of(const OutcomeRow& row) {
  if (row.cancelled) return "cancelled";
  if (row.verdict == record::VerdictKind::adjusted) return "adjusted";
  return row.verdict == record::VerdictKind::refused ? "refused" : "accepted";
}

void add(protocol::StatementAnswer& answer, const OutcomeRow& row) {
  if (row.kind == 2) ++answer.cancels;
  if (row.kind == 3) ++answer.papers;
  if (row.kind != 1 || row.cancelled) return;
  ++answer.sales;
  answer.medfee += row.medfee;
  answer.shares.fund += row.stands.fund;
  answer.shares.account += row.stands.account;
  answer.shares.family += row.stands.family;
  answer.shares.cash += row.stands.cash;
}

void add_page(protocol::StatementAnswer& answer, const std::vector<Ledger::Stated>& page) {
  for (const auto& stated : page) {
    if (stated.outcome.kind != 1 && stated.outcome.kind != 3) continue;
    const auto known = line_of(stated);
    if (!known) continue;
    protocol::StatementLine line{stated.outcome.entry.epoch,         stated.outcome.entry.seq, stated.outcome.sale_id,
                                 std::string(name_of(known->state)), known->amounts.shares,    {}};
    line.detail =
        protocol::StatementDetail{known->msgid, known->group.insutype, known->group.clr_type, known->amounts.medfee};
    answer.lines.push_back(std::move(line));
  }
}

}  // namespace

CentreService::Reply CentreService::statement(const Terminal& terminal, const std::string& body) {
  const auto request = protocol::decode_statement_request(body);
  if (request.has_error()) return malformed(request.error());
  protocol::StatementAnswer answer;
  for (const OutcomeRow& row : ledger().outcomes_of_day(terminal.terminal, request->day)) {
    add(answer, row);
    if (request->detailed || row.kind != 1 || answer.lines.size() >= protocol::statement_lines_max) continue;
    answer.lines.push_back(
        {row.entry.epoch, row.entry.seq, row.sale_id, std::string(state_of(row)), row.stands, std::nullopt});
  }
  if (request->detailed) {
    constexpr std::size_t count = protocol::statement_page_lines;
    auto page =
        ledger().stated_of_day(terminal.terminal, request->day, request->after.epoch, request->after.seq, count + 1);
    if (page.size() > count) {
      page.pop_back();
      answer.next = protocol::StatementPlace{page.back().outcome.entry.epoch, page.back().outcome.entry.seq};
    }
    add_page(answer, page);
  }
  return protocol::encode(answer);
}

}  // namespace gongji::centre
