#include "terminal/daemon.h"

#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdio>
#include <future>

#include "card/pcsc/pcsc_transport.h"
#include "offline/packs/catalogue.h"
#include "offline/record/registration.h"
#include "sync/http/private_file.h"
#include "sync/http/server.h"
#include "sync/link/on_writer.h"
#include "sync/protocol/fsi_envelope.h"
#include "terminal/api/api_service.h"
#include "terminal/api/gate.h"
#include "terminal/api/sync_service.h"
#include "terminal/api/tasks_api.h"
#include "terminal/api/trouble_answers.h"
#include "terminal/certificate/certificate_files.h"
#include "terminal/fsi/fsi_service.h"
#include "terminal/journal_upkeep.h"
#include "terminal/metrics/metrics_service.h"
#include "terminal/resident.h"
#include "terminal/rules/rule_shelf.h"
#include "terminal/settings/catalogue_file.h"
#include "terminal/settings/link_options.h"
#include "terminal/start.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

// How long running requests may take after SIGTERM; a sale at the counter needs less.
constexpr std::chrono::milliseconds stop_wait{5'000};
constexpr std::chrono::milliseconds stop_poll{20};
constexpr std::chrono::milliseconds unwind_step{100};
constexpr int unwind_steps_max = 20;
// Without a request for so long the daemon is idle, and gives back what the last customers needed.
constexpr std::chrono::milliseconds rest_after{10'000};

std::unique_ptr<CounterCard> open_card(const Config& config, const Clock& clock) {
  if (!config.card_enabled) return nullptr;
  const card::TransportFactory open = [prefix = config.card_reader, &clock] {
    return card::make_pcsc_transport({prefix}, clock);
  };
  const card::CardReader::Watcher watcher = [](const card::CardEvent& event) {
    static constexpr std::string_view kinds[] = {"card inserted", "card removed",      "reader added",
                                                 "reader gone",   "card service lost", "card service back"};
    spdlog::info("{} {}", kinds[static_cast<std::size_t>(event.kind)], event.reader);
  };
  return std::make_unique<CounterCard>(std::make_unique<card::CardReader>(open, clock, watcher));
}

class Daemon {
 public:
  Daemon(const Config& config, TerminalIdentity identity, std::shared_ptr<const seal::KeyStore> keys,
         std::unique_ptr<RuleShelf> rules, packs::Catalogue catalogue, std::unique_ptr<journal::Journal> journal)
      : config_(config),
        identity_(std::move(identity)),
        keys_(std::move(keys)),
        rules_(std::move(rules)),
        catalogue_(std::move(catalogue)),
        writer_(std::move(journal)),
        gate_(config.tokens, config.tokenless),
        certificate_(config.tls_directory(), identity_.terminal),
        orders_(config.orders_directory(), identity_.authority_public_key) {}

  Result<void> start(authority::KnownTimes known, bool in_doubt, record::Opening opening,
                     const std::vector<record::Signed>& known_orders,
                     const std::optional<record::Signed>& newer_terms) {
    auto terms = record::decode_terms(identity_.terms_bytes);
    if (!terms) return terms.error();
    if (newer_terms && record::verify(identity_.authority_public_key, record::terms_tag, *newer_terms)) {
      if (auto newer = record::decode_terms(newer_terms->bytes)) terms = std::move(newer);
    }
    known.offline_max = authority::offline_max(*terms);
    orders_.refresh(known_orders);
    known.longer = authority::longer_by(orders_.orders(), *terms);
    clock_ = std::make_unique<authority::TrustedClock>(system_clock(), known);
    if (!clock_->trusted()) spdlog::warn("the clock is not trusted until the centre has told the time");
    card_ = open_card(config_, system_clock());
    auto options_of_link = link_options(config_, identity_, *terms);
    options_of_link.tls.valid_at = [clock = clock_.get()] {
      return clock->trusted() ? std::optional(clock->wall()) : std::nullopt;
    };
    options_of_link.renewal_due = [this](WallTime now) { return certificate_.renewal_due(now); };
    options_of_link.take_certificate = [this](const std::string& pem) { return certificate_.take(pem); };
    options_of_link.take_roots = [this](const std::vector<std::string>& roots) {
      return certificate_.take_roots(roots);
    };
    options_of_link.in_doubt = in_doubt;
    options_of_link.opening = opening;
    if (clock_->trusted() && known.last_contact) {
      options_of_link.silent_for = std::max(std::chrono::milliseconds(0), clock_->wall() - *known.last_contact);
    }
    options_of_link.rules =
        link::RuleFiles{[this](const Digest& digest) { return rules_->has(digest); },
                        [this](const Digest& digest, const std::string& text) { return rules_->take(digest, text); },
                        [this](const Digest& digest) { return rules_->drop(digest); }};
    options_of_link.begin_epoch = [this](const protocol::EpochAnswer& answer) { return begin_epoch(answer); };
    options_of_link.heard_time = [this](WallTime centre_time) { hear(centre_time); };
    link_ =
        std::make_unique<link::Link>(io_.get_executor(), std::move(options_of_link), writer_, *clock_, system_random());
    if (!config_.scanner_device.empty()) {
      const card::Scanner::Opener open = [device = config_.scanner_device] { return card::open_serial(device); };
      scanner_ = std::make_unique<CounterScanner>(open, system_clock());
    }
    const Parts parts{identity_,      keys_,   rules_->source(), writer_, *link_,        card_.get(),
                      scanner_.get(), *clock_, system_random(),  orders_, &counts_.sales};
    auto checkout = Checkout::make(parts, known.last_contact);
    if (!checkout) return checkout.error();
    checkout_ = std::move(*checkout);
    fsi_ = std::make_unique<FsiService>(parts, *checkout_, catalogue_, config_.unknown_goods);
    api_ = std::make_unique<ApiService>(parts, *checkout_);
    tasks_ = std::make_unique<TasksApi>(config_, identity_, keys_, *clock_);
    sync_ = std::make_unique<SyncService>(parts, *checkout_, *rules_);
    metrics_ = std::make_unique<MetricsService>(parts, *checkout_, counts_, config_.journal_file());

    const auto broken = [this](const Trouble& what) {
      failure_ = what;
      if (!stopping_) stop();
    };
    upkeep_ = std::make_unique<JournalUpkeep>(io_.get_executor(), writer_, *clock_, identity_, broken);

    http::ServerOptions options;
    options.address = config_.api.host;
    options.port = config_.api.port;
    const http::Handler handler = [this](http::Request request) { return handle(std::move(request)); };
    auto server = http::Server::listen(io_, std::move(options), handler);
    if (!server) return server.error();
    server_ = std::move(*server);
    link_->start();
    return {};
  }

  std::uint16_t port() const { return server_->port(); }
  // The journal ended with its epoch: start again on the next.
  bool epoch_began() const { return epoch_began_ && !signalled_; }

  // Until a signal, or until the journal is found to be broken.
  Result<void> run() {
    asio::signal_set signals(io_, SIGTERM, SIGINT);
    signals.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      spdlog::info("stopping on signal {}", signal);
      signalled_ = true;
      stop();
    });
    upkeep_->start();
    rest();
    io_.run();
    signals.cancel();
    unwind();
    return failure_ ? Result<void>(*failure_) : Result<void>();
  }

 private:
  // What is still under way is cancelled and ends here, while everything that it refers to is alive.  The card's
  // thread, the journal's and the tasks' work with objects of those who wait for them: they are waited for, however
  // slow the disk.
  void unwind() {
    server_.reset();
    link_->stop();
    if (card_) card_->stop();
    tasks_->stop();
    for (int step = 0; step < unwind_steps_max; ++step) {
      const auto idle = std::make_shared<std::promise<void>>();
      writer_.run([idle](journal::Journal&) { idle->set_value(); });
      idle->get_future().wait();
      io_.restart();
      io_.run_for(unwind_step);
      if (io_.stopped()) break;
    }
  }

  static asio::awaitable<http::Response> answer(http::Response response) { co_return response; }

  asio::awaitable<http::Response> handle(http::Request request) {
    ++handled_;
    auto step = route(std::move(request));
    auto response = co_await std::move(step);
    if (std::string code = trouble_code_in(response.body); !code.empty()) ++counts_.errors[std::move(code)];
    co_return response;
  }

  asio::awaitable<http::Response> route(http::Request request) {
    auto path = gate_.admit(request);
    if (!path) {
      const unsigned status = path.error().text == &troubles::token_wrong ? 401 : 403;
      return answer(error_response(status, path.error()));
    }
    if (*path == "/healthz") return answer(http::Response::json(200, R"({"ok":true})"));
    if (*path == "/readyz") return readiness();
    if (*path == "/metrics" && request.method == "GET") return metrics_->answer();
    if (TasksApi::is_path(*path)) return tasks_->handle(std::move(*path), std::move(request));
    if (*path == "/api/v1/sync") return sync_->handle(std::move(request));
    if (path->starts_with("/api/")) return api_->handle(*path, std::move(request));
    if (is_fsi_path(*path)) return fsi_->handle(std::move(*path), std::move(request));
    return answer(error_response(404, trouble(troubles::path_unknown, *path)));
  }

  // Whether a sale could be written now.
  asio::awaitable<http::Response> readiness() {
    const link::JournalTask<Result<void>> look = [](journal::Journal& journal) { return journal.ready(); };
    const auto ready = co_await link::on_journal(writer_, look);
    if (!ready) co_return error_response(503, ready.error());
    co_return http::Response::json(200, R"({"ok":true})");
  }

  void hear(WallTime centre_time) {
    const bool first = !clock_->machine_ahead();
    clock_->heard(centre_time);
    const auto ahead = *clock_->machine_ahead();
    if (first && std::chrono::abs(ahead) > authority::clock_lag_max) {
      spdlog::warn("this machine's clock is {} s ahead of the centre's; the centre's counts", ahead.count() / 1000);
    }
  }

  // The centre's answer becomes this terminal's identity; the journal of before is set aside at the next start.
  bool begin_epoch(const protocol::EpochAnswer& answer) {
    const auto terms = record::decode_terms(answer.terms.bytes);
    const bool ours = terms && terms->terminal == identity_.terminal && terms->epoch == answer.epoch &&
                      answer.epoch > identity_.epoch &&
                      record::verify(identity_.authority_public_key, record::terms_tag, answer.terms) &&
                      record::verify(identity_.centre_public_key, record::registration_tag, answer.registration);
    if (!ours) {
      spdlog::error("the centre's answer does not open a new epoch of this terminal");
      return false;
    }
    TerminalIdentity next = identity_;
    next.epoch = answer.epoch;
    next.terms_bytes = answer.terms.bytes;
    next.terms_signature = answer.terms.signature;
    next.registration = answer.registration;
    if (auto done = save_identity(config_, next); !done) {
      spdlog::error("{}", to_string(done.error(), Language::en));
      return false;
    }
    spdlog::warn("epoch {} ends, epoch {} begins", identity_.epoch, next.epoch);
    epoch_began_ = true;
    stop();
    return true;
  }

  void rest() {
    rest_timer_.expires_after(rest_after);
    rest_timer_.async_wait([this, seen = handled_](const boost::system::error_code& error) {
      if (error || stopping_) return;
      // Again and again: a link that looks for its line, or sends what waits, needs some each time.
      if (seen == handled_) give_back_memory();
      rest();
    });
  }

  void stop() {
    stopping_ = true;
    rest_timer_.cancel();
    server_->stop();
    link_->stop();
    if (upkeep_) upkeep_->stop();
    waited_ = std::chrono::milliseconds(0);
    wait_for_requests();
  }

  void wait_for_requests() {
    if (server_->connections() == 0 || waited_ >= stop_wait) {
      io_.stop();
      return;
    }
    waited_ += stop_poll;
    timer_.expires_after(stop_poll);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) wait_for_requests();
    });
  }

  const Config& config_;
  asio::io_context io_{1};
  asio::steady_timer timer_{io_};
  TerminalIdentity identity_;
  std::shared_ptr<const seal::KeyStore> keys_;
  std::unique_ptr<RuleShelf> rules_;
  packs::Catalogue catalogue_;
  journal::Writer writer_;
  Gate gate_;
  CertificateFiles certificate_;
  OrderShelf orders_;
  Counts counts_;
  std::unique_ptr<authority::TrustedClock> clock_;
  std::unique_ptr<CounterCard> card_;
  std::unique_ptr<CounterScanner> scanner_;
  std::unique_ptr<link::Link> link_;
  std::unique_ptr<Checkout> checkout_;
  std::unique_ptr<FsiService> fsi_;
  std::unique_ptr<ApiService> api_;
  std::unique_ptr<TasksApi> tasks_;
  std::unique_ptr<SyncService> sync_;
  std::unique_ptr<MetricsService> metrics_;
  std::unique_ptr<JournalUpkeep> upkeep_;
  std::unique_ptr<http::Server> server_;
  std::chrono::milliseconds waited_{0};
  asio::steady_timer rest_timer_{io_};
  std::uint64_t handled_ = 0;  // requests so far
  bool stopping_ = false;
  bool epoch_began_ = false;
  bool signalled_ = false;
  std::optional<Trouble> failure_;
};

