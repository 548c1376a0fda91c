#include "terminal/start.h"

#include <spdlog/spdlog.h>

#include "offline/journal/earlier.h"
#include "offline/journal/troubles.h"
#include "offline/record/entry.h"
#include "offline/seal/private_directory.h"

namespace gongji::terminal {
namespace {

// How far back the last promise is looked for at a start; a day's entries at a busy counter.
constexpr std::uint64_t entries_back_max = 1'000;

}  // namespace

Result<void> check_closed(const Config& config) {
  const auto journal = config.journal_file().filename().string();
  if (auto done = seal::check_private(config.data, {journal, journal + "-wal", journal + "-shm", journal + ".lock",
                                                    config.identity_file().filename().string()});
      !done) {
    return done;
  }
  return seal::check_private(config.tls_directory(), {"ca.pem", "certificate.pem", "key.pem"});
}

// Whose journal it is is found out by opening it: every opening after a crash reads the whole write-ahead log.
Result<std::unique_ptr<journal::Journal>> open_journal(const Config& config, Result<journal::JournalFile> file,
                                                       const journal::Identity& present,
                                                       const std::shared_ptr<const seal::KeyStore>& keys) {
  if (!file) return file.error();
  auto opened = journal::Journal::open(std::move(*file), present, keys, system_random());
  if (opened || opened.error().text != &journal::troubles::other_terminal) return opened;
  if (auto done = journal::set_aside_earlier(config.journal_file(), present); !done) return done.error();
  return journal::Journal::open(config.journal_file(), present, keys, system_random());
}

Result<Remembered> remembered_by(journal::Journal& journal) {
  Remembered out;
  std::vector<journal::Journal::Work> works;
  works.push_back([&](journal::Turn& turn) -> Result<void> {
    auto log = turn.log_state();
    if (!log) return log.error();
    out.log = *log;
    out.times.last_contact = log->last_contact;
    auto orders = turn.orders();
    if (!orders) return orders.error();
    out.orders = std::move(*orders);
    auto terms = turn.terms();
    if (!terms) return terms.error();
    out.terms = std::move(*terms);
    // What promised nothing may have been written under a clock that was not trusted.
    const std::uint64_t last = log->last_seq;
    for (std::uint64_t seq = last; seq > 0 && last - seq < entries_back_max && !out.times.last_promise; --seq) {
      // The public part tells, and is there when the personal part is gone.
      const auto raw = turn.find_raw(seq);
      if (!raw) return raw.error();
      if (!*raw) break;
      const auto entry = record::decode_public((*raw)->public_bytes);
      if (!entry) return entry.error();
      const auto* sale = std::get_if<record::Sale>(&entry->body);
      if (sale != nullptr && sale->backing != record::Backing::nothing) out.times.last_promise = entry->head.at;
    }
    return {};
  });
  auto done = journal.commit(std::move(works));
  if (!done.front()) return done.front().error();
  return out;
}

Result<void> keep_second_places(const Config& config, journal::Journal& journal) {
  if (!config.second_copy.directory.empty()) {
    if (auto done = journal.keep_copy(config.second_copy); !done) return done;
  }
  if (!config.anchor_file.empty()) {
    if (auto done = journal.keep_anchor(config.anchor_file); !done) return done;
  }
  if (journal.doubt() != journal::Doubt::none) {
    spdlog::warn("the journal is in doubt ({}): nothing is promised until the centre was reached",
                 journal::name_of(journal.doubt()));
  }
  return {};
}

}  // namespace gongji::terminal
