#include "tests/sim/memory_pool.h"

#include <malloc.h>
#include <sqlite3.h>
#include <sys/mman.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>

#include "offline/base/check.h"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace gongji::sim {

namespace {

constexpr std::size_t region_bytes = std::size_t{1} << 33U;  // addresses, not memory
constexpr std::size_t block_bytes = std::size_t{1} << 20U;   // of one size each
constexpr std::size_t fine_max = 1'024, fine_step = 16;      // then four sizes for each doubling
constexpr std::size_t pooled_max = 32'768;

constexpr std::size_t sizes = fine_max / fine_step + 4 * 5 + 1;

struct Free {
  Free* next;
};

struct Pool {
  const char* owner = nullptr;  // the mark of the thread that it belongs to
  char* begin = nullptr;
  std::atomic<char*> next_block{nullptr};
  char* end = nullptr;
  std::array<Free*, sizes> free{};
  std::array<char*, sizes> fresh{}, fresh_end{};  // of the newest block of that size
  std::array<std::uint8_t, region_bytes / block_bytes> size_of_block{};
};

constinit Pool pool;

// The simulator has one thread, and the centre one more while it follows the chain of a long batch: that one has
// malloc, and what it frees of the pool stays out of use.
constinit thread_local char mark = 0;

bool is_owner() {
  if (pool.owner == nullptr) pool.owner = &mark;
  return pool.owner == &mark;
}

constexpr std::size_t place_of(std::size_t bytes) {
  if (bytes <= fine_max) return (bytes + fine_step - 1) / fine_step;
  const auto doubling =
      static_cast<std::size_t>(63 - __builtin_clzll(bytes - 1));  // 2^doubling < bytes <= 2^(doubling + 1)
  const std::size_t quarter = ((bytes - 1) >> (doubling - 2)) & 3U;
  return fine_max / fine_step + 1 + 4 * (doubling - 10) + quarter;
}

constexpr std::size_t bytes_of(std::size_t place) {
  if (place <= fine_max / fine_step) return place == 0 ? fine_step : place * fine_step;
  const std::size_t over = place - fine_max / fine_step - 1;
  return (std::size_t{5} + over % 4) << (over / 4 + 8);
}

static_assert(place_of(pooled_max) == sizes - 1);
static_assert(bytes_of(place_of(1'025)) == 1'280 && bytes_of(place_of(1'280)) == 1'280);
static_assert(bytes_of(place_of(1'281)) == 1'536 && bytes_of(place_of(2'048)) == 2'048);
static_assert(bytes_of(place_of(pooled_max)) == pooled_max && bytes_of(place_of(20'000)) == 20'480);

bool is_pooled(const void* piece) {
  return piece >= pool.begin && piece < pool.next_block.load(std::memory_order_relaxed);
}

std::size_t place_of_piece(const void* piece) {
  return pool.size_of_block[static_cast<std::size_t>(static_cast<const char*>(piece) - pool.begin) / block_bytes];
}

// nullptr: the region is used up, or the machine gave none.
void* from_new_block(std::size_t place) {
  if (pool.begin == nullptr) {
    void* const region =
        ::mmap(nullptr, region_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (region == MAP_FAILED) return nullptr;
    pool.begin = static_cast<char*>(region);
    pool.next_block.store(pool.begin, std::memory_order_relaxed);
    pool.end = pool.begin + region_bytes;
  }
  char* const block = pool.next_block.load(std::memory_order_relaxed);
  if (block == pool.end) return nullptr;
  pool.next_block.store(block + block_bytes, std::memory_order_relaxed);
  pool.size_of_block[static_cast<std::size_t>(block - pool.begin) / block_bytes] = static_cast<std::uint8_t>(place);
  const std::size_t bytes = bytes_of(place);
  pool.fresh[place] = block + bytes;
  pool.fresh_end[place] = block + block_bytes / bytes * bytes;
  return block;
}

void* take(std::size_t bytes) {
  if (bytes > pooled_max || !is_owner()) return std::malloc(bytes);
  const std::size_t place = place_of(bytes);
  if (Free* const piece = pool.free[place]) {
    pool.free[place] = piece->next;
    return piece;
  }
  if (pool.fresh[place] != pool.fresh_end[place]) {
    char* const piece = pool.fresh[place];
    pool.fresh[place] += bytes_of(place);
    return piece;
  }
  void* const piece = from_new_block(place);
  return piece != nullptr ? piece : std::malloc(bytes);
}

void give_back(void* piece) {
  if (!is_pooled(piece)) return std::free(piece);
  if (!is_owner()) return;
  auto* const free = static_cast<Free*>(piece);
  Free*& first = pool.free[place_of_piece(piece)];
  free->next = first;
  first = free;
}

// SQLite asks a piece for its size; one of malloc's has it in front.
constexpr std::size_t in_front = 16;

void* sqlite_take(int bytes) {
  const auto wanted = static_cast<std::size_t>(bytes);
  if (wanted <= pooled_max) {
    void* const piece = take(wanted);
    if (piece == nullptr || is_pooled(piece)) return piece;
    std::free(piece);
  }
  void* const whole = std::malloc(wanted + in_front);
  if (whole == nullptr) return nullptr;
  std::memcpy(whole, &wanted, sizeof wanted);
  return static_cast<char*>(whole) + in_front;
}

void sqlite_give_back(void* piece) {
  if (piece == nullptr || is_pooled(piece)) {
    if (piece != nullptr) give_back(piece);
    return;
  }
  std::free(static_cast<char*>(piece) - in_front);
}

int sqlite_size(void* piece) {
  if (piece == nullptr) return 0;
  std::size_t bytes = 0;
  if (is_pooled(piece)) {
    bytes = bytes_of(place_of_piece(piece));
  } else {
    std::memcpy(&bytes, static_cast<char*>(piece) - in_front, sizeof bytes);
  }
  return static_cast<int>(bytes);
}

void* sqlite_take_again(void* piece, int bytes) {
  const auto there = static_cast<std::size_t>(sqlite_size(piece)), wanted = static_cast<std::size_t>(bytes);
  if (is_pooled(piece) && wanted <= there) return piece;
  void* const moved = sqlite_take(bytes);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, piece, there < wanted ? there : wanted);
  sqlite_give_back(piece);
  return moved;
}

int sqlite_round_up(int bytes) {
  const auto wanted = static_cast<std::size_t>(bytes);
  return wanted > pooled_max ? (bytes + 7) / 8 * 8 : static_cast<int>(bytes_of(place_of(wanted)));
}

int sqlite_begin(void*) {
  return SQLITE_OK;
}
void sqlite_end(void*) {}

}  // namespace

void give_sqlite_the_pool() {
  static sqlite3_mem_methods methods = {sqlite_take,     sqlite_give_back, sqlite_take_again, sqlite_size,
                                        sqlite_round_up, sqlite_begin,     sqlite_end,        nullptr};
  sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
  // What is large stays with this process, too: given back, it would be zeros to be made again.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::mallopt(M_TOP_PAD, 8 << 20);
}

}  // namespace gongji::sim

void* operator new(std::size_t bytes) {
  void* const piece = gongji::sim::take(bytes);
  if (piece == nullptr) throw std::bad_alloc();
  return piece;
}
void* operator new[](std::size_t bytes) {
  return ::operator new(bytes);
}
void operator delete(void* piece) noexcept {
  if (piece != nullptr) gongji::sim::give_back(piece);
}
void operator delete[](void* piece) noexcept {
  ::operator delete(piece);
}
void operator delete(void* piece, std::size_t) noexcept {
  ::operator delete(piece);
}
void operator delete[](void* piece, std::size_t) noexcept {
  ::operator delete(piece);
}

#else

void gongji::sim::give_sqlite_the_pool() {}

#endif
