// `gongji order …`: emergency orders that come without a line.
#include <fmt/format.h>

#include <iostream>

#include "offline/base/day.h"
#include "offline/journal/reader.h"
#include "terminal/cli/commands.h"
#include "terminal/orders/order_shelf.h"
#include "terminal/settings/identity.h"

namespace gongji::terminal {

namespace {

void print(const record::EmergencyOrder& order, Language language) {
  const bool zh = language == Language::zh;
  const std::string start = to_string(civil_time_at(order.start)), end = to_string(civil_time_at(order.end));
  std::cout << fmt::format("{}  {} .. {}  {}{}\n", to_string(order.id), start, end, order.reference,
                           order.withdrawn ? (zh ? "  已撤回" : "  withdrawn") : "");
}

class OrderSubcommand : public Command {
 public:
  int run() override {
    const auto done = run_with_config();
    return done ? done_status : fail(done.error(), language_.language());
  }

 protected:
  CLI::App* declare(CLI::App& parent, const char* name, const char* text) {
    CLI::App* command = parent.add_subcommand(name, text);
    command->add_option("--config", config_file_, "configuration file (TOML)")->required();
    language_.declare(*command);
    return command;
  }
  Language language() const { return language_.language(); }
  virtual Result<void> work(const Config& config, const TerminalIdentity& identity) = 0;

 private:
  Result<void> run_with_config() {
    const auto config = load_config(config_file_);
    if (!config) return config.error();
    const auto identity = load_identity(*config);
    if (!identity) return identity.error();
    return work(*config, *identity);
  }

  std::string config_file_;
  LanguageOption language_;
};

class OrderImportCommand : public OrderSubcommand {
 public:
  CLI::App* declare(CLI::App& parent) override {
    CLI::App* command =
        OrderSubcommand::declare(parent, "import", "takes up an order from a file, signed by the authority");
    command->add_option("FILE", file_, "what the bureau handed out")->required();
    return command;
  }

 private:
  Result<void> work(const Config& config, const TerminalIdentity& identity) override {
    const auto order = import_order(file_, config.orders_directory(), identity.authority_public_key);
    if (!order) return order.error();
    print(*order, language());
    const auto terms = record::decode_terms(identity.terms_bytes);
    if (terms && !record::names(*order, terms->fixmedins_code, terms->admdvs)) {
      std::cout << (language() == Language::zh ? "注意:该令不适用于本机构。\n"
                                               : "note: the order does not name this site.\n");
    }
    return {};
  }

  std::string file_;
};

class OrderListCommand : public OrderSubcommand {
 public:
  CLI::App* declare(CLI::App& parent) override {
    return OrderSubcommand::declare(parent, "list", "the orders that this till knows, of each the newest word");
  }

 private:
  Result<void> work(const Config& config, const TerminalIdentity& identity) override {
    std::vector<record::Signed> from_feed;
    if (std::filesystem::exists(config.journal_file())) {
      auto found = journal::read_orders(config.journal_file());
      if (!found) return found.error();
      from_feed = std::move(*found);
    }
    OrderShelf shelf(config.orders_directory(), identity.authority_public_key);
    shelf.refresh(from_feed);
    for (const auto& order : shelf.orders()) print(order, language());
    return {};
  }
};

}  // namespace

std::unique_ptr<Command> order_command() {
  Commands commands;
  commands.push_back(std::make_unique<OrderImportCommand>());
  commands.push_back(std::make_unique<OrderListCommand>());
  return std::make_unique<CommandGroup>("order", "emergency orders of the authority", std::move(commands));
}

}  // namespace gongji::terminal
