// calls.h — steps of the bench that call a running centre without a journal's link.
#pragma once

#include <cstdint>
#include <filesystem>

#include "sync/protocol/messages.h"
#include "tests/bench_sync/shop.h"

namespace gongji::tests {

// The batch that the link would send next.
protocol::SyncRequest next_request(Shop& shop, journal::Journal& journal,
                                   std::size_t entries_max = protocol::sync_entries_max);

// One sync of one sale, `count` times on a new connection (resumed) and on the one that is there.
void trips(Shop& shop, std::uint16_t port, int count);
// So many questions of a till that has sent one sale and has heard all of its feed, on one connection.
void questions(Shop& shop, std::uint16_t port, int count);
// So many terminals connect, ask and stay; then until stdin ends.
void tills(const std::filesystem::path& folder, const Shop& shop, std::uint16_t port, std::size_t count);

}  // namespace gongji::tests
