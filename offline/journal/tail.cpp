#include "offline/journal/tail.h"

#include <functional>
#include <string_view>

#include "offline/base/check.h"

namespace gongji::journal {

namespace {

std::size_t in_short(const Bytes& owner) {
  return std::hash<std::string_view>{}(as_text(owner));
}

}  // namespace

Unfiled unfiled(const record::Entry& entry, const record::Sale& sale, std::vector<Movement> movements,
                std::optional<record::GrantUse> use) {
  const Columns columns = columns_of(entry.head, sale);
  Unfiled out;
  out.seq = entry.head.seq;
  out.id = columns.id;
  out.fixmedins_code = columns.fixmedins_code;
  out.msgid = columns.msgid;
  out.public_bytes = entry.public_bytes;
  out.day = columns.day;
  out.state = state_of(columns.backing, std::nullopt, false);
  out.amounts = columns.amounts;
  out.movements = std::move(movements);
  if (use) out.use.emplace(Unfiled::Use{*parse_id(sale.backing_id), std::move(*use)});
  return out;
}

void Tail::tag(std::size_t sale) {
  const auto& movements = sales_[sale].movements;
  for (std::size_t i = 0; i < movements.size(); ++i) tags_.push_back({in_short(movements[i].owner), sale, i});
}

void Tail::add(Unfiled sale) {
  GONGJI_CHECK(sales_.empty() || sale.seq > sales_.back().seq);
  sales_.push_back(std::move(sale));
  tag(sales_.size() - 1);
}

void Tail::committed() {
  ++commits_;
  if (filed_ == 0) return;
  sales_.erase(sales_.begin(), sales_.begin() + static_cast<std::ptrdiff_t>(filed_));
  filed_ = 0;
  tags_.clear();
  for (std::size_t i = 0; i < sales_.size(); ++i) tag(i);
}

std::optional<std::uint64_t> Tail::seq_of_request(const std::string& fixmedins_code, const std::string& msgid) const {
  for (const Unfiled& sale : waiting()) {
    if (sale.msgid == msgid && sale.fixmedins_code == fixmedins_code) return sale.seq;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> Tail::seq_of_sale(const Id& id) const {
  for (const Unfiled& sale : waiting()) {
    if (sale.id == id) return sale.seq;
  }
  return std::nullopt;
}

void Tail::add_moved(const Bytes& owner, std::uint64_t after_seq, std::vector<settlement::Counted>& rows) const {
  const std::size_t wanted = in_short(owner);
  for (const Tag& tag : tags_) {
    if (tag.owner != wanted || tag.sale < filed_) continue;
    const Unfiled& sale = sales_[tag.sale];
    const Movement& moved = sale.movements[tag.movement];
    if (moved.owner != owner || sale.seq <= after_seq) continue;
    settlement::add_counted(rows, {moved.scheme, moved.name, moved.since, moved.amount});
  }
}

Money Tail::used(const Id& grant, std::size_t place) const {
  Money sum;
  for (const Unfiled& sale : waiting()) {
    if (!sale.use || sale.use->grant != grant) continue;
    const auto& [accounts, fund] = sale.use->taken;
    sum += place < accounts.size() ? accounts[place] : fund[place - accounts.size()];
  }
  return sum;
}

void Tail::back_to(const Mark& mark) {
  GONGJI_CHECK(mark.count <= sales_.size() && mark.filed <= mark.count);
  sales_.resize(mark.count);
  filed_ = mark.filed;
  while (!tags_.empty() && tags_.back().sale >= mark.count) tags_.pop_back();
}

}  // namespace gongji::journal
