// gongji-centre — makes, runs and reads a reference centre.
#include <signal.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <iostream>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "sync/centre/account_statement.h"
#include "sync/centre/booking_thread.h"
#include "sync/centre/credential_commands.h"
#include "sync/centre/folder.h"
#include "sync/centre/operator_commands.h"
#include "sync/centre/order_commands.h"
#include "sync/centre/prescription_commands.h"
#include "sync/centre/published_commands.h"
#include "sync/centre/reconcile_command.h"
#include "sync/centre/report.h"
#include "sync/centre/roots.h"
#include "sync/centre/troubles.h"
#include "sync/http/server.h"
#include "sync/protocol/frames.h"

namespace {

using namespace gongji;

int fail(const Trouble& what) {
  std::cerr << to_string(what, Language::zh) << '\n' << to_string(what, Language::en) << '\n';
  return 1;
}

// A till has two connections, one for the counter and one for its log; what a broken line leaves behind is closed.
http::Limits limits_of_centre() {
  http::Limits limits;
  limits.connections_max = 8'192;
  limits.connections_per_peer_max = 6;
  limits.strangers_max = 1'024;  // a handshake takes milliseconds
  limits.strangers_per_address_max = 256;
  limits.stranger_body_bytes_max = 64 * 1024;  // they may enrol, and nothing else
  limits.bodies_bytes_max = 256u << 20;
  limits.under_way_max = 2;  // one is booked, one is prepared
  limits.handshake = std::chrono::seconds(5);
  limits.body_limit = [](std::string_view target) {
    return target == "/v1/sync" ? protocol::sync_body_bytes_max : protocol::control_bytes_max;
  };
  return limits;
}

// As many descriptors as the machine allows us: the default is far below the connections that we take.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

// An idle moment: nothing else was handled since the last tick.
constexpr std::chrono::seconds idle_tick{1};

class Program {
 public:
  Program(centre::CentreService& service, std::filesystem::path directory)
      : service_(service), directory_(std::move(directory)), timer_(context_), signals_(context_, SIGINT, SIGTERM) {}

  int serve(const std::string& address, std::uint16_t port) {
    http::ServerOptions options;
    options.address = address;
    options.port = port;
    options.tls = http::TlsServer{(directory_ / "server.pem").string(), (directory_ / "server.key").string(),
                                  centre::believed_file(directory_).string(), true};
    options.limits = limits_of_centre();
    raise_descriptor_limit();
    auto server = http::Server::listen(
        context_, std::move(options),
        [this, answer = centre::handler_over(service_, booking_, system_clock())](http::Request request) {
          busy_ = true;
          return answer(std::move(request));
        });
    if (server.has_error()) return fail(server.error());
    server_ = *std::move(server);

    const auto port_file = directory_ / "centre.port";
    if (auto outcome = http::write_private_file(port_file.string(), std::to_string(server_->port()) + "\n");
        outcome.has_error()) {
      return fail(outcome.error());
    }
    std::cout << "listening on " << address << ':' << server_->port() << std::endl;
    signals_.async_wait([this](const boost::system::error_code& failed, int) {
      if (!failed) stop();
    });
    service_.idle(system_clock().wall());
    tick();
    context_.run();
    booking_.stop();
    std::error_code ignored;
    std::filesystem::remove(port_file, ignored);
    service_.idle(system_clock().wall());
    std::cout << "stopped" << std::endl;
    return 0;
  }

 private:
  void tick() {
    timer_.expires_after(idle_tick);
    timer_.async_wait([this](const boost::system::error_code& failed) {
      if (failed || stopping_) return;  // a tick that was due already is not cancelled any more
      if (!busy_ && !resting_.exchange(true)) {
        booking_.submit(centre::BookingThread::Lane::counter, [this] {
          service_.idle(system_clock().wall());
          resting_ = false;
        });
      }
      busy_ = false;
      tick();
    });
  }

  void stop() {
    stopping_ = true;
    timer_.cancel();
    server_->stop();  // running requests are answered; then the context runs dry
  }

