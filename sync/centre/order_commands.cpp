#include "sync/centre/order_commands.h"

#include <fmt/format.h>

#include <iostream>

#include "offline/base/day.h"
#include "sync/centre/folder.h"
#include "sync/centre/orders.h"
#include "sync/centre/troubles.h"

namespace gongji::centre {

namespace {

std::string_view state_of(const record::EmergencyOrder& order, WallTime now) {
  if (order.withdrawn) return "withdrawn";
  if (now < order.start) return "not yet";
  return now < order.end ? "in force" : "ended";
}

void print(const record::EmergencyOrder& order, WallTime now) {
  std::cout << fmt::format("{}  {} .. {}  {}  {}\n", to_string(order.id), to_string(civil_time_at(order.start)),
                           to_string(civil_time_at(order.end)), state_of(order, now), order.reference);
}

}  // namespace

void OrderCommands::declare(CLI::App& app) {
  order_ = app.add_subcommand("order", "emergency orders: more may be promised without a line, for a time");
  order_->require_subcommand(1);
  const auto command = [&](const char* name, const char* what) {
    CLI::App* sub = order_->add_subcommand(name, what);
    sub->add_option("DIR", directory_, "the centre's folder")->required();
    return sub;
  };
  issue_ = command("issue", "signs an order and tells it to the terminals of its places");
  issue_->add_option("ORDER", file_, "the order as JSON (docs/OFFLINE_LIMITS.md)")->required();
  issue_->add_option("--replaces", replaces_, "id of the order of which this is a later word");
  list_ = command("list", "every order, its newest word");
  withdraw_ = command("withdraw", "takes an order back");
  withdraw_->add_option("ID", id_, "the order")->required();
  for (CLI::App* sub : {issue_, withdraw_}) {
    sub->add_option("--out", out_, "also as a file, for tills without a line (gongji order import)");
  }
}

int OrderCommands::run(CentreService& service, WallTime now) const {
  const auto done = *issue_ ? issue(service, now) : *withdraw_ ? withdraw(service, now) : list(service, now);
  if (done) return 0;
  std::cerr << to_string(done.error(), Language::zh) << '\n' << to_string(done.error(), Language::en) << '\n';
  return 1;
}

Result<void> OrderCommands::issue(CentreService& service, WallTime now) const {
  const auto text = read_text_file(file_, order_bytes_max);
  if (!text) return text.error();
  auto order = read_order_plan(*text);
  if (!order) return order.error();
  if (!replaces_.empty()) {
    const auto id = parse_id(replaces_);
    if (!id) return trouble(troubles::order_unknown, replaces_);
    order->id = *id;
  }
  const auto item = service.issue_order(*std::move(order), !replaces_.empty(), now);
  return item ? hand_out(*item) : Result<void>(item.error());
}

Result<void> OrderCommands::withdraw(CentreService& service, WallTime now) const {
  const auto id = parse_id(id_);
  if (!id) return trouble(troubles::order_unknown, id_);
  const auto item = service.withdraw_order(*id, now);
  return item ? hand_out(*item) : Result<void>(item.error());
}

Result<void> OrderCommands::hand_out(const record::Signed& item) const {
  if (!out_.empty()) {
    if (auto done = write_text_file(out_, record::encode(item)); !done) return done;
  }
  const auto order = record::decode_order(item.bytes);
  if (!order) return order.error();
  std::cout << to_string(order->id) << '\n';
  return {};
}

Result<void> OrderCommands::list(CentreService& service, WallTime now) const {
  const auto orders = service.newest_orders();
  if (!orders) return orders.error();
  for (const auto& order : *orders) print(order, now);
  return {};
}

}  // namespace gongji::centre
