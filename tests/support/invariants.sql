-- What must hold whatever happens, one query each: what it finds does not hold.
--
-- Attached: `till` (a journal) and `centre` (a ledger). Given by whoever checks:
--   answered (msgid, kind, id, seq, medfee, fund, account, family, cash)   what the till answered, as printed; amounts in
--            fen, NULL where the answer has none; kind 1 sale, 2 cancel, 3 paper
--   opening_counter (person, scheme, name, since, value)                   the centre's counters before the first sale
-- and the function entry_text(bytes): an entry's public part as JSON, whatever its form.
-- Read by gongji_invariants.py and invariants.h: what stands before the first name is run once; a query begins after its
-- name and ends with the next one.

-- The journal's entries with what was signed: packed there, plain at the centre. The hashes are compared below. A body
-- is taken apart once, not for each question: that was most of what the questions cost.
CREATE TEMP TABLE signed AS
WITH whole AS MATERIALIZED (
  SELECT e.*, entry_text(c.public_bytes) AS body FROM till.log l JOIN till.entry e
  JOIN centre.entry c ON c.terminal = l.terminal AND c.epoch = l.epoch AND c.seq = e.seq)
SELECT whole.*, body -> '$.sale.settlement.totals' AS totals, body -> '$.sale.settlement.lines' AS lines,
  body -> '$.sale.counted' AS counted,
  coalesce(body ->> '$.sale.sale_id', body ->> '$.cancel.cancel_id', body ->> '$.paper.paper_id') AS signed_id
FROM whole;

-- name: shares_add_up
SELECT 'journal, entry ' || seq FROM till.entry
WHERE kind IN (1, 3) AND medfee <> fund + account + family + cash
UNION ALL
SELECT 'journal, signed amounts of entry ' || seq FROM signed
WHERE kind = 1 AND (
  medfee IS NOT totals ->> '$.medfee_sumamt' OR
  fund IS NOT totals ->> '$.fund_pay_sumamt' OR
  account + family IS NOT totals ->> '$.acct_pay' OR
  family IS NOT totals ->> '$.acct_mulaid_pay' OR
  cash IS NOT totals ->> '$.psn_cash_pay')
UNION ALL
SELECT 'journal, lines of entry ' || seq FROM signed
WHERE kind = 1 AND medfee <> (
  SELECT sum((value ->> '$.fund') + (value ->> '$.account') + (value ->> '$.cash'))
  FROM json_each(lines))
UNION ALL
SELECT 'centre, ' || terminal || ' entry ' || seq FROM centre.outcome
WHERE kind = 1 AND verdict <> 3 AND medfee <> fund + account + family + cash
UNION ALL
SELECT 'answer ' || msgid FROM answered WHERE medfee <> fund + account + family + cash;

-- name: no_account_below_zero
SELECT 'centre, ' || name FROM centre.account WHERE may_be_negative = 0 AND balance < 0
UNION ALL
SELECT 'journal, account ' || hex(account_key) FROM till.account WHERE balance < 0;

-- name: live_promises_within_the_balance
SELECT 'centre, ' || a.name FROM centre.account a JOIN centre.hold_account h USING (account_id)
GROUP BY a.account_id HAVING sum(h.amount) > a.balance
UNION ALL
SELECT 'journal, grant ' || hex(grant_id) FROM till.grant_limit WHERE used < 0 OR used > granted;

-- name: books_sum_to_zero
SELECT 'all balances: ' || sum(balance) FROM centre.account HAVING sum(balance) <> 0
UNION ALL
SELECT 'posting ' || posting_id FROM centre.movement GROUP BY posting_id HAVING sum(amount) <> 0
UNION ALL
SELECT 'balance of ' || name FROM centre.account a
WHERE balance <> (SELECT coalesce(sum(amount), 0) FROM centre.movement m WHERE m.account_id = a.account_id);

-- name: counters_move_by_entries_alone
SELECT 'centre, ' || person || ' ' || name FROM (
  SELECT person, scheme, name, since, value FROM centre.counter
  UNION ALL
  SELECT person, scheme, name, since, -value FROM opening_counter
  UNION ALL
  SELECT c.person, c.scheme, c.name, c.since, -c.amount
  FROM centre.entry_counter c JOIN centre.outcome o USING (terminal, epoch, seq) WHERE o.cancelled = 0)
GROUP BY person, scheme, name, since HAVING sum(value) <> 0
UNION ALL
SELECT 'journal, entry ' || m.seq FROM till.movement m JOIN signed e USING (seq)
WHERE e.kind = 1 AND m.feed = 0 AND m.name <> '' AND NOT EXISTS (
  SELECT 1 FROM json_each(e.counted) c
  WHERE c.value ->> '$.name' = m.name AND c.value ->> '$.scheme' = m.scheme AND c.value ->> '$.value' = m.fen);

-- name: one_answer_for_each_msgid
SELECT 'journal, ' || msgid FROM till.entry GROUP BY fixmedins_code, msgid HAVING count(*) > 1
UNION ALL
SELECT 'answers, ' || msgid FROM answered GROUP BY msgid HAVING count(DISTINCT id) > 1
UNION ALL
SELECT 'journal, cancels of entry ' || sale_seq FROM till.entry WHERE kind = 2 GROUP BY sale_seq HAVING count(*) > 1
UNION ALL
SELECT 'centre, cancels of ' || sale_id FROM centre.outcome WHERE kind = 2 AND verdict <> 3
GROUP BY terminal, epoch, sale_id HAVING count(*) > 1
UNION ALL
SELECT 'centre, sale ' || sale_id FROM centre.outcome WHERE kind = 1 AND reason <> 'duplicate_sale'
GROUP BY terminal, epoch, sale_id HAVING count(*) > 1;

-- name: what_was_printed_is_what_is_stored
SELECT 'answer ' || a.msgid FROM answered a LEFT JOIN signed e USING (msgid)
WHERE e.seq IS NULL OR e.seq <> a.seq OR e.kind <> a.kind
  OR a.id <> e.signed_id
  OR a.medfee <> e.medfee OR a.fund <> e.fund OR a.account <> e.account OR a.family <> e.family OR a.cash <> e.cash
UNION ALL
SELECT 'centre, entry ' || e.seq FROM till.log l JOIN till.entry e ON e.seq <= l.acknowledged_seq
LEFT JOIN centre.entry c ON c.terminal = l.terminal AND c.epoch = l.epoch AND c.seq = e.seq
WHERE c.hash IS NULL OR c.hash <> e.hash;
