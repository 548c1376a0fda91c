// Tills and centres of different ages.
#include "sync/link/troubles.h"
#include "tests/link/till.h"

namespace gongji::link {

TEST_CASE(
    "a new till with an old centre works in the words of the old one, and in the new ones when that is upgraded") {
  centre::TestCentre centre;
  Till till(centre);
  till.old_centre = true;
  till.save_a_paper();
  till.drain();
  CHECK(till.unsent() == 0);
  CHECK(till.link().status().version == 1);
  CHECK(till.software_at_centre().empty());
  CHECK(till.calls["/v1/rules"] == 0);
  CHECK(till.calls["/v1/renew"] == 0);

  till.old_centre = false;
  till.drain();
  CHECK(till.link().status().version == protocol::spoken.highest);
  till.drain();
  CHECK(till.software_at_centre() == "gongji 0.2.0");
}

TEST_CASE("a till writes compact entries once its centre reads them, and shows them to no centre that does not") {
  centre::TestCentre centre;
  Till till(centre);
  till.options.speaks = {1, 2};
  till.save_a_paper();
  till.drain();
  till.save_a_paper();
  CHECK(till.form_of_last() == record::Form::canonical);
  till.drain();
  CHECK(till.link().status().version == 2);

  till.restart({1, 3});
  CHECK(till.form_of_last() == record::Form::canonical);
  till.drain();
  CHECK(till.link().status().version == 3);
  till.save_a_paper();
  CHECK(till.form_of_last() == record::Form::compact);

  // Somebody puts the old centre back: it gets none of them, the till says why, and nothing is lost.
  till.old_centre = true;
  const auto refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::centre_too_old);
  CHECK(till.unsent() == 1);
  // A start without any word of the centre goes on in the form of the last entry.
  till.restart({1, 3});
  till.save_a_paper();
  CHECK(till.form_of_last() == record::Form::compact);
  till.old_centre = false;
  till.drain();
  CHECK(till.unsent() == 0);
}

TEST_CASE(
    "a till that is too old for its centre says so and what to do, keeps everything, and its counter goes on off "
    "line") {
  centre::TestCentre centre;
  Till till(centre);
  auto parts = centre::open_centre(centre.folder.path / "centre", centre.random);
  REQUIRE(parts.has_value());
  const protocol::Versions ahead{protocol::spoken.highest + 1, protocol::spoken.highest + 2};
  parts->speaks = ahead;
  centre.service = std::make_unique<centre::CentreService>(*std::move(parts), centre.random);
  till.save_a_paper();
  const auto refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::till_too_old);
  CHECK(refused.error().detail ==
        "till " + protocol::to_string(protocol::spoken) + ", centre " + protocol::to_string(ahead));
  CHECK(till.unsent() == 1);
  protocol::Credential credential{"02", Secret("999999199001010010"), Secret()};
  const auto person = till.finish(till.link().person(credential, std::chrono::milliseconds(100)));
  REQUIRE_FALSE(person.has_value());
  CHECK(person.error().text == &troubles::line_down);
}

TEST_CASE("a till that left version 1 behind says that the centre is too old") {
  centre::TestCentre centre;
  Till till(centre);
  till.options.speaks = {2, protocol::spoken.highest};
  till.old_centre = true;
  const auto refused = till.sync();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().text == &troubles::centre_too_old);
  till.old_centre = false;
  till.drain();
  CHECK(till.link().status().version == protocol::spoken.highest);
}

}  // namespace gongji::link
