// A scripted day on real servers, and what is left of it: every alert that should have fired has, no
// other has; the audit chain holds; and what its record says of the drop brings everything back.
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JoinedRecord } from '../../src/audit/joined.js';
import type { ServerLine } from '../../src/lab/lines.js';
import { interlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { type Loss, recoverByGtid, recoverByPosition } from '../support/recovering.js';
import { expectAlerts } from '../support/scrapes.js';
import { firedOn } from './day-alerts.js';
import { CRASHED, LEFT, type LivedDay, liveThrough } from './day-script.js';

interface Case {
  readonly line: ServerLine;
  readonly gtid: boolean;
}

/** INTERLOCK_DAY=all lives through it without GTIDs too; recovery.test.ts always does that part. */
const MORE: readonly Case[] = [
  { line: 'mysql-9', gtid: false },
  { line: 'mysql-5.6', gtid: false },
];
const CASES: readonly Case[] = [
  { line: 'mariadb-10.11', gtid: true },
  { line: 'mysql-9', gtid: true },
  ...(env.INTERLOCK_DAY === 'all' ? MORE : []),
];
const DAY_DEADLINE_MS = 900_000;

describe.each(CASES)('a day on $line, GTIDs $gtid', ({ line, gtid }) => {
  const stage = labWith({
    ...{ line, gtid, servers: ['db1', 'db2', 'replica1', 'spare'] },
    options: line === 'mysql-9' && !gtid ? ['--gtid-mode=OFF'] : [],
    links: [
      ['db1', 'db2'],
      ['db2', 'db1'],
      ['replica1', 'db1'],
    ],
  });
  let lived: LivedDay;

  beforeAll(async () => {
    const [db1, db2] = [stage.server('db1'), stage.server('db2')];
    lived = await liveThrough({ db1, db2, replica1: stage.server('replica1') });
  }, DAY_DEADLINE_MS);
  afterAll(() => lived?.running.stop());

  it('fires every alert that should have fired, at its time, and no other', async () => {
    await expectAlerts(stage.lab().folder, {
      scrapes: lived.day.scrapes,
      fired: firedOn({ gtid }),
    });
  });

  it('leaves a chain that holds every head it exported', async () => {
    const heads = [...lived.day.heads].flatMap((head) => ['--head', head]);
    expect(lived.day.heads.size).toBeGreaterThan(5);
    const { configFile } = lived.running.at;
    const verified = await interlock([
      'audit',
      'verify',
      '--whole',
      '--config',
      configFile,
      ...heads,
    ]);
    expect(verified, verified.stdout).toMatchObject({ code: 0 });
  });

  it('says of every permitted statement what became of it, as far as anybody knows', async () => {
    const { configFile } = lived.running.at;
    const shown = await interlock(['audit', 'show', '--json', '--config', configFile]);
    const records: readonly JoinedRecord[] = JSON.parse(shown.stdout);
    const permitted = records.filter(({ verdict }) => verdict === 'permit');
    expect(permitted.length).toBeGreaterThan(5);
    expect(permitted.filter(({ outcome }) => outcome === undefined)).toEqual([]);
    const ended = (text: string) => records.find(({ statement }) => statement === text);
    expect(ended(CRASHED)).toMatchObject({ inTransaction: true, transaction: 'unknown' });
    expect(ended(LEFT)).toMatchObject({ inTransaction: true, transaction: 'left-open' });
  });

  const loss = (): Loss => {
    const { begin, before, dropped } = lived;
    const [original, spare] = [stage.server('db2'), stage.server('spare')];
    return { original, spare, begin, before, table: 'orders', dropped };
  };

  it('brings back by position the state before the drop, and then all but it', () =>
    recoverByPosition(loss()));

  if (!gtid) return;
  it('brings it back by GTID', () => recoverByGtid(loss()));
});
