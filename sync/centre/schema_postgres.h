// schema_postgres.h — the centre's tables on PostgreSQL, as version 4 of schema.h has them; later steps are one text
// for both (database::schema_for_postgres puts the words of SQLite into those of PostgreSQL).  `month_key` is only
// here: several centres share these tables, and must seal under the same keys (month_key_table.h).
//
// What grows for ever is cut by month (months.h), so that an old month can be taken off whole: `entry` by the time it
// was received, `outcome` by the day of service, `posting` and `movement` by posting_id, which begins with the time of
// the posting.  A key of such a table holds the column it is cut by, so it cannot say alone that an entry is there
// once; the lock on the terminal's row and its last_seq do.
//
// Entries are neither compressed by the server nor cut in pieces (toast_tuple_target, set for each part): that costs it
// more than all else it does for one, and they come small.
#pragma once

namespace gongji::centre {

inline constexpr int ledger_postgres_version = 4;

inline constexpr const char* ledger_postgres_schema = R"sql(
CREATE TABLE ledger_version (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), version INTEGER NOT NULL);
CREATE TABLE month_key (month TEXT PRIMARY KEY, wrapped BLOB NOT NULL);

CREATE TABLE site (
  fixmedins_code TEXT PRIMARY KEY, name TEXT NOT NULL, type INTEGER NOT NULL, admdvs TEXT NOT NULL,
  level INTEGER NOT NULL, designated INTEGER NOT NULL, dual_channel INTEGER NOT NULL, site_key BLOB NOT NULL
);
CREATE TABLE person (
  person TEXT PRIMARY KEY, insutype TEXT NOT NULL, psn_type TEXT NOT NULL, insuplc_admdvs TEXT NOT NULL,
  retired_on INTEGER, entitled_from INTEGER, entitled_to INTEGER, identity BLOB NOT NULL
);
CREATE TABLE credential (
  kind TEXT NOT NULL, number TEXT NOT NULL, person TEXT NOT NULL REFERENCES person, sealed BLOB NOT NULL,
  PRIMARY KEY (kind, number)
);
CREATE TABLE own_account (
  person TEXT NOT NULL REFERENCES person, place INTEGER NOT NULL, kind INTEGER NOT NULL, PRIMARY KEY (person, place)
);
CREATE TABLE family (
  person TEXT NOT NULL REFERENCES person, place INTEGER NOT NULL,
  owner TEXT NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
  relation INTEGER NOT NULL, listed INTEGER NOT NULL, PRIMARY KEY (person, place)
);
CREATE TABLE counter (
  person TEXT NOT NULL, scheme TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value >= 0), PRIMARY KEY (person, since, scheme, name)
) WITH (fillfactor = 80);

CREATE TABLE account (
  account_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, balance INTEGER NOT NULL,
  may_be_negative INTEGER NOT NULL, CHECK (may_be_negative = 1 OR balance >= 0)
) WITH (fillfactor = 80);
CREATE SEQUENCE posting_number INCREMENT 1024 MINVALUE 0 START 0;
CREATE TABLE posting (
  posting_id INTEGER NOT NULL, purpose INTEGER NOT NULL,
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (posting_id)
) PARTITION BY RANGE (posting_id);
CREATE INDEX posting_of_entry ON posting (terminal, epoch, seq) WHERE purpose <> 1;
CREATE TABLE movement (
  posting_id INTEGER NOT NULL, account_id INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (posting_id, account_id)
) PARTITION BY RANGE (posting_id);

