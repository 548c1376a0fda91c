// stops.h — the stop list as this till knows it.  Internal; inside the caller's transaction.
#pragma once

#include <optional>
#include <string>

#include "offline/journal/store.h"
#include "offline/record/stop.h"

namespace gongji::journal {

class Stops {
 public:
  explicit Stops(const Store& store) : store_(store) {}

  // Puts a line of the feed on the list, in place of an earlier one, or takes it off.
  Result<void> apply(std::uint64_t feed_seq, const record::Stop& stop);
  // Lines that have ended by the centre's time: a till's own clock could be set forward to lose them.
  Result<void> forget_ended(WallTime centre_time);

  // What is in force at `now`.  Errors: a changed row (chain_broken), disk.
  Result<std::optional<record::Stop>> find(record::StopKind kind, const std::string& key, WallTime now);

  // Every row carries its checksum and stands where its line says.
  Result<void> verify();

 private:
  Result<record::Stop> line_of(ByteView key, std::string_view item, ByteView mac) const;
  RowMac mac_of_row(std::string_view item) const;

  Store store_;
};

}  // namespace gongji::journal
