// seal_cost_bench.cpp — what sealing the personal parts costs a durable sale.
//
//   build/bin/bench-seal
//
// Two journals on one disk take turns: one with a real key store, one whose store leaves everything in the open (same
// sizes on disk).  Each measured turn opens the person's snapshot, appends a sale and commits.  Ratios of medians
// travel; absolute numbers belong to the machine.  Uses real time.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "offline/seal/aead.h"
#include "tests/journal/till.h"

using namespace gongji;
using namespace gongji::tests;
using Steady = std::chrono::steady_clock;

namespace {

constexpr int rounds = 9;
constexpr int commits_per_round = 200;

// Signs and hashes as the store behind it; seals nothing.
class OpenKeys final : public seal::KeyStore {
 public:
  explicit OpenKeys(std::shared_ptr<const seal::KeyStore> keys) : keys_(std::move(keys)) {}
  Bytes sign(std::string_view tag, ByteView statement) const override { return keys_->sign(tag, statement); }
  Bytes public_key() const override { return keys_->public_key(); }
  std::string lookup_key(std::string_view domain, std::string_view value) const override {
    return keys_->lookup_key(domain, value);
  }
  seal::RowChecksum row_checksum(std::string_view domain, std::string_view value) const override {
    return keys_->row_checksum(domain, value);
  }
  Result<Bytes> seal(const std::string&, ByteView plain, ByteView) const override {
    Bytes out(seal::aead_nonce_size);
    out.insert(out.end(), plain.begin(), plain.end());
    out.resize(out.size() + seal::aead_tag_size);
    return out;
  }
  Result<Bytes> open_sealed(const std::string&, ByteView sealed, ByteView) const override {
    return to_bytes(sealed.subspan(seal::aead_nonce_size, sealed.size() - seal::aead_nonce_size - seal::aead_tag_size));
  }
  Result<void> destroy_month(const std::string& month) const override { return keys_->destroy_month(month); }

 private:
  std::shared_ptr<const seal::KeyStore> keys_;
};

double median(std::vector<double> samples) {
  std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2), samples.end());
  return samples[samples.size() / 2];
}

struct Shop {
  Till till;
  SeededRandom random{9};
  std::unique_ptr<journal::Journal> journal;
  int number = 0;

  explicit Shop(bool sealing) {
    const auto keys = sealing ? till.shared_keys() : std::make_shared<OpenKeys>(till.shared_keys());
    auto opened = journal::open_on({}, till.file(), till.identity(), keys, random);
    REQUIRE(opened);
    journal = std::move(*opened);
    store(till, *journal, mother());
  }
  // Microseconds of one sale, from the look-up of the person to the answer of the disk.
  double sell() {
    const auto began = Steady::now();
    const auto done = turn_on(*journal, [&](journal::Turn& turn) -> Result<void> {
      auto known = turn.find_person(till.person_key(mother()));
      if (!known) return known.error();
      auto entry = turn.append(
          till.sale_of(mother(), **known, std::to_string(number++), {30, 0, 0, 5}, record::Backing::hold, today), noon);
      if (!entry) return entry.error();
      return {};
    });
    const std::chrono::duration<double, std::micro> span = Steady::now() - began;
    REQUIRE(done);
    return span.count();
  }
};

}  // namespace

TEST_CASE("a sale with its personal part sealed, and in the open") {
  Shop sealed(true), open(false);
  for (int i = 0; i < 300; ++i) {  // the WALs' first cycles
    sealed.sell();
    open.sell();
  }
  std::vector<double> ratios, all_sealed, all_open;
  for (int round = 0; round < rounds; ++round) {
    sealed.journal->idle();
    open.journal->idle();
    std::vector<double> with, without;
    for (int i = 0; i < commits_per_round; ++i) {
      const bool first = i % 2 == 0;  // so that neither always follows the other
      if (first) with.push_back(sealed.sell());
      without.push_back(open.sell());
      if (!first) with.push_back(sealed.sell());
    }
    ratios.push_back(median(with) / median(without));
    all_sealed.insert(all_sealed.end(), with.begin(), with.end());
    all_open.insert(all_open.end(), without.begin(), without.end());
  }
  std::printf("sealed %7.0f us, open %7.0f us, ratio %.3f (median of %d rounds; goal: at most 1.10)\n",
              median(all_sealed), median(all_open), median(ratios), rounds);
}
