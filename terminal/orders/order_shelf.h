// order_shelf.h — the emergency orders that this till knows: those that came over the feed, and those that somebody
// brought on a stick (`gongji order import`) and that lie as files in the till's `orders` folder.
//
// Only what the authority signed counts; of one order the word that was issued last, wherever it came from.  A file
// that is not signed, or cannot be read, is passed over and named in the log.
//
// Thread safety: any thread; refresh() lists the folder, and reads files only where other ones are there than before.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "offline/base/bytes.h"
#include "offline/base/result.h"
#include "offline/record/order.h"

namespace gongji::terminal {

inline constexpr std::size_t order_file_bytes_max = 256u << 10;
inline constexpr std::size_t order_files_max = 1'000;

class OrderShelf {
 public:
  OrderShelf(std::filesystem::path folder, Bytes authority_public_key)
      : folder_(std::move(folder)), key_(std::move(authority_public_key)) {}

  // `from_feed`: journal::Turn::orders().  True where the orders are others than before.
  bool refresh(const std::vector<record::Signed>& from_feed);
  std::vector<record::EmergencyOrder> orders() const;

 private:
  std::filesystem::path folder_;
  Bytes key_;
  mutable std::mutex lock_;
  bool read_ = false;
  std::vector<record::Signed> from_feed_;
  std::vector<std::string> files_;
  std::vector<record::EmergencyOrder> orders_;
};

// Reads one file of an order.  Errors, in order: order_unreadable, order_not_signed.
Result<record::EmergencyOrder> read_order_file(const std::filesystem::path& file, ByteView authority_public_key);

// Puts the file into the till's folder, whole or not at all; a daemon that is running takes it up by itself.
// Errors: those of read_order_file, then order_not_stored.
Result<record::EmergencyOrder> import_order(const std::filesystem::path& file, const std::filesystem::path& folder,
                                            ByteView authority_public_key);

}  // namespace gongji::terminal
