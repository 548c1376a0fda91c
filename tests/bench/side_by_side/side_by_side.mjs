// node side_by_side.mjs SIDE_BY_SIDE_BENCH PACK.json
//
// Runs Gongji's engine, json-rules-engine and ZEN over the same claims in turn, round after round; compares every answer
// to the fen; prints medians and ratios, and ends with status 1 where an answer differs or a ratio is below its bound.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { emptyZen, jsonRulesEngine, zen } from './peers.mjs';
import { randomClaims, ruleOf } from './rule.mjs';

const rounds = 7;
const claimsEach = 1000;
const bounds = { 'json-rules-engine': 100, 'ZEN, net of its binding': 50 };

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function timed(decide, claims) {
  const nanoseconds = [];
  const answers = [];
  for (const { facts } of claims) {
    const began = process.hrtime.bigint();
    const answer = await decide(facts);
    nanoseconds.push(Number(process.hrtime.bigint() - began));
    answers.push(answer);
  }
  return { nanoseconds: median(nanoseconds), answers };
}

const [program, pack] = process.argv.slice(2);
const rule = ruleOf(pack);
const claims = randomClaims(claimsEach, 20230201);
const folder = mkdtempSync(join(tmpdir(), 'gongji-side-by-side-'));
const file = join(folder, 'claims.jsonl');
writeFileSync(file, claims.map(({ claim }) => JSON.stringify(claim)).join('\n') + '\n');

const peers = { 'json-rules-engine': jsonRulesEngine(rule), ZEN: zen(rule), 'ZEN, empty graph': emptyZen() };
const seen = { Gongji: [], 'Gongji, with trace': [] };
let different = 0;
try {
  for (const decide of Object.values(peers)) await timed(decide, claims.slice(0, 200));
  for (let round = 0; round < rounds; ++round) {
    const ours = JSON.parse(execFileSync(program, [file], { maxBuffer: 1 << 28 }));
    seen.Gongji.push(ours.nanoseconds);
    seen['Gongji, with trace'].push(ours.nanoseconds_with_trace);
    for (const [name, decide] of Object.entries(peers)) {
      const { nanoseconds, answers } = await timed(decide, claims);
      (seen[name] ??= []).push(nanoseconds);
      if (name === 'ZEN, empty graph') continue;
      for (const [i, answer] of answers.entries()) {
        if (answer[0] === ours.answers[i][0] && answer[1] === ours.answers[i][1]) continue;
        if (++different <= 5) console.log('different:', name, claims[i].facts, answer, ours.answers[i]);
      }
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
seen['ZEN, net of its binding'] = seen.ZEN.map((each, i) => Math.max(1, each - seen['ZEN, empty graph'][i]));

console.log(`data: ${claimsEach} claims of 5 lines, ${rounds} rounds in turn; ${rounds * claimsEach * 2} answers compared, ${different} different`);
console.log(`${''.padEnd(28)} ${'median'.padStart(12)} ${'x Gongji'.padStart(10)}`);
let missed = 0;
for (const [name, values] of Object.entries(seen)) {
  const ratio = median(values.map((each, i) => each / seen.Gongji[i]));
  const bound = bounds[name];
  if (bound !== undefined && ratio < bound) ++missed;
  console.log(
    `${name.padEnd(28)} ${`${(median(values) / 1000).toFixed(2)} us`.padStart(12)} ${ratio.toFixed(1).padStart(10)}` +
      (bound === undefined ? '' : `  (at least ${bound})`),
  );
}
process.exit(different > 0 || missed > 0 ? 1 : 0);