  centre::CentreService& service_;
  std::filesystem::path directory_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_;
  boost::asio::signal_set signals_;
  centre::BookingThread booking_;
  std::unique_ptr<http::Server> server_;
  bool busy_ = false;
  std::atomic<bool> resting_ = false;
  bool stopping_ = false;
};

struct Arguments {
  std::string directory, people_file = "sync/centre/people.json", site, terminal, listen = "127.0.0.1:8470", day, since,
                         psn_no, database;
  std::vector<std::string> hosts;
  bool json = false;
};

int init(const Arguments& arguments) {
  auto people = centre::read_text_file(arguments.people_file, centre::people_bytes_max);
  if (people.has_error()) return fail(people.error());
  const auto made = centre::init_centre(arguments.directory, {*std::move(people), arguments.hosts, arguments.database},
                                        system_clock().wall(), system_random());
  if (made.has_error()) return fail(made.error());
  std::cout << "made a centre in " << arguments.directory << ": " << made->sites << " sites, " << made->persons
            << " people\nCA (SM3 of its certificate): " << made->ca_sm3_hex
            << "\nauthority key: " << (std::filesystem::path(arguments.directory) / "authority").string()
            << " (keep it off line in real life)\n";
  return 0;
}

// "127.0.0.1:8470", "[::1]:8470", "127.0.0.1:0"
bool split_address(const std::string& text, std::string& address, std::uint16_t& port) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  address = text.substr(0, colon);
  if (address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);
  const std::string digits = text.substr(colon + 1);
  if (digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos) return false;
  const unsigned long number = std::stoul(digits);
  port = static_cast<std::uint16_t>(number);
  return number <= 65'535;
}

int print(const Result<std::string>& text) {
  if (text.has_error()) return fail(text.error());
  std::cout << *text;
  return 0;
}

