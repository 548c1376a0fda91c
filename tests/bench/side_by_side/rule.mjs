// The Wuhan outpatient rule with the numbers of the pack itself: a deductible by category, a ratio by level and category,
// a yearly limit of fund money by category.  All amounts are whole fen.
import { readFileSync } from 'node:fs';

export const categories = ['on_job', 'retired'];
export const levels = [1, 2, 3];

export function ruleOf(packFile) {
  const rows = new Map();
  for (const row of JSON.parse(readFileSync(packFile, 'utf8')).rows) rows.set(row.id, row.value);
  const percent = (level, category) => rows.get(`ratio.level_${level}.${category}`) / 10_000;
  return {
    deductible: (category) => rows.get(`deductible.${category}`),
    percent,
    cap: (category) => rows.get(`cap.${category}`),
  };
}

// What class B leaves in scope: a tenth, rounded half up, is the person's first.  Class C is the person's own cost.
export const inScopeOf = ({ amount, lineClass }) =>
  lineClass === 1 ? amount : lineClass === 2 ? amount - Math.floor((amount * 10 + 50) / 100) : 0;

// Facts of one claim, and the same as a claim of `gongji quote`.
export function randomClaims(count, seed) {
  let state = seed;
  const below = (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const yuan = (fen) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
  const claims = [];
  for (let i = 0; i < count; ++i) {
    const category = categories[below(2)];
    const level = levels[below(3)];
    const usedDeductible = below(800) * 100;
    const usedFund = below(4200) * 100;
    const lines = [];
    const items = [];
    for (let line = 1; line <= 5; ++line) {
      const price = 50 + below(20_000);
      const amount = price * (1 + below(6));
      const lineClass = 1 + below(3);
      items.push({ amount, lineClass });
      lines.push({
        feedetl_sn: String(line), med_list_codg: 'XC08CAB037A001020180517', name: 'demo', kind: 'drug',
        chrgitm_lv: `0${lineClass}`, pric: yuan(price), cnt: String(amount / price), pric_uplmt_amt: null,
        det_item_fee_sumamt: yuan(amount),
      });
    }
    claims.push({
      facts: { category, level, items, usedDeductible, usedFund },
      claim: {
        id: String(i), begntime: '2023-03-15 10:30:00',
        site: { fixmedins_code: 'H42010000001', fixmedins_type: '1', admdvs: '420100', dedc_hosp_lv: String(level) },
        person: {
          psn_no: '99999900000000000001', insutype: '310', psn_type: category === 'retired' ? '12' : '11',
          brdy: '1950-05-01', insuplc_admdvs: '420100',
        },
        visit: { med_type: '11', rx_circ_flag: '0' },
        acct_used_flag: '0', lines,
        ytd: { 'op.deductible': yuan(usedDeductible), 'op.fund': yuan(usedFund) },
      },
    });
  }
  return claims;
}