CREATE TABLE terminal (
  terminal TEXT PRIMARY KEY, fixmedins_code TEXT NOT NULL REFERENCES site, fingerprint TEXT NOT NULL,
  sign_public_key BLOB NOT NULL, epoch INTEGER NOT NULL, last_seq INTEGER NOT NULL, last_hash BLOB NOT NULL,
  state INTEGER NOT NULL, reason TEXT NOT NULL, last_contact INTEGER NOT NULL, feed_last INTEGER NOT NULL,
  software TEXT NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE enrolment (
  selector TEXT PRIMARY KEY, code_digest BLOB NOT NULL, fixmedins_code TEXT NOT NULL REFERENCES site,
  terminal TEXT NOT NULL, expires INTEGER NOT NULL, tries INTEGER NOT NULL, used INTEGER NOT NULL
);

CREATE TABLE entry (
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL,
  public_bytes BLOB NOT NULL, personal BLOB NOT NULL, personal_digest BLOB NOT NULL, hash BLOB NOT NULL,
  received INTEGER NOT NULL, PRIMARY KEY (terminal, epoch, seq, received)
) PARTITION BY RANGE (received);
CREATE TABLE outcome (
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL,
  sale_id TEXT NOT NULL, day INTEGER NOT NULL, verdict INTEGER NOT NULL, reason TEXT NOT NULL,
  cancelled INTEGER NOT NULL, medfee INTEGER NOT NULL,
  fund INTEGER NOT NULL, account INTEGER NOT NULL, family INTEGER NOT NULL, cash INTEGER NOT NULL,
  person TEXT NOT NULL, second INTEGER NOT NULL, guaranteed INTEGER NOT NULL, place_seq INTEGER NOT NULL,
  PRIMARY KEY (terminal, epoch, seq, day)
) PARTITION BY RANGE (day);
CREATE INDEX outcome_of_sale ON outcome (terminal, epoch, sale_id) WHERE kind = 1 AND reason <> 'duplicate_sale';
CREATE INDEX outcome_of_day ON outcome (terminal, day);
CREATE INDEX outcome_of_person ON outcome (person, day, second) WHERE person <> '';
CREATE TABLE entry_counter (
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, person TEXT NOT NULL,
  scheme TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (terminal, epoch, seq, scheme, name, since)
);
CREATE TABLE quarantined (
  terminal TEXT NOT NULL, epoch INTEGER NOT NULL, at INTEGER NOT NULL, reason TEXT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (terminal, epoch)
);
CREATE TABLE feed (
  terminal TEXT NOT NULL, seq INTEGER NOT NULL, item BLOB NOT NULL, PRIMARY KEY (terminal, seq)
);

CREATE TABLE hold (
  hold_id TEXT PRIMARY KEY, sale_id TEXT NOT NULL UNIQUE, terminal TEXT NOT NULL, epoch INTEGER NOT NULL,
  person TEXT NOT NULL, digest BLOB NOT NULL, fund INTEGER NOT NULL, expires INTEGER NOT NULL, state INTEGER NOT NULL
);
CREATE INDEX hold_live ON hold (terminal) WHERE state = 1;
CREATE TABLE hold_account (
  account_id INTEGER NOT NULL, hold_id TEXT NOT NULL REFERENCES hold, amount INTEGER NOT NULL,
  PRIMARY KEY (account_id, hold_id)
);
CREATE INDEX hold_account_of_hold ON hold_account (hold_id);
CREATE TABLE hold_counter (
  person TEXT NOT NULL, scheme TEXT NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL,
  hold_id TEXT NOT NULL REFERENCES hold, amount INTEGER NOT NULL, PRIMARY KEY (person, since, scheme, name, hold_id)
);
CREATE INDEX hold_counter_of_hold ON hold_counter (hold_id);
CREATE TABLE standing_grant (
  grant_id TEXT PRIMARY KEY REFERENCES hold, terminal TEXT NOT NULL, epoch INTEGER NOT NULL, run INTEGER NOT NULL,
  person TEXT NOT NULL, expires INTEGER NOT NULL, live INTEGER NOT NULL, item BLOB NOT NULL
);
CREATE INDEX standing_grant_of_terminal ON standing_grant (terminal, person) WHERE live = 1;
CREATE INDEX standing_grant_due ON standing_grant (expires) WHERE live = 1;
CREATE TABLE visit (
  fixmedins_code TEXT NOT NULL, person TEXT NOT NULL, last_day INTEGER NOT NULL, visits INTEGER NOT NULL,
  PRIMARY KEY (fixmedins_code, person)
);
CREATE INDEX visit_recent ON visit (fixmedins_code, last_day);

CREATE TABLE stop (
  kind INTEGER NOT NULL, number TEXT NOT NULL, sealed BLOB NOT NULL, reason INTEGER NOT NULL,
  from_ms INTEGER NOT NULL, until_ms INTEGER, lifted INTEGER NOT NULL, known_to TEXT NOT NULL,
  change INTEGER NOT NULL UNIQUE, PRIMARY KEY (kind, number)
);
CREATE TABLE stop_told (terminal TEXT PRIMARY KEY, change INTEGER NOT NULL);
CREATE TABLE voucher (
  digest TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES person, from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
  issued INTEGER NOT NULL
);
CREATE INDEX voucher_of_person ON voucher (person, until_ms);
CREATE TABLE voucher_use (
  digest TEXT NOT NULL, terminal TEXT NOT NULL, epoch INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (digest, terminal, epoch, seq)
);
CREATE TABLE emergency_order (
  order_id TEXT NOT NULL, issued INTEGER NOT NULL, item BLOB NOT NULL, PRIMARY KEY (order_id, issued)
);
CREATE TABLE order_told (
  terminal TEXT NOT NULL, order_id TEXT NOT NULL, issued INTEGER NOT NULL, PRIMARY KEY (terminal, order_id, issued)
);
CREATE TABLE lost_terminal (
  terminal TEXT PRIMARY KEY REFERENCES terminal, epoch INTEGER NOT NULL, at INTEGER NOT NULL
);

CREATE TABLE entry_rest PARTITION OF entry DEFAULT WITH (toast_tuple_target = 8160);
CREATE TABLE outcome_rest PARTITION OF outcome DEFAULT;
CREATE TABLE posting_rest PARTITION OF posting DEFAULT;
CREATE TABLE movement_rest PARTITION OF movement DEFAULT;
)sql";

}  // namespace gongji::centre