int open_and(const Arguments& arguments, const std::function<int(centre::CentreService&)>& work) {
  auto parts = centre::open_centre(arguments.directory, system_random(), arguments.database);
  if (parts.has_error()) return fail(parts.error());
  centre::CentreService service(*std::move(parts), system_random());
  return work(service);
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("gongji-centre"));
  CLI::App app{"gongji-centre: the reference centre of Gongji"};
  app.require_subcommand(1);
  app.fallthrough();
  Arguments arguments;
  app.add_option("--database", arguments.database,
                 "postgresql://user@host/name instead of the folder's own ledger; init remembers it in the folder");
  const auto command = [&](const char* name, const char* what) {
    CLI::App* sub = app.add_subcommand(name, what);
    sub->add_option("DIR", arguments.directory, "the centre's folder")->required();
    return sub;
  };

  CLI::App* init_command = command("init", "make a centre: keys, certificates, invented people");
  init_command->add_option("--people", arguments.people_file, "JSON file of sites and people")->capture_default_str();
  init_command->add_option("--host", arguments.hosts, "another name or address of this server");
  CLI::App* code_command = command("enrolment-code", "print a one-time code for a terminal (24 hours, 5 tries)");
  code_command->add_option("--site", arguments.site, "fixmedins_code")->required();
  code_command->add_option("--terminal", arguments.terminal, "the terminal's name; an existing one begins a new epoch");
  CLI::App* serve_command = command("serve", "answer terminals");
  serve_command->add_option("--listen", arguments.listen, "ADDRESS:PORT; port 0 takes any")->capture_default_str();
  CLI::App* totals_command = command("totals", "totals by terminal and payer, verdicts, balances");
  totals_command->add_option("--day", arguments.day, "YYYY-MM-DD, of the sale");
  totals_command->add_flag("--json", arguments.json, "JSON; amounts in fen");
  CLI::App* person_command = command("person", "a person's balances and counters");
  person_command->add_option("PSN_NO", arguments.psn_no, "the person's number")->required();
  person_command->add_flag("--json", arguments.json, "JSON; amounts in fen");
  CLI::App* statement_command = command("statement", "every debit of a person's accounts, whoever used them");
  statement_command->add_option("--person", arguments.psn_no, "the owner's number")->required();
  statement_command->add_option("--since", arguments.since, "YYYY-MM-DD, of the service; default: all");
  statement_command->add_flag("--json", arguments.json, "JSON; amounts in fen");
  CLI::App* terminal_command = app.add_subcommand("terminal", "what becomes of a terminal");
  terminal_command->require_subcommand(1);
  CLI::App* lost_command = terminal_command->add_subcommand(
      "lost",
      "lost or stolen: refuse it, void what was set aside for it; what still comes of it is at its site's risk");
  lost_command->add_option("DIR", arguments.directory, "the centre's folder")->required();
  lost_command->add_option("TERMINAL", arguments.terminal, "the terminal's name")->required();
  CLI::App* revoke_command = command("revoke", "refuse a terminal from now on and free what was set aside for it");
  revoke_command->add_option("TERMINAL", arguments.terminal, "the terminal's name")->required();
  CLI::App* key_command = command("public-key", "print the key that verifies what this centre signs (hex)");
  centre::CredentialCommands credentials(app);
  centre::OrderCommands orders;
  orders.declare(app);
  centre::ReconcileCommand reconcile;
  reconcile.declare(app);
  centre::OperatorCommands officer;
  officer.declare(app, *terminal_command);
  centre::PublishedCommands published;
  published.declare(app);
  centre::PrescriptionCommands prescriptions;
  prescriptions.declare(app);
  CLI11_PARSE(app, argc, argv);
  if (published.named()) {
    arguments.directory = published.directory();
    return open_and(arguments,
                    [&](centre::CentreService& service) { return published.run(service, system_clock().wall()); });
  }
  if (prescriptions.named()) {
    arguments.directory = prescriptions.directory();
    return open_and(arguments,
                    [&](centre::CentreService& service) { return prescriptions.run(service, system_clock().wall()); });
  }
  if (orders.named()) {
    arguments.directory = orders.directory();
    return open_and(arguments,
                    [&](centre::CentreService& service) { return orders.run(service, system_clock().wall()); });
  }
  if (officer.named()) {
    arguments.directory = officer.directory();
    return open_and(arguments,
                    [&](centre::CentreService& service) { return officer.run(service, system_clock().wall()); });
  }
  if (reconcile.named()) {
    arguments.directory = reconcile.directory();
    return open_and(arguments, [&](centre::CentreService& service) { return reconcile.run(service); });
  }

  if (const std::string* directory = credentials.directory()) {
    arguments.directory = *directory;
    return open_and(arguments, [&](centre::CentreService& service) {
      const auto outcome = credentials.run(service, system_clock().wall());
      return outcome.has_error() ? fail(outcome.error()) : 0;
    });
  }
  if (*init_command) return init(arguments);
  std::optional<Day> day, since;
  if (!arguments.day.empty() && !(day = parse_day(arguments.day))) {
    std::cerr << "--day: expected YYYY-MM-DD\n";
    return 2;
  }
  if (!arguments.since.empty() && !(since = parse_day(arguments.since))) {
    std::cerr << "--since: expected YYYY-MM-DD\n";
    return 2;
  }
  return open_and(arguments, [&](centre::CentreService& service) {
    const WallTime now = system_clock().wall();
    if (*code_command) {
      const auto code = service.make_enrolment_code(arguments.site, arguments.terminal, now);
      if (code.has_error()) return fail(code.error());
      std::cout << protocol::to_string(*code) << '\n';
      return 0;
    }
    if (*key_command) {
      std::cout << to_hex(service.public_key()) << '\n';
      return 0;
    }
    if (*totals_command) return print(centre::totals_report(service.ledger(), day, arguments.json));
    if (*person_command) {
      return print(centre::person_report(service.ledger(), arguments.psn_no, civil_time_at(now).day, arguments.json));
    }
    if (*statement_command) {
      return print(centre::account_statement(service.ledger(), arguments.psn_no, since, arguments.json));
    }
    if (*lost_command) {
      const auto voided = service.lost(arguments.terminal, now);
      if (voided.has_error()) return fail(voided.error());
      std::cout << arguments.terminal << ": refused from now on; voided " << voided->grants << " grants and "
                << voided->holds << " holds, " << to_string(voided->accounts) << " of accounts is free again\n";
      return 0;
    }
    if (*revoke_command) {
      const auto outcome = service.revoke(arguments.terminal);
      return outcome.has_error() ? fail(outcome.error()) : 0;
    }
    std::string address;
    std::uint16_t port = 0;
    if (!split_address(arguments.listen, address, port)) {
      std::cerr << "--listen: expected ADDRESS:PORT\n";
      return 2;
    }
    return Program(service, arguments.directory).serve(address, port);
  });
}
