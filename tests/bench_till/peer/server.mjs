// The till's work in node with better-sqlite3, as a careful programmer would write it: WAL, synchronous=FULL, prepared
// statements, one transaction a sale, answered when it is durable.  Same requests, same rows, same checks as
// bench-till-server: look-up hashes and keyed checksums (HMAC-SM3), the snapshot opened (AES-256-GCM), counters and balance
// from what was sold since, the settlement of Wuhan's rule, the grant's limits, canonical JSON of both parts, the SM3 chain.
// Left out, in its favour: the entry is not packed, and the pack is two numbers instead of rules as data.
//
//   node server.mjs FOLDER PERSONS      writes "port N", serves until it is ended
import Database from 'better-sqlite3';
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';

const [folder, persons] = [process.argv[2], Number(process.argv[3])];
mkdirSync(folder, { recursive: true });
const db = new Database(`${folder}/peer.db`);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.pragma('cache_size = -8192');
db.exec(`
CREATE TABLE entry (seq INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at_ms INTEGER NOT NULL, day INTEGER NOT NULL, id BLOB NOT NULL,
  fixmedins_code TEXT NOT NULL, msgid TEXT NOT NULL, person BLOB NOT NULL, presence INTEGER, backing INTEGER, medfee INTEGER NOT NULL,
  fund INTEGER NOT NULL, account INTEGER NOT NULL, family INTEGER NOT NULL, cash INTEGER NOT NULL, personal_digest BLOB NOT NULL,
  hash BLOB NOT NULL, public_part TEXT NOT NULL, personal_part BLOB NOT NULL, CHECK (medfee = fund + account + family + cash)) STRICT;
CREATE UNIQUE INDEX entry_id ON entry (id);
CREATE UNIQUE INDEX entry_request ON entry (fixmedins_code, msgid);
CREATE TABLE movement (owner BLOB, seq INTEGER, scheme TEXT, name TEXT, since INTEGER, fen INTEGER NOT NULL,
  PRIMARY KEY (owner, seq, scheme, name, since)) WITHOUT ROWID;
CREATE TABLE total (day INTEGER, kind INTEGER, state INTEGER, count INTEGER, medfee INTEGER, fund INTEGER, account INTEGER,
  cash INTEGER, PRIMARY KEY (day, kind, state)) WITHOUT ROWID;
CREATE TABLE person (person_key BLOB PRIMARY KEY, as_of_ms INTEGER, snapshot BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE account (account_key BLOB PRIMARY KEY, balance INTEGER NOT NULL, mac BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE standing_grant (person BLOB PRIMARY KEY, item TEXT NOT NULL, mac BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE grant_limit (person BLOB, place INTEGER, granted INTEGER, used INTEGER, mac BLOB NOT NULL, PRIMARY KEY (person, place),
  CHECK (used <= granted)) WITHOUT ROWID;
`);

const siteKey = randomBytes(32);
const dataKey = randomBytes(32);
const sm3 = (...parts) => {
  const hash = createHash('sm3');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const lookup = (domain, value) => createHmac('sm3', siteKey).update(`gongji.lookup.v1|${domain}\0${value}`).digest();
const seal = (plain, associated) => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce).setAAD(Buffer.from(associated));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
};
const open = (sealed, associated) => {
  const plain = createDecipheriv('aes-256-gcm', dataKey, sealed.subarray(0, 12)).setAAD(Buffer.from(associated));
  plain.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([plain.update(sealed.subarray(12, -16)), plain.final()]);
};
const must = (holds, what) => {
  if (!holds) throw new Error(what);
};
// "12.34" in fen.
const fen = (text) => {
  const [yuan, rest = ''] = text.split('.');
  return Number(yuan) * 100 + Number(rest.padEnd(2, '0').slice(0, 2));
};