struct Rules {
  std::unique_ptr<RuleShelf> shelf;
  packs::Catalogue catalogue;
};

Result<Rules> read_rules(const Config& config, const TerminalIdentity& identity) {
  auto shelf = RuleShelf::open(config, identity.authority_public_key);
  if (!shelf) return shelf.error();
  for (const packs::Added& added : (*shelf)->now()->added()) {
    spdlog::info("{} {} of {} from {}", added.kind, added.digest, added.authority, added.origin);
  }
  auto catalogue = load_catalogue(config.catalogue_file);
  if (!catalogue) return catalogue.error();
  return Rules{std::move(*shelf), std::move(*catalogue)};
}

// One epoch of this terminal, or the rest of one: until a signal, or until the next epoch begins (true).
// `config.api.port` becomes the port that was bound, so that the next epoch is found in the same place.
Result<bool> run_epoch(Config& config) {
  if (std::filesystem::exists(config.retired_file())) {
    return trouble(troubles::retired, config.retired_file().string());
  }
  auto identity = load_identity(config);
  if (!identity) return identity.error();
  if (auto closed = check_closed(config); !closed) return closed.error();
  if (auto done = CertificateFiles(config.tls_directory(), identity->terminal).finish_exchange(); !done) {
    return done.error();
  }
  // A till that was switched off in the middle of a queue is back sooner: keys and rules are read while SQLite reads
  // what waits in the write-ahead log, the longest of all.
  auto opening_keys =
      std::async(std::launch::async, [&] { return seal::KeyStore::open(config.keys_directory(), system_random()); });
  auto reading_rules = std::async(std::launch::async, [&] { return read_rules(config, *identity); });
  auto file = journal::JournalFile::open(config.journal_file());
  auto keys = opening_keys.get();
  if (!keys) return keys.error();
  auto journal = open_journal(config, std::move(file), {identity->terminal, identity->epoch}, *keys);
  auto rules = reading_rules.get();
  if (!rules) return rules.error();
  if (!journal) return journal.error();
  if (auto done = keep_second_places(config, **journal); !done) return done.error();
  const bool in_doubt = (*journal)->doubt() != journal::Doubt::none;
  const record::Opening this_opening = (*journal)->opening();
  auto remembered = remembered_by(**journal);
  if (!remembered) return remembered.error();
  spdlog::info("journal holds {} entries, {} unsent", remembered->log.last_seq,
               remembered->log.last_seq - remembered->log.acknowledged_seq);

  Daemon daemon(config, std::move(*identity), std::move(*keys), std::move(rules->shelf), std::move(rules->catalogue),
                std::move(*journal));
  if (auto done = daemon.start(remembered->times, in_doubt, this_opening, remembered->orders, remembered->terms); !done)
    return done.error();
  config.api.port = daemon.port();
  if (auto written = http::write_private_file(config.port_file().string(), std::to_string(daemon.port()) + "\n");
      !written) {
    return written.error();
  }
  fmt::print("gongjid ready on {}:{}\n", config.api.host, daemon.port());
  std::fflush(stdout);
  if (auto ended = daemon.run(); !ended) return ended.error();
  return daemon.epoch_began();
}

}  // namespace

Result<void> run_daemon(const Config& settings) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("gongjid"));
  spdlog::set_level(spdlog::level::from_str(settings.log_level));
  Config config = settings;
  while (true) {
    const auto again = run_epoch(config);
    if (!again) return again.error();
    if (!*again) break;
  }
  spdlog::info("stopped");
  return {};
}

}  // namespace gongji::terminal
