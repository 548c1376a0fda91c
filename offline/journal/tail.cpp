#include "offline/journal/tail.h"

#include <functional>
#include <string_view>

#include "offline/base/check.h"

namespace gongji::journal {

namespace {

std::size_t in_short(std::string_view text) {
  return std::hash<std::string_view>{}(text);
}

std::size_t in_short(const Bytes& owner) {
  return in_short(as_text(owner));
}

std::size_t in_short(const Id& id) {
  return in_short(as_text(ByteView(id.bytes)));
}

}  // namespace

Unfiled unfiled(std::uint64_t seq, Columns columns, std::vector<Movement> movements, std::optional<Unfiled::Use> use) {
  Unfiled out;
  out.seq = seq;
  out.id = columns.id;
  out.fixmedins_code = std::move(columns.fixmedins_code);
  out.msgid = std::move(columns.msgid);
  out.day = columns.day;
  out.state = state_of(columns.backing, std::nullopt, false);
  out.amounts = columns.amounts;
  out.movements = std::move(movements);
  out.use = std::move(use);
  return out;
}

void Tail::tag(std::size_t place) {
  const Unfiled& sale = sales_[place];
  requests_.push_back({in_short(sale.msgid), place, 0});
  ids_.push_back({in_short(sale.id), place, 0});
  if (sale.use) grants_.push_back({in_short(sale.use->grant), place, 0});
  for (std::size_t i = 0; i < sale.movements.size(); ++i)
    owners_.push_back({in_short(sale.movements[i].owner), place, i});
}

template <class Use>
void Tail::each(const Tags& tags, std::size_t hash, const Use& use) const {
  for (const Tag& tag : tags) {
    if (tag.hash == hash && tag.sale >= filed_) use(sales_[tag.sale], tag.movement);
  }
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
  for (Tags* tags : {&requests_, &ids_, &owners_, &grants_}) tags->clear();
  for (std::size_t i = 0; i < sales_.size(); ++i) tag(i);
}

std::optional<std::uint64_t> Tail::seq_of_request(const std::string& fixmedins_code, const std::string& msgid) const {
  std::optional<std::uint64_t> seq;
  each(requests_, in_short(msgid), [&](const Unfiled& sale, std::size_t) {
    if (sale.msgid == msgid && sale.fixmedins_code == fixmedins_code) seq = sale.seq;
  });
  return seq;
}

std::optional<std::uint64_t> Tail::seq_of_sale(const Id& id) const {
  std::optional<std::uint64_t> seq;
  each(ids_, in_short(id), [&](const Unfiled& sale, std::size_t) {
    if (sale.id == id) seq = sale.seq;
  });
  return seq;
}

void Tail::add_moved(const Bytes& owner, std::uint64_t after_seq, std::vector<settlement::Counted>& rows) const {
  each(owners_, in_short(owner), [&](const Unfiled& sale, std::size_t movement) {
    const Movement& moved = sale.movements[movement];
    if (moved.owner != owner || sale.seq <= after_seq) return;
    settlement::add_counted(rows, {moved.scheme, moved.name, moved.since, moved.amount});
  });
}

void Tail::add_used(const Id& grant, std::span<Money> sums) const {
  each(grants_, in_short(grant), [&](const Unfiled& sale, std::size_t) {
    if (sale.use->grant != grant) return;
    const auto& [accounts, fund] = sale.use->taken;
    GONGJI_CHECK(accounts.size() + fund.size() == sums.size());
    for (std::size_t i = 0; i < accounts.size(); ++i) sums[i] += accounts[i];
    for (std::size_t i = 0; i < fund.size(); ++i) sums[accounts.size() + i] += fund[i];
  });
}

void Tail::back_to(const Mark& mark) {
  GONGJI_CHECK(mark.count <= sales_.size() && mark.filed <= mark.count);
  sales_.resize(mark.count);
  filed_ = mark.filed;
  for (Tags* tags : {&requests_, &ids_, &owners_, &grants_}) {
    while (!tags->empty() && tags->back().sale >= mark.count) tags->pop_back();
  }
}

}  // namespace gongji::journal
