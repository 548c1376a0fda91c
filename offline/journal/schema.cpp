#include "offline/journal/schema.h"

namespace gongji::journal {

namespace {

constexpr const char* version_1 = R"sql(
CREATE TABLE log (
  only_row         INTEGER PRIMARY KEY CHECK (only_row = 1),
  terminal         TEXT    NOT NULL,
  epoch            INTEGER NOT NULL,
  acknowledged_seq INTEGER NOT NULL,
  feed_cursor      INTEGER NOT NULL,
  last_contact_ms  INTEGER,
  head_seq         INTEGER NOT NULL,
  head_hash        BLOB    NOT NULL,
  head_signature   BLOB    NOT NULL,
  terms            TEXT,
  terms_signature  BLOB,
  mac              BLOB    NOT NULL,
  voided           INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE entry (
  seq             INTEGER PRIMARY KEY,
  kind            INTEGER NOT NULL,
  at_ms           INTEGER NOT NULL,
  day             INTEGER NOT NULL,
  id              BLOB    NOT NULL,
  fixmedins_code  TEXT    NOT NULL,
  msgid           TEXT    NOT NULL,
  sale_seq        INTEGER,
  person          BLOB    NOT NULL,
  presence        INTEGER,
  backing         INTEGER,
  medfee          INTEGER NOT NULL,
  fund            INTEGER NOT NULL,
  account         INTEGER NOT NULL,
  family          INTEGER NOT NULL,
  cash            INTEGER NOT NULL,
  verdict         INTEGER,
  verdict_feed    INTEGER,
  cancelled_by    INTEGER,
  personal_digest BLOB    NOT NULL,
  hash            BLOB    NOT NULL,
  public_part     TEXT    NOT NULL,
  personal_part   BLOB    NOT NULL,
  CHECK (fund >= 0 AND account >= 0 AND family >= 0 AND cash >= 0),
  CHECK (medfee = fund + account + family + cash)
) STRICT;
CREATE UNIQUE INDEX entry_id ON entry (id);
CREATE UNIQUE INDEX entry_request ON entry (fixmedins_code, msgid);
CREATE INDEX entry_exposed ON entry (presence, person, day, fund, account, family)
  WHERE backing = 3 AND verdict IS NULL AND cancelled_by IS NULL;

CREATE TABLE movement (
  owner BLOB    NOT NULL,
  year  INTEGER NOT NULL,
  name  TEXT    NOT NULL,
  seq   INTEGER NOT NULL,
  fen   INTEGER NOT NULL,
  PRIMARY KEY (owner, year, name, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE total (
  day     INTEGER NOT NULL,
  kind    INTEGER NOT NULL,
  state   INTEGER NOT NULL,
  count   INTEGER NOT NULL,
  medfee  INTEGER NOT NULL,
  fund    INTEGER NOT NULL,
  account INTEGER NOT NULL,
  family  INTEGER NOT NULL,
  cash    INTEGER NOT NULL,
  PRIMARY KEY (day, kind, state)
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  person_key  BLOB    PRIMARY KEY,
  as_of_ms    INTEGER NOT NULL,
  applied_seq INTEGER NOT NULL,
  snapshot    BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
  credential_key BLOB PRIMARY KEY,
  person_key     BLOB NOT NULL,
  mac            BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
  account_key BLOB    PRIMARY KEY,
  as_of_ms    INTEGER NOT NULL,
  applied_seq INTEGER NOT NULL,
  balance     INTEGER NOT NULL,
  mac         BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE verdict (
  feed_seq INTEGER PRIMARY KEY,
  seq      INTEGER,
  item     TEXT NOT NULL,
  mac      BLOB NOT NULL
) STRICT;
CREATE INDEX verdict_seq ON verdict (seq);
)sql";

// Counters by the first day of their window.  Until now they were kept by calendar year: those rows have no scheme and
// begin on 1 January.  A verdict that came until now has rewritten the movements of its entry; from now on it has
// movements of its own, so that a snapshot tells which of the two it contains.
constexpr const char* version_2 = R"sql(
CREATE TABLE movement_by_window (
  owner  BLOB    NOT NULL,
  seq    INTEGER NOT NULL,
  feed   INTEGER NOT NULL,
  scheme TEXT    NOT NULL,
  name   TEXT    NOT NULL,
  since  INTEGER NOT NULL,
  fen    INTEGER NOT NULL,
  PRIMARY KEY (owner, seq, feed, scheme, name, since)
) STRICT, WITHOUT ROWID;
INSERT INTO movement_by_window
  SELECT owner, seq, 0, '', name,
         IIF(name = '', 0, unixepoch(printf('%04d-01-01', year)) / 86400), fen
  FROM movement;
DROP TABLE movement;
ALTER TABLE movement_by_window RENAME TO movement;
CREATE INDEX movement_of_verdict ON movement (owner, feed) WHERE feed > 0;
ALTER TABLE verdict ADD COLUMN rewrites INTEGER NOT NULL DEFAULT 0;
UPDATE verdict SET rewrites = 1;
ALTER TABLE account ADD COLUMN applied_feed INTEGER;
)sql";

// Standing grants.  `state`: 1 may be spent, 2 closed, 3 closed and the centre knows.
constexpr const char* version_3 = R"sql(
CREATE TABLE standing_grant (
  grant_id     BLOB    PRIMARY KEY,
  person       BLOB    NOT NULL,
  feed_seq     INTEGER NOT NULL,
  expires_ms   INTEGER NOT NULL,
  state        INTEGER NOT NULL CHECK (state IN (1, 2, 3)),
  closed_after INTEGER,
  item         TEXT    NOT NULL,
  mac          BLOB    NOT NULL,
  CHECK ((state = 1) = (closed_after IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_grant_live ON standing_grant (person, expires_ms) WHERE state = 1;
CREATE INDEX standing_grant_untold ON standing_grant (grant_id, closed_after) WHERE state = 2;

CREATE TABLE grant_limit (
  grant_id BLOB    NOT NULL REFERENCES standing_grant,
  place    INTEGER NOT NULL,
  granted  INTEGER NOT NULL,
  used     INTEGER NOT NULL,
  mac      BLOB    NOT NULL,
  PRIMARY KEY (grant_id, place),
  CHECK (used >= 0 AND used <= granted)
) STRICT, WITHOUT ROWID;
)sql";

// Emergency orders: signed by the authority, so there is no checksum of ours.  And which entries were sold on a
// person's grants: what was used of those is derived again from them.
// The stop list, and the voucher that a sale used up.
// And parts of entries are packed (packed.h): what was written until now stays as it is, in public_part; an entry from
// now on has an empty text there.
//
// What a second place knows of this log.  `lineage` names the unbroken row of changes that the copy there has all of;
// without it the copy is made anew.  `anchored`: an anchor was written once.  `doubt`: why this file may be older than
// what was answered.
constexpr const char* version_4 = R"sql(
CREATE TABLE emergency_order (
  order_id  BLOB    PRIMARY KEY,
  issued_ms INTEGER NOT NULL,
  item      TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_on_grant ON entry (person) WHERE backing = 2;

ALTER TABLE entry ADD COLUMN voucher BLOB;
CREATE UNIQUE INDEX entry_voucher ON entry (voucher) WHERE voucher IS NOT NULL;
CREATE TABLE stop (
  kind     INTEGER NOT NULL,
  stop_key BLOB    NOT NULL,
  until_ms INTEGER,
  item     TEXT    NOT NULL,
  mac      BLOB    NOT NULL,
  PRIMARY KEY (kind, stop_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX stop_ends ON stop (until_ms) WHERE until_ms IS NOT NULL;
ALTER TABLE entry ADD COLUMN public_packed BLOB;

CREATE TABLE second_copy (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  lineage  BLOB    NOT NULL
) STRICT;

CREATE TABLE anchor (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  anchored INTEGER NOT NULL,
  doubt    INTEGER NOT NULL,
  mac      BLOB    NOT NULL
) STRICT;
)sql";

// Keyed checksums of rows have 16 bytes from now on, and those of 32 bytes stay as they are (store.h): nothing changes
// but the number, which tells an older program that it could not read them.
constexpr const char* version_5 = "-- checksums of 16 bytes";

// Entries may be in the compact form and name its dictionary: the number tells an older program that it cannot read
// them.  Grants are (`packed`), and the index of those that are live gives them in the order in which they are looked
// for.
// And what follows from a sale is written behind it, for many at once (filing.h): `filed` says up to which entry. Until
// then its row is in no index by request, id or grant.
constexpr const char* version_6 = R"sql(
CREATE TABLE filed (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  seq      INTEGER NOT NULL
) STRICT;
INSERT INTO filed SELECT 1, coalesce(max(seq), 0) FROM entry;
ALTER TABLE entry ADD COLUMN indexed INTEGER NOT NULL DEFAULT 1;
DROP INDEX entry_id;
DROP INDEX entry_request;
DROP INDEX entry_on_grant;
CREATE UNIQUE INDEX entry_id ON entry (id) WHERE indexed = 1;
CREATE UNIQUE INDEX entry_request ON entry (fixmedins_code, msgid) WHERE indexed = 1;
CREATE INDEX entry_on_grant ON entry (person) WHERE backing = 2 AND indexed = 1;
ALTER TABLE standing_grant ADD COLUMN packed BLOB;
DROP INDEX standing_grant_live;
CREATE INDEX standing_grant_live ON standing_grant (person, expires_ms DESC, grant_id) WHERE state = 1;
)sql";

constexpr sqlite::Migration all[] = {{1, version_1}, {2, version_2}, {3, version_3},
                                     {4, version_4}, {5, version_5}, {6, version_6}};

}  // namespace

std::span<const sqlite::Migration> migrations() {
  return all;
}

}  // namespace gongji::journal
