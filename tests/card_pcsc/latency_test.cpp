// Not a test of time, which a busy machine would fail: prints how long a read takes, for the documentation.
#include <algorithm>
#include <cstdio>
#include <vector>

#include "card/card_session.h"
#include "virtual_desk.h"

namespace gongji::card {

TEST_CASE("a read from insertion to fields, twenty times") {
  test::VirtualDesk desk;
  const auto transport = test::pcsc()();
  std::vector<long> whole_us, own_us;
  const auto now = [] { return std::chrono::steady_clock::now(); };
  const auto microseconds = [](auto span) {
    return static_cast<long>(std::chrono::duration_cast<std::chrono::microseconds>(span).count());
  };
  for (int i = 0; i < 20; ++i) {
    const auto inserted = now();
    desk.tell("insert wang-fang");
    std::string name;
    while (name.empty()) {
      const auto readers = transport->wait_for_change(test::patience);
      REQUIRE(readers);
      for (const ReaderState& reader : *readers) {
        if (reader.present) name = reader.name;
      }
    }
    const auto noticed = now();
    {
      CardSession session(*transport, name);
      REQUIRE(session.read()->name.reveal() == "王芳");
      own_us.push_back(microseconds(now() - noticed));
      whole_us.push_back(microseconds(now() - inserted));
    }
    desk.clear();
  }
  std::sort(own_us.begin(), own_us.end());
  std::sort(whole_us.begin(), whole_us.end());
  std::printf("card noticed -> fields: median %ld us, max %ld us; card in -> fields: median %ld us, max %ld us\n",
              own_us[10], own_us[19], whole_us[10], whole_us[19]);
}

}  // namespace gongji::card
