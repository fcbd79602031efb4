// What 10,000 rules cost where no server is in the way: reading them, and judging a guarded
// statement by them, whatever the rules are told apart by.
import { performance } from 'node:perf_hooks';
import { stdout } from 'node:process';
import { decide } from '../src/policy/decide.js';
import { parseRuleFile } from '../src/policy/rule-file.js';
import { buildRuleSet, type RuleSet } from '../src/policy/rules.js';
import { objectsToSize } from '../src/policy/size-ask.js';
import type { Facts } from '../src/policy/verdict.js';
import { median } from './statistics.js';

const FEW = 10;
const MANY = 10_000;
const LOADS = 7;

const KINDS: Readonly<Record<string, (index: number) => object>> = {
  'by table': (n) => ({ table: `t${n}` }),
  'by how a table begins': (n) => ({ schema: 'shop', table: `t${n}_*` }),
  'by how a table ends': (n) => ({ table: `*_t${n}` }),
  'by what a table has within': (n) => ({ table: `*x${n}x*` }),
  'by schema': (n) => ({ schema: `s${n}` }),
  'by user': (n) => ({ user: `u${n}` }),
  'by server': (n) => ({ server: `db${n}` }),
  'by network': (n) => ({ client: `10.${n >> 8}.${n & 255}.0/24` }),
  'by program': (n) => ({ program: `p${n}` }),
  'by size': (n) => ({ table: `t${n}`, rows: `>${n}` }),
};

const FACTS: Facts = {
  requester: {
    server: 'db1',
    session: 1,
    threadId: 1,
    user: 'app',
    address: '192.0.2.4',
    port: 1,
  },
  effects: [
    {
      effect: 'drop-table',
      verb: 'DROP TABLE',
      objects: [{ schema: 'shop', name: 't77_x' }],
      deferred: false,
    },
  ],
  logged: 'unknown',
  reach: [{ server: 'db2', path: ['db1', 'db2'], state: 'live', writable: true, reason: '' }],
  lowerCaseTableNames: 0,
  nowMs: 0,
};

export function compareVerdicts(ruleFile: (count: number) => string): void {
  const text = ruleFile(MANY);
  const loads = Array.from({ length: LOADS }, () => msOf(() => setOf(text)));
  stdout.write(
    `load and index ${MANY} rules: ${median(loads).toFixed(0)} ms (median of ${LOADS})\n`,
  );
  stdout.write(`a guarded statement's verdict, ${FEW} rules and ${MANY}, and the difference\n`);
  for (const [kind, match] of Object.entries(KINDS)) {
    const [few = 0, many = 0] = [FEW, MANY].map((count) => verdictUs(match, count));
    const difference = ((many - few) / 1000).toFixed(3);
    const told = [few, many].map((us) => `${us.toFixed(1)} µs`.padStart(10)).join('');
    stdout.write(`  ${kind.padEnd(28)}${told}${difference.padStart(9)} ms\n`);
  }
}

function verdictUs(match: (index: number) => object, count: number): number {
  const rules = Array.from({ length: count }, (_, n) => ({
    id: `r${n}`,
    match: match(n),
    when: { links: 'linked' },
    verdict: 'deny',
  }));
  const set = setOf(JSON.stringify({ rules }));
  const judge = (): void => {
    objectsToSize(FACTS, set);
    decide(FACTS, set, 'enforce');
  };
  const batch = 200;
  const times = Array.from({ length: 25 }, () =>
    msOf(() => {
      for (let n = 0; n < batch; n += 1) judge();
    }),
  );
  return (median(times) / batch) * 1000;
}

function setOf(text: string): RuleSet {
  const file = parseRuleFile({ file: 'rules.yaml', text, isShipped: false });
  const built = file.kind === 'broken' ? file : buildRuleSet([file.value]);
  if (built.kind === 'broken') throw new Error(built.errors[0]?.message ?? 'no rule set');
  return built.value;
}

function msOf(run: () => void): number {
  const startedAt = performance.now();
  run();
  return performance.now() - startedAt;
}