const limitText = (person, place, granted, used) => `${person.toString('hex')}|${place}|${granted}|${used}`;
const psnOf = (number) => '999999' + String(number).padStart(20, '0');
db.transaction(() => {
  const person = db.prepare('INSERT INTO person VALUES (?, ?, ?)');
  const account = db.prepare('INSERT INTO account VALUES (?, ?, ?)');
  const grant = db.prepare('INSERT INTO standing_grant VALUES (?, ?, ?)');
  const limit = db.prepare('INSERT INTO grant_limit VALUES (?, ?, ?, 0, ?)');
  for (let number = 0; number < persons; ++number) {
    const psn_no = psnOf(number);
    const key = lookup('person', psn_no);
    const snapshot = { accounts: [{ balc: 4e12, kind: 1, owner: 'self' }], as_of: 0,
      counters: [{ name: 'op.deductible', value: 70_000 }, { name: 'op.fund', value: 2_000 }],
      psn_name: '王小草', certno: psn_no.slice(0, 18), psn_no, psn_type: '11' };
    person.run(key, 0, seal(JSON.stringify(snapshot), `person|${key.toString('hex')}|0`));
    const own = lookup('account', `${psn_no}|prior`);
    account.run(own, 4e12, lookup('account-row', `${own.toString('hex')}|${4e12}`));
    const item = JSON.stringify({ accounts: [{ kind: 1, limit: 1e12, owner: 'self' }], fund: [{ counter: 'op.fund', limit: 1e12 }], person: key.toString('hex') });
    grant.run(key, item, lookup('grant-row', item));
    for (const place of [0, 1]) limit.run(key, place, 1e12, lookup('grant-limit', limitText(key, place, 1e12, 0)));
  }
})();

const find = {
  request: db.prepare('SELECT seq FROM entry WHERE fixmedins_code = ? AND msgid = ?').pluck(),
  person: db.prepare('SELECT snapshot FROM person WHERE person_key = ?').pluck(),
  moved: db.prepare('SELECT name, fen FROM movement WHERE owner = ?'),
  account: db.prepare('SELECT balance, mac FROM account WHERE account_key = ?'),
  grant: db.prepare('SELECT item, mac FROM standing_grant WHERE person = ?'),
  limits: db.prepare('SELECT place, granted, used, mac FROM grant_limit WHERE person = ? ORDER BY place'),
};
const write = {
  entry: db.prepare('INSERT INTO entry VALUES (?, 1, ?, ?, ?, ?, ?, ?, 2, 2, ?, ?, ?, 0, ?, ?, ?, ?, ?)'),
  movement: db.prepare('INSERT INTO movement VALUES (?, ?, ?, ?, ?, ?)'),
  limit: db.prepare('UPDATE grant_limit SET used = ?, mac = ? WHERE person = ? AND place = ?'),
  total: db.prepare('INSERT INTO total VALUES (?, 1, 1, 1, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + 1, ' +
    'medfee = medfee + excluded.medfee, fund = fund + excluded.fund, account = account + excluded.account, cash = cash + excluded.cash'),
};

