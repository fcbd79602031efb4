// Decisions with what became of them, filtered and counted.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RecordFilter, readJoined } from '../../src/audit/joined.js';
import { temporaryFolder } from './temporary-folder.js';

const decision = (id: string, more: object = {}) => ({
  v: 1,
  kind: 'decision',
  id,
  time: '2026-11-27T22:30:00.000Z',
  server: 'db1',
  user: 'dba',
  verdict: 'deny',
  rule: 'no-drop-while-linked',
  ...{ effects: [], rules: [], links: [], reach: [] },
  ...more,
});

const RECORDS = [
  decision('R1'),
  decision('R2', { verdict: 'permit', rule: 'none', time: '2026-11-27T22:31:00.000Z' }),
  { v: 1, kind: 'outcome', id: 'R2', time: '2026-11-27T22:31:01.000Z', outcome: 'ok', seq: 3 },
  { v: 1, kind: 'repeat', id: 'R1', count: 2, lastTime: '2026-11-27T22:32:00.000Z' },
  { v: 1, kind: 'repeat', id: 'R1', count: 3, lastTime: '2026-11-27T22:33:00.000Z' },
  { v: 1, kind: 'outcome', id: 'R9', time: '2026-11-27T22:31:01.000Z', outcome: 'ok' },
  { v: 2, kind: 'something-new', id: 'R1' },
  { v: 1, kind: 'logged', id: 'R2', time: '2026-11-27T22:31:09.000Z', loggedAs: [] },
  decision('R3', { server: 'db2', user: 'app', rule: 'built-in-failure' }),
];

async function read(filter: RecordFilter = {}, limit = 0) {
  const file = join(temporaryFolder(), 'audit.jsonl');
  const lines = [...RECORDS.map((record) => JSON.stringify(record)), '{"torn'];
  writeFileSync(file, lines.join('\n'));
  return readJoined([file], filter, limit);
}

describe('records', () => {
  it('are joined with their outcome and their repeats', async () => {
    const { records, unreadable } = await read();
    expect(records.map(({ id }) => id)).toEqual(['R1', 'R2', 'R3']);
    expect(records[0]).toMatchObject({ repeats: 5, lastTime: '2026-11-27T22:33:00.000Z' });
    expect(records[1]).toMatchObject({
      kind: 'decision',
      time: '2026-11-27T22:31:00.000Z',
      outcome: 'ok',
      outcomeTime: '2026-11-27T22:31:01.000Z',
      loggedTime: '2026-11-27T22:31:09.000Z',
      loggedAs: [],
    });
    expect(records[1]).not.toHaveProperty('seq');
    expect(unreadable).toBe(1);
  });

  it.each<[RecordFilter, readonly string[]]>([
    [{ id: 'r2' }, ['R2']],
    [{ server: 'db2' }, ['R3']],
    [{ user: 'dba' }, ['R1', 'R2']],
    [{ rule: 'none' }, ['R2']],
    [{ rule: 'built-in-*' }, ['R3']],
    [{ verdicts: ['deny'], server: 'db1' }, ['R1']],
    [{ verdicts: ['deny', 'permit'], server: 'db1' }, ['R1', 'R2']],
    [{ sinceMs: Date.parse('2026-11-27T22:30:30Z') }, ['R2']],
    [{ untilMs: Date.parse('2026-11-27T22:30:30Z') }, ['R1', 'R3']],
    [{ user: 'nobody' }, []],
  ])('match %j', async (filter, ids) => {
    expect((await read(filter)).records.map(({ id }) => id)).toEqual(ids);
  });

  it('are the last ones when there is a limit, which says how many came before', async () => {
    const { records, earlier } = await read({}, 2);
    expect(records.map(({ id }) => id)).toEqual(['R2', 'R3']);
    expect(earlier).toBe(1);
  });
});
