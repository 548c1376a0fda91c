#include "offline/journal/sales_view.h"

#include "offline/base/check.h"
#include "offline/journal/entries.h"
#include "offline/journal/open_to_read.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

namespace {

constexpr auto sale_kind = static_cast<int>(record::EntryKind::sale);
constexpr auto paper_kind = static_cast<int>(record::EntryKind::paper);

Result<record::Sale> sale_of(std::string_view public_part, std::uint64_t seq) {
  auto decoded = record::decode_public(public_part);
  if (!decoded) {
    Trouble what = decoded.error();
    what.path = "seq " + std::to_string(seq) + " " + what.path;
    return what;
  }
  auto* sale = std::get_if<record::Sale>(&decoded->body);
  if (sale == nullptr) return trouble(troubles::chain_broken, "seq " + std::to_string(seq), "is not a sale");
  return std::move(*sale);
}

}  // namespace

SalesView::SalesView(std::unique_ptr<sqlite::Connection> db, bool packed) : db_(std::move(db)), packed_(packed) {}
SalesView::~SalesView() = default;

Result<std::unique_ptr<SalesView>> SalesView::open(const std::filesystem::path& file) {
  auto opened = open_to_read(file);
  if (!opened) return opened.error();
  // One transaction, so that all is of one moment.
  if (auto begun = (*opened)->execute("BEGIN"); !begun) return begun.error();
  const auto packed = has_packed_parts(**opened);
  if (!packed) return packed.error();
  return std::unique_ptr<SalesView>(new SalesView(std::move(*opened), *packed));
}

Result<std::vector<SaleTime>> SalesView::times() {
  auto query = db_->query(
      packed_ ? "SELECT seq, public_part, public_packed FROM entry WHERE kind = ? AND cancelled_by IS NULL ORDER BY seq"
              : "SELECT seq, public_part, NULL FROM entry WHERE kind = ? AND cancelled_by IS NULL ORDER BY seq",
      "itB");
  query.bind(sale_kind);
  std::vector<SaleTime> times;
  for (;;) {
    const auto row = query.step();
    if (!row) return row.error();
    if (!*row) return times;
    const std::uint64_t seq = query.count(0);
    const auto part = public_part(query, 1, seq);
    if (!part) return part.error();
    const auto sale = sale_of(*part, seq);
    if (!sale) return sale.error();
    times.push_back({sale->claim.begntime, seq});
  }
}

Result<record::Sale> SalesView::read(std::uint64_t seq) {
  auto query = db_->query(packed_ ? "SELECT public_part, public_packed FROM entry WHERE seq = ? AND kind = ?"
                                  : "SELECT public_part, NULL FROM entry WHERE seq = ? AND kind = ?",
                          "tB");
  const auto row = query.bind(seq, sale_kind).step();
  if (!row) return row.error();
  GONGJI_CHECK(*row);
  const auto part = public_part(query, 0, seq);
  if (!part) return part.error();
  return sale_of(*part, seq);
}

Result<SalesView::Others> SalesView::others() {
  auto query = db_->query(
      "SELECT count(*) FILTER (WHERE kind = ?1 AND cancelled_by IS NOT NULL), count(*) FILTER (WHERE kind = ?2) FROM "
      "entry",
      "ii");
  const auto row = query.bind(sale_kind, paper_kind).step();
  if (!row) return row.error();
  return Others{query.count(0), query.count(1)};
}

}  // namespace gongji::journal
