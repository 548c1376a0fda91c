// show.h — the rules of a version on a day, as a table for persons or as JSON.
//
// Thread safety: pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "offline/review/sheet.h"

namespace gongji::review {

// `what` is a scheme, of which the version in force that day is meant (reported ones only where `reported`), or
// "scheme@version".  The full name.  Troubles: scheme_unknown (its detail lists the names), nothing_in_force.
Result<std::string> version_named(const packs::PackSet& packs, std::string_view what, Day on, bool reported);

std::string show_text(const Sheet& sheet, Language language);
// Every level and category by itself (docs/PACKS.md); ends with a line feed.
std::string show_json(const Sheet& sheet);

// Words that show and diff share.
Words status_words(packs::PackStatus status);
Words confidence_words(packs::Confidence confidence);
Words section_words(Section section);
Words days_words(Day first_day, const std::optional<Day>& last_day);

}  // namespace gongji::review
