// The audit file that could not be opened at the start, and can later.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AuditJournal } from '../../src/audit/journal.js';
import { outcomeRecord } from '../../src/audit/outcome-record.js';
import { decisionRecord } from '../../src/audit/record.js';
import type { Decision } from '../../src/policy/verdict.js';
import { questionOf } from '../gateway/guard-parts.js';
import { factsOf } from '../policy/facts.js';
import { temporaryFolder } from './temporary-folder.js';

const record = outcomeRecord({
  id: 'R1',
  nowMs: 0,
  server: 'db1',
  outcome: { kind: 'ok' },
  durationMs: 1,
});

/** A journal whose folder is a file, and a clock to turn. */
function createBlocked() {
  const file = join(temporaryFolder(), 'folder/audit.jsonl');
  writeFileSync(dirname(file), '');
  let nowMs = 0;
  const clock = { now: () => 0, monotonic: () => nowMs };
  const journal = new AuditJournal({ file, pid: process.pid, clock });
  onTestFinished(() => journal.close());
  const turn = (ms: number) => {
    nowMs += ms;
  };
  return { file, journal, turn };
}

describe('AuditJournal', () => {
  it('refuses records while the file cannot be opened, and says why', async () => {
    const { journal } = createBlocked();
    await expect(journal.open()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await expect(journal.append(record)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(journal.writable).toEqual({ ok: false, reason: expect.stringContaining('EEXIST') });
  });

  it('opens it with a later record, and not more often than once a second', async () => {
    const { file, journal, turn } = createBlocked();
    await expect(journal.open()).rejects.toThrow();
    rmSync(dirname(file));
    await expect(journal.append(record)).rejects.toThrow();
    turn(1_000);
    await journal.append(record);
    expect(journal.writable).toEqual({ ok: true });
    expect(JSON.parse(readFileSync(file, 'utf8')).id).toBe('R1');
  });

  it('writes down at its end how often a denial was repeated', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    const clock = { now: () => 0, monotonic: () => 0 };
    const journal = new AuditJournal({ file, pid: process.pid, clock });
    const decision: Decision = {
      ...{ verdict: 'deny', wouldBe: 'deny', mode: 'enforce', rule: 'r' },
      ...{ matches: [], revision: 'abc' },
    };
    const denied = (id: string) =>
      decisionRecord({ id, question: questionOf(), facts: factsOf(), decision });
    // What is not on record yet repeats nothing, nor does what could not be written down.
    expect(journal.repeatOf(denied('R1'))).toBeUndefined();
    await journal.append(denied('R1'));
    expect(journal.repeatOf(denied('R2'))).toBe('R1');
    expect(journal.repeatOf(denied('R3'))).toBe('R1');
    await journal.close();
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { kind: 'decision', id: 'R1' },
      { kind: 'repeat', id: 'R1', count: 2 },
    ]);
  });
});
