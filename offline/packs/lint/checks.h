// checks.h — every check of lint, one small file each; inside lint only.
#pragma once

#include "offline/packs/lint/material.h"

namespace gongji::packs {

// Rows of one id: gap, overlap; also between a pack and supplements.
void check_row_days(const Material& material, Findings& out);
// Versions of one scheme by day, as PackSet::choose takes them: gap, overlap, revived, region_conflict.
void check_versions(const Material& material, Findings& out);
// Every level and category has a row in every table: gap.
void check_tables(const Material& material, Findings& out);
// Names of rows, counters, levels, categories: unknown_name, unit, unused_row; supplement_row.
void check_names(const Material& material, Findings& out);
// No visit fits two benefits: ambiguous.
void check_fit(const Material& material, Findings& out);
// Every value in its range: range.
void check_ranges(const Material& material, Findings& out);
// Bands rise without holes, and points taken off leave no ratio below zero: bands, points.
void check_bands(const Material& material, Findings& out);
// Limits agree with each other: limits.
void check_limits(const Material& material, Findings& out);
// Retired persons are not worse off: retired_worse.
void check_retired(const Material& material, Findings& out);
// Sources and articles: citation, unused_source.
void check_citations(const Material& material, Findings& out);
// Texts that end: expires, expired; rows long unchecked: stale.
void check_expiry(const Material& material, Day on, Findings& out);
// What a reader must know: reported, decision, unset.
void check_confidence(const Material& material, Findings& out);
// Against schema/pack.schema.json, where no closer check has spoken of the place: schema.
void check_schema(const Material& material, Findings& out);
// Against the strict loader, where no check has spoken of the file: load.
void check_load(const Material& material, Findings& out);

}  // namespace gongji::packs