// Canonical: members in order of their names.
const canonical = (value) => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `"${key}":${canonical(value[key])}`).join(',')}}`;
};

const rule = { deductible: 70_000, ratio: 80, cap: 350_000 };
const settle = (lines, counters, balance) => {
  let scope = 0;
  let medfee = 0;
  const shares = lines.map((line) => {
    const amount = fen(line.det_item_fee_sumamt);
    const first = line.chrgitm_lv === '02' ? Math.floor((amount * 10 + 50) / 100) : 0;
    medfee += amount;
    scope += amount - first;
    return { account: 0, cash: 0, feedetl_sn: line.feedetl_sn, fulamt_ownpay_amt: 0, fund: 0, inscp_scp_amt: amount - first, overlmt_amt: 0, preselfpay_amt: first };
  });
  const below = Math.min(scope, Math.max(0, rule.deductible - counters['op.deductible']));
  const fund = Math.min(Math.round(((scope - below) * rule.ratio) / 100), Math.max(0, rule.cap - counters['op.fund']));
  const account = Math.min(medfee - fund, balance);
  const cash = medfee - fund - account;
  let fundLeft = fund;
  let cashLeft = cash;
  shares.forEach((share, at) => {
    const amount = share.inscp_scp_amt + share.preselfpay_amt;
    const last = at === shares.length - 1;
    share.fund = last ? fundLeft : Math.min(fundLeft, Math.floor((fund * share.inscp_scp_amt) / Math.max(1, scope)));
    share.cash = last ? cashLeft : Math.min(cashLeft, Math.floor((cash * amount) / medfee));
    share.account = amount - share.fund - share.cash;
    fundLeft -= share.fund;
    cashLeft -= share.cash;
  });
  return { medfee, fund, account, cash, below, shares, scope };
};

let seq = 0;
let previous = Buffer.alloc(32);
let now = 1_795_147_200_000;
const day = 20_777;

const sell = db.transaction((claim) => {
  must(find.request.get(claim.site.fixmedins_code, claim.id) === undefined, 'sold twice');
  const psn_no = claim.person.psn_no;
  const key = lookup('person', psn_no);
  const snapshot = JSON.parse(open(find.person.get(key), `person|${key.toString('hex')}|0`));
  const counters = Object.fromEntries(snapshot.counters.map((counter) => [counter.name, counter.value]));
  for (const row of find.moved.all(key)) counters[row.name] += row.fen;
  const own = lookup('account', `${psn_no}|prior`);
  const known = find.account.get(own);
  must(known.mac.equals(lookup('account-row', `${own.toString('hex')}|${known.balance}`)), 'account row');
  let balance = known.balance;
  for (const row of find.moved.all(own)) balance -= row.fen;

  const settled = settle(claim.lines, counters, balance);
  const grant = find.grant.get(key);
  must(grant.mac.equals(lookup('grant-row', grant.item)), 'grant row');
  JSON.parse(grant.item);
  const limits = find.limits.all(key);
  [settled.account, settled.fund].forEach((taken, place) => {
    const limit = limits[place];
    must(limit.mac.equals(lookup('grant-limit', limitText(key, place, limit.granted, limit.used))), 'limit row');
    if (taken === 0) return;
    const used = limit.used + taken;
    write.limit.run(used, lookup('grant-limit', limitText(key, place, limit.granted, used)), key, place);
  });

  now += 1;
  seq += 1;
  const id = Buffer.concat([Buffer.from(now.toString(16).padStart(12, '0'), 'hex'), randomBytes(10)]);
  const after = { 'op.deductible': counters['op.deductible'] + settled.below, 'op.fund': counters['op.fund'] + settled.fund };
  const ytd = (of) => Object.entries(of).map(([name, value]) => ({ name, value }));
  const open_part = canonical({ at: now, epoch: 1, seq, terminal: 'T-0001', sale: {
    backing: 2, backing_id: id.toString('hex'), claim: { accounts: snapshot.accounts, acct_used_flag: 1, begntime: { day, second: 36_000 },
      id: claim.id, lines: claim.lines, person: { insuplc_admdvs: '420100', insutype: '310', psn_type: '11' }, site: claim.site, visit: claim.visit, ytd: ytd(counters) },
    key: { digest: key.toString('hex'), fixmedins_code: claim.site.fixmedins_code, infno: '2102', msgid: claim.id }, mdtrt_id: id.toString('hex'), opter: '0007',
    pack: 'wuhan-employee@2023-02-01', pack_digest: `sm3:${key.toString('hex')}`, person_key: key.toString('hex'), presence: 2, sale_id: id.toString('hex'),
    settlement: { accounts: [{ kind: 1, owner: 'self', paid: settled.account }], lines: settled.shares,
      totals: { acct_mulaid_pay: 0, acct_pay: settled.account, act_pay_dedc: settled.below, balc: balance - settled.account, fulamt_ownpay_amt: 0,
        fund_pay_sumamt: settled.fund, hifob_pay: 0, hifp_pay: settled.fund, inscp_scp_amt: settled.scope, medfee_sumamt: settled.medfee,
        overlmt_selfpay: 0, pool_prop_selfpay: 800_000, preselfpay_amt: 0, psn_cash_pay: settled.cash, psn_part_amt: settled.account + settled.cash }, ytd: ytd(after) },
    snapshot_as_of: snapshot.as_of } });
  const personal = canonical({ family: [], holder: { card_sn: '999999D1', certno: snapshot.certno, gend: '1', mdtrt_cert_no: snapshot.certno,
    mdtrt_cert_type: '03', naty: '01', psn_cert_type: '01', psn_name: snapshot.psn_name }, psn_no });
  const salt = randomBytes(16);
  const digest = sm3(salt, personal);
  const place = Buffer.alloc(8);
  place.writeBigUInt64BE(BigInt(seq));
  const hash = sm3('gongji.entry.v1', previous, place, open_part, digest);
  write.entry.run(seq, now, day, id, claim.site.fixmedins_code, claim.id, key, settled.medfee, settled.fund, settled.account,
    settled.cash, digest, hash, open_part, seal(Buffer.concat([salt, Buffer.from(personal)]), `T-0001|1|${seq}`));
  write.total.run(day, settled.medfee, settled.fund, settled.account, settled.cash);
  if (settled.account > 0) write.movement.run(own, seq, '', '', 0, settled.account);
  for (const name of Object.keys(after)) {
    if (after[name] > counters[name]) write.movement.run(key, seq, 'wuhan-employee', name, 20_454, after[name] - counters[name]);
  }
  previous = hash;
  return { seq, sale_id: id.toString('hex'), medfee_sumamt: settled.medfee, fund_pay_sumamt: settled.fund, acct_pay: settled.account, psn_cash_pay: settled.cash };
});

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    try {
      const body = JSON.stringify(sell.immediate(JSON.parse(Buffer.concat(chunks))));
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }).end(body);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
});
server.keepAliveTimeout = 60_000;
server.maxRequestsPerSocket = 0;
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
