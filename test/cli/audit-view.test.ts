// Records as people read them.
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { JoinedRecord } from '../../src/audit/joined.js';
import { renderDetails, renderRecords } from '../../src/cli/audit-view.js';

const PLAIN = { color: false, width: 100 };
const DENIED: JoinedRecord = {
  v: 1,
  kind: 'decision',
  id: 'R1MQT0A4B2C',
  time: '2026-11-27T22:30:00.123Z',
  server: 'db2',
  user: 'dba',
  client: { address: '10.1.2.3', port: 50_000 },
  session: 7,
  threadId: 42,
  program: 'mysql',
  command: 'COM_QUERY',
  statement: 'DROP TABLE app.orders',
  statementBytes: 21,
  statementSha256: 'a'.repeat(64),
  effects: [
    {
      effect: 'drop-table',
      verb: 'DROP TABLE',
      objects: ['app.orders'],
      names: [{ schema: 'app', name: 'orders' }],
      deferred: false,
    },
  ],
  logged: 'unknown',
  mode: 'enforce',
  verdict: 'deny',
  wouldBe: 'deny',
  rule: 'no-drop-while-linked',
  rules: [
    {
      rule: 'no-drop-while-linked',
      title: 'Dropping',
      verdict: 'deny',
      mode: 'enforce',
      effect: 'drop-table',
    },
  ],
  revision: 'abc',
  links: [{ source: 'db2', consumer: 'db1', state: 'live', reason: 'I/O thread runs' }],
  linksAgeMs: 12,
  reach: [{ server: 'db1', path: ['db2', 'db1'], state: 'live', writable: true }],
  message: 'Interlock refused DROP TABLE app.orders.',
};
const PERMITTED: JoinedRecord = {
  ...DENIED,
  verdict: 'permit',
  wouldBe: 'permit',
  rule: 'none',
  reach: [],
  binlogBefore: { file: 'bin.000003', position: 328, gtid: '0-2-5' },
  outcome: 'ok',
  durationMs: 1_234,
  binlogAfter: { file: 'bin.000003', position: 500, gtid: '0-2-6' },
};
const became = (record: JoinedRecord) =>
  renderRecords([record], PLAIN).trimEnd().split('\n').at(-1);

describe('a list', () => {
  it('shows who, what, the verdict and what it would have reached', () => {
    expect(renderRecords([{ ...DENIED, repeats: 3, lastTime: DENIED.time }], PLAIN)).toBe(
      '2026-11-27 22:30:00.123Z  deny  db2  dba@10.1.2.3  no-drop-while-linked  R1MQT0A4B2C\n' +
        '    DROP TABLE app.orders\n' +
        '    would reach db1 (live)\n' +
        '    repeated 3 times, last at 2026-11-27 22:30:00.123Z\n',
    );
    expect(renderRecords([], PLAIN)).toBe('No record matches.\n');
  });

  it('shows what became of what was let through, and where it is logged', () => {
    const between = 'logged between bin.000003:328 and bin.000003:500';
    expect(became(PERMITTED)).toBe(`    ok after 1.2 s; ${between}`);
    const loggedAs = [{ file: 'bin.000003', start: 370, end: 500, gtid: '0-2-6' }];
    expect(became({ ...PERMITTED, loggedAs })).toContain('logged at bin.000003:370-500 GTID 0-2-6');
    expect(became({ ...PERMITTED, loggedAs: [] })).toContain('not logged');
    expect(became({ ...PERMITTED, inTransaction: true })).toContain('when its transaction commits');
    const ended = { ...PERMITTED, inTransaction: true, loggedTime: '2026', loggedAs } as const;
    expect(became(ended)).toContain('logged at bin.000003:370-500');
    const told = { ...PERMITTED, gtids: ['0-2-6'] };
    expect(became(told)).toContain('and bin.000003:500, GTID 0-2-6');
    const { outcome: _, ...open } = PERMITTED;
    expect(became(open)).toContain('not recorded');
    expect(became({ ...PERMITTED, outcome: 'error', errorCode: 1051 })).toContain('error 1051');
  });

  it('shows how a transaction ended, and what nobody saw the end of', () => {
    const ended = { ...PERMITTED, inTransaction: true, loggedTime: '2026' } as const;
    expect(became({ ...ended, transaction: 'rolled-back' })).toContain('rolled back with its');
    expect(became({ ...ended, transaction: 'left-open' })).toContain('its session ended first');
    expect(became({ ...ended, transaction: 'unknown' })).toContain('Interlock ended first');
    expect(became({ ...PERMITTED, outcome: 'unknown' })).toContain(
      'not known: Interlock ended before it was, or could not write it; look behind bin.000003:328',
    );
  });

  it('tells what shadow mode let pass, and colours a verdict only where asked', () => {
    const shadowed: JoinedRecord = { ...DENIED, mode: 'shadow', verdict: 'permit' };
    expect(renderRecords([shadowed], PLAIN)).toContain('permit (shadow: deny)');
    const colored = renderRecords([DENIED], { color: true, width: 100 });
    expect(colored).not.toBe(stripVTControlCharacters(colored));
    expect(stripVTControlCharacters(colored)).toBe(renderRecords([DENIED], PLAIN));
  });

  it('cuts a long statement, and lets nothing move the cursor', () => {
    const statement = `DROP TABLE ${'t, '.repeat(500)}\u001b[2J`;
    const text = renderRecords([{ ...DENIED, statement, user: 'a\u001b[1m' }], PLAIN);
    expect(text).toContain('…');
    expect(text).not.toContain('\u001b');
    expect(
      Math.max(
        ...text
          .split('\n')
          .slice(1)
          .map((line) => line.length),
      ),
    ).toBeLessThan(105);
  });
});

it('shows all that one record says', () => {
  const text = renderDetails({ ...PERMITTED, reason: 'a reason' }, PLAIN);
  for (const part of [
    '10.1.2.3:50000',
    'mysql',
    'thread 42',
    'DROP TABLE app.orders',
    'GTIDs 0-2-5',
  ]) {
    expect(text).toContain(part);
  }
  for (const part of [
    'db2 → db1 live',
    '12 ms old',
    'decided by none',
    'a reason',
    'a'.repeat(64),
  ]) {
    expect(text).toContain(part);
  }
});

it('shows how to get back what is dropped, where it is known', () => {
  const loggedAs = [
    { file: 'bin.000003', start: 370, end: 500 },
    { file: 'bin.000003', start: 500, end: 610 },
  ];
  const identity = { serverId: 1, version: '10.11.19-MariaDB' };
  const text = renderDetails({ ...PERMITTED, loggedAs, identity }, { ...PLAIN, width: 1_000 });
  expect(text).toContain('mariadb-binlog --stop-position=370 … bin.000003;');
  expect(text).toContain('mariadb-binlog --start-position=610 bin.000003 …');
  expect(renderDetails({ ...PERMITTED, loggedAs: [] }, PLAIN)).not.toContain('recover');
});

it('shows who signed, or what it waits for', () => {
  const waiting = { ...DENIED, approval: { request: 'Q1' } };
  expect(renderDetails(waiting, PLAIN)).toContain('waits for request Q1');
  const signed = { ...PERMITTED, approval: { request: 'Q1', by: ['ann', 'bob'] } };
  expect(renderDetails(signed, PLAIN)).toContain('Q1, by ann, bob');
});
