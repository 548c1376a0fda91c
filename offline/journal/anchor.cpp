#include "offline/journal/anchor.h"

#include <charconv>
#include <chrono>
#include <string>

#include "offline/base/check.h"
#include "offline/journal/durable_file.h"
#include "offline/journal/store.h"
#include "offline/journal/troubles.h"

namespace gongji::journal {

namespace {

constexpr std::string_view first_line = "gongji-anchor 1";
constexpr std::string_view signature_tag = "gongji.anchor.v1";
constexpr std::size_t file_bytes_max = 4'096;
constexpr std::chrono::milliseconds try_again{1'000};

std::string statement(const Anchor& anchor) {
  return std::string(first_line) + "\nterminal " + anchor.identity.terminal + "\nepoch " +
         std::to_string(anchor.identity.epoch) + "\nseq " + std::to_string(anchor.seq) + "\nhash " +
         to_hex(anchor.hash) + "\nrun " + std::to_string(anchor.run) + "\n";
}

// The values of the lines in order; false where a line has another name.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  std::string_view next(std::string_view name) {
    const auto end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    if (line.size() <= name.size() || !line.starts_with(name) || line[name.size()] != ' ') {
      good_ = false;
      return {};
    }
    return line.substr(name.size() + 1);
  }
  template <class Number>
  Number number(std::string_view name) {
    const std::string_view text = next(name);
    Number value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) good_ = false;
    return value;
  }
  bool good() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

RowMac row_mac(const Store& store, const AnchorRow& row) {
  return RowMac(store.keys, "anchor-row",
                store.identity.terminal + "|" + std::to_string(store.identity.epoch) + "|" +
                    std::to_string(row.anchored ? 1 : 0) + "|" + std::to_string(static_cast<int>(row.doubt)));
}

}  // namespace

std::string_view name_of(Doubt doubt) {
  switch (doubt) {
    case Doubt::none:
      return "none";
    case Doubt::behind_anchor:
      return "behind_anchor";
    case Doubt::differs_from_anchor:
      return "differs_from_anchor";
    case Doubt::anchor_missing:
      return "anchor_missing";
    case Doubt::anchor_unusable:
      return "anchor_unusable";
    case Doubt::centre_differs:
      return "centre_differs";
  }
  return "none";
}

Result<void> write_anchor(const std::filesystem::path& file, const seal::KeyStore& keys, const Anchor& anchor) {
  std::string text = statement(anchor);
  text += "signature " + to_hex(keys.sign(signature_tag, as_bytes(text))) + "\n";
  return write_durable(file, text);
}

Result<std::optional<Anchor>> read_anchor(const std::filesystem::path& file, const seal::KeyStore& keys) {
  const auto content = read_small(file, file_bytes_max);
  if (!content) return content.error();
  if (!*content) return std::optional<Anchor>();
  Lines lines(**content);
  Anchor anchor;
  const bool ours = lines.next("gongji-anchor") == "1";
  anchor.identity.terminal = lines.next("terminal");
  anchor.identity.epoch = lines.number<std::uint32_t>("epoch");
  anchor.seq = lines.number<std::uint64_t>("seq");
  const auto hash = digest_from_hex(lines.next("hash"));
  anchor.run = lines.number<std::uint64_t>("run");
  const auto signature = from_hex(lines.next("signature"));
  if (hash) anchor.hash = *hash;
  if (!ours || !hash || !signature || !lines.good() ||
      !seal::verify(keys.public_key(), signature_tag, as_bytes(statement(anchor)), *signature)) {
    return trouble(troubles::anchor_unusable, file.string());
  }
  return std::optional(std::move(anchor));
}

AnchorKeeper::AnchorKeeper(std::filesystem::path file, std::shared_ptr<const seal::KeyStore> keys)
    : file_(std::move(file)), keys_(std::move(keys)) {
  thread_ = std::thread([this] { loop(); });
}

AnchorKeeper::~AnchorKeeper() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void AnchorKeeper::keep(Anchor anchor) {
  {
    const std::scoped_lock lock(mutex_);
    next_ = std::move(anchor);
  }
  changed_.notify_all();
}

AnchorState AnchorKeeper::state() const {
  const std::scoped_lock lock(mutex_);
  return {true, written_seq_, problem_};
}

void AnchorKeeper::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    if (problem_) {
      changed_.wait_for(lock, try_again, [&] { return stopping_; });
    } else {
      changed_.wait(lock, [&] { return stopping_ || next_; });
    }
    if (!next_) {
      if (stopping_) return;
      continue;
    }
    const Anchor anchor = *std::exchange(next_, std::nullopt);
    lock.unlock();
    const auto done = write_anchor(file_, *keys_, anchor);
    lock.lock();
    problem_ = done ? std::nullopt : std::optional(done.error());
    if (done) written_seq_ = anchor.seq;
    if (!done && stopping_) return;
    if (!done && !next_) next_ = anchor;
  }
}

Result<AnchorRow> read_anchor_row(const Store& store) {
  auto query = store.db.query("SELECT anchored, doubt, mac FROM anchor", "iib");
  const auto more = query.step();
  if (!more) return more.error();
  if (!*more) return AnchorRow();
  const AnchorRow row{query.integer(0) != 0, static_cast<Doubt>(query.integer(1))};
  if (store.depth == Depth::whole && !row_mac(store, row).holds(query.blob(2))) {
    return trouble(troubles::chain_broken, "anchor");
  }
  return row;
}

Result<void> write_anchor_row(const Store& store, const AnchorRow& row) {
  return store.db
      .query(
          "INSERT INTO anchor VALUES (1, ?, ?, ?) ON CONFLICT DO UPDATE SET anchored = excluded.anchored, "
          "doubt = excluded.doubt, mac = excluded.mac")
      .bind(row.anchored, static_cast<int>(row.doubt), row_mac(store, row).made())
      .run();
}

Result<Doubt> compare(const Identity& identity, std::uint64_t last_seq, bool anchored,
                      const Result<std::optional<Anchor>>& found,
                      const std::function<Result<Digest>(std::uint64_t)>& hash_at) {
  if (!found) {
    if (found.error().text == &troubles::anchor_unusable) return Doubt::anchor_unusable;
    return anchored ? Doubt::anchor_missing : Doubt::none;
  }
  if (!*found) return anchored ? Doubt::anchor_missing : Doubt::none;
  const Anchor& anchor = **found;
  if (anchor.identity.terminal != identity.terminal) return Doubt::anchor_unusable;
  if (anchor.identity.epoch > identity.epoch) return Doubt::behind_anchor;
  if (anchor.identity.epoch < identity.epoch) {
    // The first anchor of this epoch was still to come; one that was written and is not there is missing.
    return anchored ? Doubt::anchor_missing : Doubt::none;
  }
  if (anchor.seq > last_seq) return Doubt::behind_anchor;
  if (anchor.seq == 0) return Doubt::none;
  const auto hash = hash_at(anchor.seq);
  if (!hash) return hash.error();
  return *hash == anchor.hash ? Doubt::none : Doubt::differs_from_anchor;
}

}  // namespace gongji::journal
