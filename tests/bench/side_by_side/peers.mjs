// The rule as each of the others would have it.  Every `decide` gives [what the fund pays, what the deductible took].
import { Engine } from 'json-rules-engine';
import { ZenEngine } from '@gorules/zen-engine';

import { categories, inScopeOf, levels } from './rule.mjs';

const is = (fact, value) => ({ fact, operator: 'equal', value });

// Eight rules whose events carry the values; what rules cannot compute is left to a few lines of code.
export function jsonRulesEngine(rule) {
  const engine = new Engine();
  for (const category of categories) {
    const params = { deductible: rule.deductible(category), cap: rule.cap(category) };
    engine.addRule({ conditions: { all: [is('category', category)] }, event: { type: 'limits', params } });
    for (const level of levels) {
      engine.addRule({
        conditions: { all: [is('category', category), is('level', level)] },
        event: { type: 'ratio', params: { percent: rule.percent(level, category) } },
      });
    }
  }
  return async (facts) => {
    const { events } = await engine.run(facts);
    const limits = events.find((event) => event.type === 'limits').params;
    const ratio = events.find((event) => event.type === 'ratio').params;
    const inScope = facts.items.reduce((sum, item) => sum + inScopeOf(item), 0);
    const taken = Math.min(inScope, Math.max(0, limits.deductible - facts.usedDeductible));
    const due = Math.floor(((inScope - taken) * ratio.percent + 50) / 100);
    return [Math.min(due, Math.max(0, limits.cap - facts.usedFund)), taken];
  };
}

const node = (id, type, content) => ({ id, type, name: id, position: { x: 0, y: 0 }, ...(content && { content }) });
const graph = (...nodes) => ({
  nodes,
  edges: nodes.slice(1).map((to, i) => ({ id: `e${i}`, type: 'edge', sourceId: nodes[i].id, targetId: to.id })),
});
const inputNode = node('request', 'inputNode');
const outputNode = node('response', 'outputNode');

// An expression node for the lines, a decision table by category and level, an expression node for the arithmetic.
function graphOf(rule) {
  const rules = [];
  for (const category of categories) {
    for (const level of levels) {
      rules.push({
        _id: `${category}-${level}`, c: `"${category}"`, l: String(level), d: String(rule.deductible(category)),
        p: String(rule.percent(level, category)), m: String(rule.cap(category)),
      });
    }
  }
  const lines = node('lines', 'expressionNode', {
    passThrough: true, inputField: null, outputPath: null, executionMode: 'single',
    expressions: [
      {
        id: 'i', key: 'inScope',
        value: 'sum(map(items, #.lineClass == 1 ? #.amount : #.lineClass == 2 ? #.amount - floor((#.amount * 10 + 50) / 100) : 0))',
      },
    ],
  });
  const table = node('table', 'decisionTableNode', {
    hitPolicy: 'first', passThrough: true, inputField: null, outputPath: null, executionMode: 'single',
    inputs: [{ id: 'c', name: 'category', field: 'category' }, { id: 'l', name: 'level', field: 'level' }],
    outputs: [
      { id: 'd', name: 'deductible', field: 'deductible' },
      { id: 'p', name: 'percent', field: 'percent' },
      { id: 'm', name: 'cap', field: 'cap' },
    ],
    rules,
  });
  const sums = node('sums', 'expressionNode', {
    passThrough: false, inputField: null, outputPath: null, executionMode: 'single',
    expressions: [
      { id: 't', key: 'taken', value: 'min([inScope, max([0, deductible - usedDeductible])])' },
      { id: 'u', key: 'due', value: 'floor(((inScope - $.taken) * percent + 50) / 100)' },
      { id: 'f', key: 'fund', value: 'min([$.due, max([0, cap - usedFund])])' },
    ],
  });
  return graph(inputNode, lines, table, sums, outputNode);
}

export function zen(rule) {
  const decision = new ZenEngine().createDecision(graphOf(rule));
  return async (facts) => {
    const { result } = await decision.evaluate(facts);
    return [result.fund, result.taken];
  };
}

// Request in, response out: what a call costs before any rule is looked at.
export function emptyZen() {
  const decision = new ZenEngine().createDecision(graph(inputNode, outputNode));
  return (facts) => decision.evaluate(facts);
}
