// Repeated denials: counted under the first one's record, and only if they are the very same.
import { describe, expect, it } from 'vitest';
import { type DecisionRecord, decisionRecord } from '../../src/audit/record.js';
import { REPEAT_MEMORY_MS, Repeats } from '../../src/audit/repeats.js';
import type { Decision } from '../../src/policy/verdict.js';
import { questionOf } from '../gateway/guard-parts.js';
import { factsOf } from '../policy/facts.js';

const DENIED: Decision = {
  ...{ verdict: 'deny', wouldBe: 'deny', mode: 'enforce', rule: 'r', matches: [] },
  revision: 'abc',
};

function denial(id: string, changes: Partial<DecisionRecord> = {}): DecisionRecord {
  const made = { id, question: questionOf(), facts: factsOf(), decision: DENIED };
  return { ...decisionRecord({ ...made, message: `Refused. Request ${id}.` }), ...changes };
}

function scene() {
  let nowMs = 0;
  const repeats = new Repeats({ now: () => nowMs, monotonic: () => nowMs });
  const turn = (ms: number): void => {
    nowMs += ms;
  };
  return { repeats, turn };
}

describe('a denial', () => {
  it('is counted under the record of the first one', () => {
    const { repeats, turn } = scene();
    expect(repeats.repeatOf(denial('R1'))).toBeUndefined();
    repeats.recorded(denial('R1'));
    expect(repeats.take()).toEqual([]);
    expect(repeats.repeatOf(denial('R2', { time: 'second' }))).toBe('R1');
    expect(repeats.repeatOf(denial('R3', { time: 'third' }))).toBe('R1');
    turn(1_000);
    expect(repeats.take()).toEqual([
      {
        ...{ v: 1, kind: 'repeat', id: 'R1', time: '1970-01-01T00:00:01.000Z', server: 'db2' },
        ...{ count: 2, firstTime: 'second', lastTime: 'third' },
      },
    ]);
    expect(repeats.take()).toEqual([]);
    expect(repeats.repeatOf(denial('R4'))).toBe('R1');
    expect(repeats.take()).toMatchObject([{ count: 1 }]);
  });

  it.each<[string, Partial<DecisionRecord>]>([
    ['in another session', { session: 2 }],
    ['of another text', { statementSha256: 'b' }],
    ['by another rule', { rule: 'other' }],
    ['told in other words', { message: 'Refused, and it is live now. Request R2.' }],
    ['by other rules', { revision: 'def' }],
    ['that was let through', { verdict: 'permit' }],
  ])('%s is another one', (_, changes) => {
    const { repeats } = scene();
    repeats.recorded(denial('R1'));
    expect(repeats.repeatOf(denial('R2', changes))).toBeUndefined();
  });

  it('is recorded anew after a while, but never before its count is written down', () => {
    const { repeats, turn } = scene();
    repeats.recorded(denial('R1'));
    turn(REPEAT_MEMORY_MS);
    expect(repeats.repeatOf(denial('R2'))).toBe('R1');
    turn(REPEAT_MEMORY_MS + 1);
    expect(repeats.repeatOf(denial('R3'))).toBe('R1');
    repeats.take();
    turn(REPEAT_MEMORY_MS + 1);
    expect(repeats.repeatOf(denial('R4'))).toBeUndefined();
  });

  it('is forgotten, the oldest first, when there are too many', () => {
    const { repeats } = scene();
    for (let session = 0; session <= 10_000; session++) {
      repeats.recorded(denial(`R${session}`, { session }));
    }
    expect(repeats.repeatOf(denial('RX', { session: 0 }))).toBeUndefined();
    expect(repeats.repeatOf(denial('RX', { session: 1 }))).toBe('R1');
  });
});
