// The audit file that could not be opened at the start, and can later.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AuditJournal } from '../../src/audit/journal.js';
import { outcomeRecord } from '../../src/audit/record.js';
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
});
