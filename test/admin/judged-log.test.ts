// The line of a judged statement: the id that joins, and nothing of the text.
import { describe, expect, it } from 'vitest';
import { logJudged } from '../../src/admin/judged-log.js';
import { createLogger } from '../../src/admin/log.js';
import { decisionRecord } from '../../src/audit/record.js';
import type { Decision } from '../../src/policy/verdict.js';
import { questionOf } from '../gateway/guard-parts.js';
import { factsOf } from '../policy/facts.js';

function lineOf(decision: Partial<Decision>) {
  const lines: string[] = [];
  const log = createLogger({ pretty: false, write: (line) => lines.push(line) });
  const text = Buffer.from("DROP TABLE secrets; SET PASSWORD = 'hunter2'");
  const all: Decision = {
    ...{ verdict: 'deny', wouldBe: 'deny', mode: 'enforce', rule: 'r' },
    ...{ matches: [], revision: 'abc', ...decision },
  };
  const question = questionOf({ text });
  logJudged(log, decisionRecord({ id: 'R1', question, facts: factsOf(), decision: all }));
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

describe('a judged statement', () => {
  it('is a warning when it was refused, with the id of its record', () => {
    const line = lineOf({});
    expect(line).toMatchObject({ level: 'warn', id: 'R1', msg: 'refused', rule: 'r' });
    expect(line).toMatchObject({ verdict: 'deny', effects: ['drop-table'], client: '10.1.2.3' });
    expect(JSON.stringify(line)).not.toMatch(/secrets|hunter2/);
  });

  it('is information when it passed, and a warning when only shadow mode let it', () => {
    expect(lineOf({ verdict: 'permit', wouldBe: 'permit' })).toMatchObject({
      level: 'info',
      msg: 'let through',
    });
    expect(lineOf({ verdict: 'permit', mode: 'shadow' })).toMatchObject({
      level: 'warn',
      wouldBe: 'deny',
    });
  });
});
