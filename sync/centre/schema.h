// schema.h — the reference centre's tables on SQLite.  Amounts are fen, times milliseconds, days day numbers.
#pragma once

#include <array>
#include <cstdint>

#include "offline/sqlite/migrate.h"

namespace gongji::centre {

inline constexpr std::int32_t ledger_application_id = 0x476A4331;  // "GjC1"

inline constexpr std::array<sqlite::Migration, 5> ledger_migrations{{{1, R"sql(
CREATE TABLE site (
  fixmedins_code TEXT PRIMARY KEY, name TEXT NOT NULL, type INTEGER NOT NULL, admdvs TEXT NOT NULL,
  level INTEGER NOT NULL, designated INTEGER NOT NULL, dual_channel INTEGER NOT NULL,
  site_key BLOB NOT NULL                        -- keys the look-up hashes of all terminals of the site
) STRICT, WITHOUT ROWID;

CREATE TABLE person (
  psn_no TEXT PRIMARY KEY, name TEXT NOT NULL, cert_type TEXT NOT NULL, certno TEXT NOT NULL, gend TEXT NOT NULL,
  naty TEXT NOT NULL, brdy INTEGER, insutype TEXT NOT NULL, psn_type TEXT NOT NULL, insuplc_admdvs TEXT NOT NULL,
  retired_on INTEGER, entitled_from INTEGER, entitled_to INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE credential (
  kind TEXT NOT NULL, number TEXT NOT NULL, card_sn TEXT NOT NULL, psn_no TEXT NOT NULL REFERENCES person,
  PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE own_account (
  psn_no TEXT NOT NULL REFERENCES person, place INTEGER NOT NULL, kind INTEGER NOT NULL,
  PRIMARY KEY (psn_no, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE family (
  psn_no TEXT NOT NULL REFERENCES person, place INTEGER NOT NULL,
  owner TEXT NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
  relation INTEGER NOT NULL, listed INTEGER NOT NULL, PRIMARY KEY (psn_no, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE counter (
  psn_no TEXT NOT NULL REFERENCES person, year INTEGER NOT NULL, name TEXT NOT NULL,
  value INTEGER NOT NULL CHECK (value >= 0), PRIMARY KEY (psn_no, year, name)
) STRICT, WITHOUT ROWID;

-- Double entry: the balances of all accounts sum to zero, and so do the movements of each posting.
CREATE TABLE account (
  account_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, balance INTEGER NOT NULL,
  may_be_negative INTEGER NOT NULL, CHECK (may_be_negative = 1 OR balance >= 0)
) STRICT;
CREATE TABLE posting (
  posting_id INTEGER PRIMARY KEY, purpose INTEGER NOT NULL,       -- Purpose
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX posting_of_entry ON posting (terminal, epoch, seq) WHERE purpose <> 1;
CREATE TABLE movement (
  posting_id INTEGER NOT NULL REFERENCES posting, account_id INTEGER NOT NULL REFERENCES account,
  amount INTEGER NOT NULL, PRIMARY KEY (posting_id, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE terminal (
  terminal TEXT PRIMARY KEY, fixmedins_code TEXT NOT NULL REFERENCES site, fingerprint TEXT NOT NULL,
  sign_public_key BLOB NOT NULL, epoch INTEGER NOT NULL, last_seq INTEGER NOT NULL, last_hash BLOB NOT NULL,
  state INTEGER NOT NULL,                       -- 1 active, 2 quarantined, 3 revoked
  reason TEXT NOT NULL, last_contact INTEGER NOT NULL, feed_last INTEGER NOT NULL, software TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE enrolment (
  selector TEXT PRIMARY KEY, code_digest BLOB NOT NULL, fixmedins_code TEXT NOT NULL REFERENCES site,
  terminal TEXT NOT NULL, expires INTEGER NOT NULL, tries INTEGER NOT NULL, used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What tills sent, as received, and what became of it.
CREATE TABLE entry (
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
  public_bytes BLOB NOT NULL, personal_bytes BLOB NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL,
  received INTEGER NOT NULL, PRIMARY KEY (terminal, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE outcome (
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
  kind INTEGER NOT NULL,                        -- 1 sale, 2 cancel, 3 paper, 0 unreadable
  sale_id TEXT NOT NULL, day INTEGER NOT NULL, verdict INTEGER NOT NULL, reason TEXT NOT NULL,
  cancelled INTEGER NOT NULL, medfee INTEGER NOT NULL,
  fund INTEGER NOT NULL, account INTEGER NOT NULL, family INTEGER NOT NULL, cash INTEGER NOT NULL,  -- what stands
  PRIMARY KEY (terminal, epoch, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX outcome_of_sale ON outcome (terminal, epoch, sale_id) WHERE kind = 1 AND reason <> 'duplicate_sale';
CREATE INDEX outcome_of_day ON outcome (terminal, day);
CREATE TABLE entry_counter (
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, psn_no TEXT NOT NULL, year INTEGER NOT NULL,
  name TEXT NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (terminal, epoch, seq, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE quarantined (
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (terminal, epoch)
) STRICT, WITHOUT ROWID;
CREATE TABLE feed (
  terminal TEXT NOT NULL, seq INTEGER NOT NULL, item BLOB NOT NULL, PRIMARY KEY (terminal, seq)
) STRICT, WITHOUT ROWID;

-- hold_account and hold_counter have rows only while the hold is live.
CREATE TABLE hold (
  hold_id TEXT PRIMARY KEY, sale_id TEXT NOT NULL UNIQUE, terminal TEXT NOT NULL, epoch INTEGER NOT NULL,
  psn_no TEXT NOT NULL, digest BLOB NOT NULL, fund INTEGER NOT NULL, expires INTEGER NOT NULL,
  state INTEGER NOT NULL                        -- 1 live, 2 used, 3 freed
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_live ON hold (terminal) WHERE state = 1;
CREATE TABLE hold_account (
  account_id INTEGER NOT NULL REFERENCES account, hold_id TEXT NOT NULL REFERENCES hold, amount INTEGER NOT NULL,
  PRIMARY KEY (account_id, hold_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_account_of_hold ON hold_account (hold_id);
CREATE TABLE hold_counter (
  psn_no TEXT NOT NULL, year INTEGER NOT NULL, name TEXT NOT NULL, hold_id TEXT NOT NULL REFERENCES hold,
  amount INTEGER NOT NULL, PRIMARY KEY (psn_no, year, name, hold_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX hold_counter_of_hold ON hold_counter (hold_id);
)sql"},
                                                                     {2, R"sql(
-- Counters by scheme and by the first day of their window.  What was kept by calendar year has no scheme and begins on
-- 1 January.
CREATE TABLE counter_by_window (
  psn_no TEXT NOT NULL REFERENCES person, scheme TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value >= 0), PRIMARY KEY (psn_no, since, scheme, name)
) STRICT, WITHOUT ROWID;
INSERT INTO counter_by_window
  SELECT psn_no, '', name, unixepoch(printf('%04d-01-01', year)) / 86400, value FROM counter;
DROP TABLE counter;
ALTER TABLE counter_by_window RENAME TO counter;

CREATE TABLE entry_counter_by_window (
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, psn_no TEXT NOT NULL,
  scheme TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (terminal, epoch, seq, scheme, name, since)
) STRICT, WITHOUT ROWID;
INSERT INTO entry_counter_by_window
  SELECT terminal, epoch, seq, psn_no, '', name, unixepoch(printf('%04d-01-01', year)) / 86400, amount
  FROM entry_counter;
DROP TABLE entry_counter;
ALTER TABLE entry_counter_by_window RENAME TO entry_counter;

CREATE TABLE hold_counter_by_window (
  psn_no TEXT NOT NULL, scheme TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL,
  hold_id TEXT NOT NULL REFERENCES hold, amount INTEGER NOT NULL, PRIMARY KEY (psn_no, since, scheme, name, hold_id)
) STRICT, WITHOUT ROWID;
INSERT INTO hold_counter_by_window
  SELECT psn_no, '', name, unixepoch(printf('%04d-01-01', year)) / 86400, hold_id, amount FROM hold_counter;
DROP TABLE hold_counter;
ALTER TABLE hold_counter_by_window RENAME TO hold_counter;
CREATE INDEX hold_counter_of_hold ON hold_counter (hold_id);

-- Sales of a person in the order of service: what is settled anew when an earlier one arrives late.
ALTER TABLE outcome ADD COLUMN psn_no TEXT NOT NULL DEFAULT '';         -- '': in nobody's order
ALTER TABLE outcome ADD COLUMN second INTEGER NOT NULL DEFAULT 0;       -- of the day of service
ALTER TABLE outcome ADD COLUMN guaranteed INTEGER NOT NULL DEFAULT 0;   -- stands as the till answered it
UPDATE outcome SET
  psn_no = json_extract(CAST(entry.personal_bytes AS TEXT), '$.psn_no'),
  second = json_extract(CAST(entry.public_bytes AS TEXT), '$.sale.claim.begntime.second'),
  guaranteed = EXISTS (SELECT 1 FROM hold WHERE hold.sale_id = outcome.sale_id AND hold.state = 2)
FROM entry
WHERE outcome.kind = 1 AND outcome.reason NOT IN ('duplicate_sale', 'site_mismatch', 'not_backed', 'unknown_person')
  AND entry.terminal = outcome.terminal AND entry.epoch = outcome.epoch AND entry.seq = outcome.seq;
CREATE INDEX outcome_of_person ON outcome (psn_no, day, second) WHERE psn_no <> '';

-- A sale may be posted anew (purpose 4) when an earlier one arrives late.
DROP INDEX posting_of_entry;
CREATE UNIQUE INDEX posting_of_entry ON posting (terminal, epoch, seq) WHERE purpose IN (2, 3);
CREATE INDEX posting_anew ON posting (terminal, epoch, seq) WHERE purpose = 4;
)sql"},
                                                                     {3, R"sql(
-- A standing grant sets aside what is left of it in hold_account and hold_counter, under a hold of its own (state 4;
-- hold_id and sale_id are the grant's).  The rows go when it is freed.
CREATE TABLE standing_grant (
  grant_id TEXT PRIMARY KEY REFERENCES hold, terminal TEXT NOT NULL, epoch INTEGER NOT NULL, run INTEGER NOT NULL,
  psn_no TEXT NOT NULL, expires INTEGER NOT NULL, live INTEGER NOT NULL, item BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX standing_grant_of_terminal ON standing_grant (terminal, psn_no) WHERE live = 1;
CREATE INDEX standing_grant_due ON standing_grant (expires) WHERE live = 1;

-- Who comes to a site, and when last: its regulars are given grants.
CREATE TABLE visit (
  fixmedins_code TEXT NOT NULL REFERENCES site, psn_no TEXT NOT NULL REFERENCES person, last_day INTEGER NOT NULL,
  visits INTEGER NOT NULL, PRIMARY KEY (fixmedins_code, psn_no)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_recent ON visit (fixmedins_code, last_day);
)sql"},
                                                                     {4, R"sql(
-- What is kept of a sale in a partial refund stands where that sale stood.
ALTER TABLE outcome ADD COLUMN place_seq INTEGER NOT NULL DEFAULT 0;
UPDATE outcome SET place_seq = seq;

-- The stop list, once for all terminals: `change` numbers its changes, and each terminal is told what came after the
-- last one that it was told of.
CREATE TABLE stop (
  kind INTEGER NOT NULL, number TEXT NOT NULL,  -- card_sn, hex of a voucher's digest, psn_no: keyed, and
  sealed BLOB NOT NULL,                         -- sealed, lasting
  reason INTEGER NOT NULL, from_ms INTEGER NOT NULL, until_ms INTEGER, lifted INTEGER NOT NULL,
  known_to TEXT NOT NULL,                       -- "terminal|epoch" whose own log says it; '' = none
  change INTEGER NOT NULL UNIQUE, PRIMARY KEY (kind, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE stop_told (terminal TEXT PRIMARY KEY, change INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- Offline vouchers that were issued, by the digest of their nonce, and every sale that used one: more than one is a case.
CREATE TABLE voucher (
  digest TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person, from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
  issued INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX voucher_of_person ON voucher (person, until_ms);
CREATE TABLE voucher_use (
  digest TEXT NOT NULL, terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (digest, terminal, epoch, seq)
) STRICT, WITHOUT ROWID;

-- Emergency orders: every word on each, as the authority signed it, and which terminal was told which.
CREATE TABLE emergency_order (
  order_id TEXT NOT NULL, issued INTEGER NOT NULL, item BLOB NOT NULL, PRIMARY KEY (order_id, issued)
) STRICT, WITHOUT ROWID;
CREATE TABLE order_told (
  terminal TEXT NOT NULL, order_id TEXT NOT NULL, issued INTEGER NOT NULL, PRIMARY KEY (terminal, order_id, issued)
) STRICT, WITHOUT ROWID;
-- Lost or stolen: what comes of this epoch or an earlier one is at the site's risk.
CREATE TABLE lost_terminal (
  terminal TEXT PRIMARY KEY REFERENCES terminal, epoch INTEGER NOT NULL, at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Whom a row is about is a keyed hash (column `person`), and what names somebody is sealed: sealing.h, whose functions
-- keyed_...() and sealed() are.
PRAGMA defer_foreign_keys = ON;
ALTER TABLE person ADD COLUMN identity BLOB NOT NULL DEFAULT x'';  -- psn_no, name, numbers, day of birth; lasting
UPDATE person SET identity = sealed('lasting', 'person|' || keyed_person(psn_no), json_object(
  'psn_no', psn_no, 'name', name, 'cert_type', cert_type, 'certno', certno, 'gend', gend, 'naty', naty, 'brdy', brdy));
UPDATE person SET psn_no = keyed_person(psn_no);
ALTER TABLE person DROP COLUMN name;
ALTER TABLE person DROP COLUMN cert_type;
ALTER TABLE person DROP COLUMN certno;
ALTER TABLE person DROP COLUMN gend;
ALTER TABLE person DROP COLUMN naty;
ALTER TABLE person DROP COLUMN brdy;
ALTER TABLE person RENAME COLUMN psn_no TO person;

ALTER TABLE credential ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';  -- card_sn; lasting
UPDATE credential SET psn_no = keyed_person(psn_no), number = keyed_credential(kind, number);
UPDATE credential SET sealed = sealed('lasting', 'credential|' || number, card_sn);
ALTER TABLE credential DROP COLUMN card_sn;
UPDATE own_account SET psn_no = keyed_person(psn_no);
UPDATE family SET psn_no = keyed_person(psn_no), owner = keyed_person(owner);
UPDATE counter SET psn_no = keyed_person(psn_no);
UPDATE entry_counter SET psn_no = keyed_person(psn_no);
UPDATE hold SET psn_no = keyed_person(psn_no), digest = IIF(state = 4, digest, keyed_digest(digest));
UPDATE hold_counter SET psn_no = keyed_person(psn_no);
UPDATE outcome SET psn_no = keyed_person(psn_no) WHERE psn_no <> '';
UPDATE standing_grant SET psn_no = keyed_person(psn_no);
UPDATE visit SET psn_no = keyed_person(psn_no);
ALTER TABLE credential RENAME COLUMN psn_no TO person;
ALTER TABLE own_account RENAME COLUMN psn_no TO person;
ALTER TABLE family RENAME COLUMN psn_no TO person;
ALTER TABLE counter RENAME COLUMN psn_no TO person;
ALTER TABLE entry_counter RENAME COLUMN psn_no TO person;
ALTER TABLE hold RENAME COLUMN psn_no TO person;
ALTER TABLE hold_counter RENAME COLUMN psn_no TO person;
ALTER TABLE outcome RENAME COLUMN psn_no TO person;
ALTER TABLE standing_grant RENAME COLUMN psn_no TO person;
ALTER TABLE visit RENAME COLUMN psn_no TO person;
UPDATE account SET name = keyed_account(name) WHERE name LIKE 'person:%';

-- `personal`: salt and personal bytes under the key of the month in which they came; `personal_digest` where they did
-- not come.
UPDATE entry SET salt = x'', personal_bytes = sealed(
  strftime('%Y-%m', received / 1000 + 28800, 'unixepoch'),
  'entry|' || terminal || '|' || epoch || '|' || seq, salt, personal_bytes) WHERE length(personal_bytes) > 0;
ALTER TABLE entry RENAME COLUMN personal_bytes TO personal;
ALTER TABLE entry RENAME COLUMN salt TO personal_digest;
UPDATE quarantined SET body = sealed(
  strftime('%Y-%m', at / 1000 + 28800, 'unixepoch'), 'quarantined|' || terminal || '|' || epoch, body);
UPDATE site SET site_key = sealed('lasting', 'site|' || fixmedins_code, site_key);

-- One row: what was in the open still stands in freed pages; the next start writes the file anew.
CREATE TABLE rewrite_due (only_row INTEGER PRIMARY KEY CHECK (only_row = 1)) STRICT;
INSERT INTO rewrite_due SELECT 1 WHERE EXISTS (SELECT 1 FROM person);
)sql"},
                                                                     // From here on one text for every database, in
                                                                     // the words of database/dialect.h.
                                                                     {5, R"sql(
-- Verdicts on entries of a terminal that came of another's sync: its own next call takes them into its feed.
CREATE TABLE told_later (
  number INTEGER PRIMARY KEY, terminal TEXT NOT NULL, epoch INTEGER NOT NULL, item BLOB NOT NULL
) STRICT;
CREATE INDEX told_later_of_terminal ON told_later (terminal, number);

-- What an officer did to the ledger (operations.h), once by its own id; `posting_id` has its movements.
CREATE TABLE operation (
  operation_id TEXT PRIMARY KEY, purpose INTEGER NOT NULL, posting_id INTEGER NOT NULL, at INTEGER NOT NULL,
  officer TEXT NOT NULL, digest BLOB NOT NULL, amount INTEGER NOT NULL, set_aside INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- What counters stood at before the first entry: with what entries add it makes the counter.
CREATE TABLE counter_opening (
  person TEXT NOT NULL, scheme TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL, value INTEGER NOT NULL,
  PRIMARY KEY (person, since, scheme, name)
) STRICT, WITHOUT ROWID;
INSERT INTO counter_opening
  SELECT person, scheme, name, since, value - COALESCE((
    SELECT CAST(SUM(amount) AS INTEGER) FROM entry_counter JOIN outcome USING (terminal, epoch, seq)
    WHERE cancelled = 0 AND entry_counter.person = counter.person AND entry_counter.scheme = counter.scheme
      AND entry_counter.name = counter.name AND entry_counter.since = counter.since), 0)
  FROM counter;
-- What the risk reserve has borne of each terminal, by calendar year of service.
CREATE TABLE risk_borne (
  terminal TEXT NOT NULL, year INTEGER NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (terminal, year)
) STRICT, WITHOUT ROWID;
INSERT INTO risk_borne
  SELECT terminal, 1970 + (day * 4 + 2) / 1461, CAST(SUM(-moved) AS INTEGER) FROM (
    SELECT outcome.terminal AS terminal, outcome.day AS day, movement.amount AS moved
    FROM movement JOIN account USING (account_id) JOIN posting USING (posting_id)
      JOIN outcome ON outcome.terminal = posting.terminal AND outcome.epoch = posting.epoch
        AND outcome.seq = posting.seq
    WHERE account.name = 'risk_reserve' AND outcome.cancelled = 0 AND posting.purpose IN (2, 4)) AS borne
  GROUP BY terminal, 1970 + (day * 4 + 2) / 1461;
-- How much a member may take of an owner's account, from when on; NULL: all of it.
ALTER TABLE family ADD COLUMN take_max INTEGER;
ALTER TABLE family ADD COLUMN take_since INTEGER;
-- Rules that the authority signed (offline/packs/signed_file.h), as terminals fetch them; `change` numbers what was
-- published and withdrawn, and each terminal is told what came after the last one that it was told of.
CREATE TABLE rule_file (
  digest TEXT PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL, change INTEGER NOT NULL UNIQUE,
  withdrawn INTEGER NOT NULL, published INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rules_told (terminal TEXT PRIMARY KEY, change INTEGER NOT NULL) STRICT, WITHOUT ROWID;

-- What terminals may promise off line, as it was published: the last row holds, before any it is terms.json.
CREATE TABLE terms_plan (version INTEGER PRIMARY KEY, published INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE terms_told (
  terminal TEXT PRIMARY KEY, digest TEXT NOT NULL, issued INTEGER NOT NULL  -- of the plan; of the terms
) STRICT, WITHOUT ROWID;

-- A terminal's next certificate, until it is used for the first time.
CREATE TABLE next_certificate (
  terminal TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, issued INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE roots_told (terminal TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Which opening of its terminal's journal asked for a hold (record/hold_rules.h); 0: not told.
ALTER TABLE hold ADD COLUMN run INTEGER NOT NULL DEFAULT 0;
ALTER TABLE hold ADD COLUMN run_from INTEGER NOT NULL DEFAULT 0;

-- Grants that are asked back before their end.  Nobody is given another one there before that end would have come.
CREATE TABLE recalled_grant (
  grant_id TEXT PRIMARY KEY, terminal TEXT NOT NULL, epoch INTEGER NOT NULL, person TEXT NOT NULL,
  expires INTEGER NOT NULL, recalled INTEGER NOT NULL, told INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX recalled_grant_of_terminal ON recalled_grant (terminal, told);

-- Prescriptions that somebody wrote for a person (`number` keyed, and sealed, lasting), and what sales took of them: a use
-- by a hold counts while that lives, until its sale is booked.
CREATE TABLE prescription (
  number TEXT PRIMARY KEY, sealed BLOB NOT NULL, person TEXT NOT NULL REFERENCES person,
  site_type INTEGER NOT NULL,                   -- fixmedins_type where it may be filled; 0 = any
  from_day INTEGER NOT NULL, until_day INTEGER NOT NULL, withdrawn INTEGER NOT NULL, added INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX prescription_of_person ON prescription (person, until_day);
CREATE TABLE prescription_item (
  number TEXT NOT NULL REFERENCES prescription, place INTEGER NOT NULL, code TEXT NOT NULL,
  quantity INTEGER NOT NULL,                    -- ten-thousandths
  PRIMARY KEY (number, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE prescription_use (
  number TEXT NOT NULL REFERENCES prescription, place INTEGER NOT NULL, sale_id TEXT NOT NULL,
  quantity INTEGER NOT NULL, booked INTEGER NOT NULL, PRIMARY KEY (number, place, sale_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX prescription_use_of_sale ON prescription_use (sale_id);

-- The order of service is read from the index alone.
DROP INDEX outcome_of_person;
CREATE INDEX outcome_of_person ON outcome (person, day, second, place_seq) WHERE person <> '';

-- Only on SQLite:
-- Entries stand in the order of their arrival, found by an index of their names: a row of some thousand bytes is
-- appended to a table, but moves its neighbours where the table itself is ordered by names.
CREATE TABLE entry_as_it_came (
  number INTEGER PRIMARY KEY, terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
  public_bytes BLOB NOT NULL, personal BLOB NOT NULL, personal_digest BLOB NOT NULL, hash BLOB NOT NULL,
  received INTEGER NOT NULL
) STRICT;
INSERT INTO entry_as_it_came (terminal, epoch, seq, public_bytes, personal, personal_digest, hash, received)
  SELECT terminal, epoch, seq, public_bytes, personal, personal_digest, hash, received FROM entry;
DROP TABLE entry;
ALTER TABLE entry_as_it_came RENAME TO entry;
CREATE UNIQUE INDEX entry_of_log ON entry (terminal, epoch, seq);
-- On every database:
)sql"}}};

}  // namespace gongji::centre
