#include "terminal/commands/retire.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <future>
#include <nlohmann/json.hpp>

#include "offline/journal/troubles.h"
#include "offline/seal/key_store.h"
#include "offline/seal/private_directory.h"
#include "sync/http/client.h"
#include "sync/http/private_file.h"
#include "sync/link/link.h"
#include "terminal/settings/identity.h"
#include "terminal/settings/link_options.h"
#include "terminal/troubles.h"

namespace gongji::terminal {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds retire_deadline{15'000};

// What stands between this till and its end.
struct Left {
  journal::QueueSummary queue;
  journal::Journal::SignedEnd end;
};

Result<Left> look(journal::Writer& writer) {
  std::promise<Result<Left>> found;
  writer.run([&](journal::Journal& journal) {
    Left left;
    left.end = journal.end();
    std::vector<journal::Journal::Work> works;
    works.push_back([&](journal::Turn& turn) -> Result<void> {
      auto queue = turn.summary();
      if (!queue) return queue.error();
      left.queue = *queue;
      return {};
    });
    const auto done = journal.commit(std::move(works));
    if (done.front()) {
      found.set_value(std::move(left));
    } else {
      found.set_value(done.front().error());
    }
  });
  return found.get_future().get();
}

// Until nothing is left on either side.
Result<void> drain(asio::io_context& io, link::Link& link) {
  for (;;) {
    std::optional<Result<bool>> more;
    asio::co_spawn(io, link.sync_once(), [&](const std::exception_ptr& bug, Result<bool> result) {
      if (bug) std::rethrow_exception(bug);
      more = std::move(result);
      io.stop();
    });
    io.restart();
    io.run();
    if (!*more) return more->error();
    if (!**more) return {};
  }
}

Result<protocol::RetireAnswer> tell_centre(const Config& config, const TerminalIdentity& identity,
                                           const journal::Journal::SignedEnd& end, bool forced) {
  protocol::RetireRequest request;
  request.terminal = identity.terminal;
  request.epoch = identity.epoch;
  request.last_seq = end.seq;
  request.last_hash = end.hash;
  request.signature = end.signature;
  request.forced = forced;
  const auto response = http::call_and_wait(client_options(config),
                                            centre_request("/v1/retire", protocol::encode(request)), retire_deadline);
  if (!response) return trouble(troubles::centre_not_told, {}, std::string(response.error().text->code));
  if (response->status != 200) {
    const auto problem = protocol::decode_problem(response->body);
    return trouble(troubles::centre_not_told, {}, problem ? problem->code : std::to_string(response->status));
  }
  return protocol::decode_retire_answer(response->body);
}

// Overwritten, then removed.
Result<std::size_t> destroy_files(const std::filesystem::path& folder) {
  std::error_code absent;
  if (!std::filesystem::exists(folder, absent)) return std::size_t{0};
  auto directory = seal::PrivateDirectory::open(folder);
  if (!directory) return trouble(troubles::keys_left, folder.string(), directory.error().detail);
  const seal::PrivateDirectory::Lock lock(*directory);
  const auto names = directory->names_ending("");
  if (!names) return trouble(troubles::keys_left, folder.string(), names.error().detail);
  std::size_t count = 0;
  for (const std::string& name : *names) {
    if (!std::filesystem::is_regular_file(std::filesystem::symlink_status(folder / name))) continue;
    if (auto done = directory->destroy(name); !done) {
      return trouble(troubles::keys_left, (folder / name).string(), done.error().detail);
    }
    ++count;
  }
  return count;
}

Result<std::size_t> destroy_keys(const Config& config) {
  std::size_t count = 0;
  for (const auto& folder : {config.keys_directory() / "month", config.keys_directory(), config.tls_directory()}) {
    const auto done = destroy_files(folder);
    if (!done) return done.error();
    count += *done;
  }
  return count;
}

std::string mark_of(const Retired& retired, WallTime now) {
  return nlohmann::ordered_json{{"terminal", retired.terminal},
                                {"retired", now.ms},
                                {"acknowledged_seq", retired.acknowledged_seq},
                                {"given_up", retired.given_up},
                                {"centre_told", retired.centre_told}}
             .dump(2) +
         "\n";
}

}  // namespace

Result<Retired> retire(const Config& config, bool force, const Clock& clock, Random& random) {
  const auto identity = load_identity(config);
  if (!identity) return identity.error();
  Retired retired;
  retired.terminal = identity->terminal;
  if (std::filesystem::exists(config.retired_file())) {
    // Cut short behind the mark: only keys are left.
    const auto destroyed = destroy_keys(config);
    if (!destroyed) return destroyed.error();
    retired.files_destroyed = *destroyed;
    retired.centre_told = true;
    return retired;
  }
  {
    auto keys = seal::KeyStore::open(config.keys_directory(), random);
    if (!keys) return keys.error();
    auto journal =
        journal::Journal::open(config.journal_file(), {identity->terminal, identity->epoch}, std::move(*keys), random);
    if (!journal) {
      return journal.error().text == &journal::troubles::in_use ? trouble(troubles::daemon_runs) : journal.error();
    }
    const auto terms = record::decode_terms(identity->terms_bytes);
    if (!terms) return terms.error();
    asio::io_context io(1);
    journal::Writer writer(std::move(*journal));
    link::Link link(io.get_executor(), link_options(config, *identity, *terms), writer, clock, random);
    const auto drained = drain(io, link);
    const auto left = look(writer);
    if (!left) return left.error();
    retired.acknowledged_seq = left->queue.acknowledged_seq;
    retired.given_up = left->queue.unsent_count;
    if (retired.given_up > 0 && !force) {
      return trouble(
          troubles::unsent_left, {},
          std::to_string(retired.given_up) + (drained ? "" : "; " + to_string(drained.error(), Language::en)));
    }
    const auto told = tell_centre(config, *identity, left->end, force);
    if (!told && !force) return told.error();
    retired.centre_told = told.has_value();
    if (told) {
      retired.grants = told->grants;
      retired.holds = told->holds;
    }
    link.stop();
    io.restart();
    io.poll();
  }
  if (auto done = http::write_private_file(config.retired_file().string(), mark_of(retired, clock.wall())); !done) {
    return done.error();
  }
  const auto destroyed = destroy_keys(config);
  if (!destroyed) return destroyed.error();
  retired.files_destroyed = *destroyed;
  return retired;
}

}  // namespace gongji::terminal
