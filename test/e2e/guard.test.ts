// The promise itself, on real servers through the real process: what destroys is refused while
// db1 ⇄ db2, db1 → replica1 is linked in any way or cannot be asked, and passes once severed.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createMonitorAccount } from '../../src/lab/accounts.js';
import {
  replicate,
  resetWithoutAll,
  startReplication,
  stopReplication,
} from '../../src/lab/replication.js';
import { RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { expectWithin, msOf } from '../support/timing.js';
import { destructiveForms, type Form, perform } from './destructive-forms.js';
import {
  expectNothingLost,
  expectRefusal,
  judgedLink,
  openShop,
  orders,
  PAIR,
  type Pair,
  putShopBack,
  severBothWays,
  unlogged,
} from './guard-scene.js';

const DEADLINE_MS = 1_000;
const GRACE_MS = 100;
/** A refusal crosses the machine so often as a plain statement and one write to its disk. */
const BUSY_TIMES = 3;
/** What "within seconds of severing" means here. */
const SEVERED_DEADLINE_MS = 5_000;
const DROP: Form = { sql: 'DROP TABLE orders', rule: 'no-drop-while-linked' };

describeOnEveryLine('the guard', (line) => {
  const stage = labWith({ line, ...PAIR });
  const forms = destructiveForms(line);
  let pair: Pair;
  let interlock: RunningInterlock;
  let client: Connection;

  beforeAll(async () => {
    const { server } = stage;
    pair = { db1: server('db1'), db2: server('db2'), replica1: server('replica1') };
    await openShop(pair);
    interlock = await RunningInterlock.start(planOf(pair));
    client = await interlock.connect('db2');
  });
  afterAll(() => interlock?.stop());

  const refuse = async (form: Form, by: Connection = client): Promise<string | undefined> => {
    const record = await expectRefusal(interlock, form, perform(by, form));
    return judgedLink(record);
  };
  const refuseAll = async (state: string, some: readonly Form[] = forms): Promise<void> => {
    for (const form of some) expect({ form, state: await refuse(form) }).toEqual({ form, state });
    expect(await alive(client)).toBe(true);
    await expectNothingLost(pair);
  };
  /**
   * The slowest of refusals that begin at many moments between two rounds of probes; less what a busy
   * machine added meanwhile to statements of the same way that need no probe.
   */
  const slowestMs = async (state: string): Promise<number> => {
    const clients = await Promise.all(
      Array.from({ length: 12 }, () => interlock.connect('db2', { database: 'shop' })),
    );
    const took = clients.map(async (by, index) => {
      await until(performance.now() + index * 175);
      const startedAt = performance.now();
      const answer = by.query(DROP.sql);
      const ended = answer.then(
        () => performance.now(),
        () => performance.now(),
      );
      expect(judgedLink(await expectRefusal(interlock, DROP, answer))).toBe(state);
      return (await ended) - startedAt;
    });
    const busy = slowestOfOthers(client, join(interlock.at.folder, 'busy'), Promise.all(took));
    const slowest = Math.max(...(await Promise.all(took)));
    return Math.max(0, slowest - BUSY_TIMES * (await busy));
  };

  it('refuses every form while the link is live', async () => {
    await refuseAll('live');
  });

  it('refuses DROP … IF EXISTS on an empty db2 of what only db1 has', async () => {
    await unlogged(pair.db2, 'DROP DATABASE shop');
    const texts = ['DROP TABLE IF EXISTS shop.orders', 'DROP DATABASE IF EXISTS shop'];
    for (const sql of texts) {
      await expectRefusal(interlock, { ...DROP, sql }, client.query(sql));
    }
    expect([await orders(pair.db1), await orders(pair.replica1)]).toEqual([3, 3]);
    await putShopBack(pair.db2);
  });

  it('refuses every form while the link is only stopped', async () => {
    await stopReplication(pair.db1);
    await refuseAll('armed');
    await startReplication(pair.db1);
  });

  it('refuses in time when the monitor may not see who reads', async () => {
    const monitor = { user: 'blind', password: 'blind' };
    for (const server of [pair.db1, pair.db2, pair.replica1]) {
      await createMonitorAccount(server, { ...monitor, without: ['PROCESS'] });
    }
    const blind = await RunningInterlock.start({ ...planOf(pair), monitor });
    const by = await blind.connect('db2', { database: 'shop' });
    await by.query('SELECT 1');
    const tookMs = await expectWithin(DEADLINE_MS + GRACE_MS, () =>
      msOf(async () => {
        const record = await expectRefusal(blind, DROP, by.query(DROP.sql));
        expect(judgedLink(record)).toBe('unknown');
        expect(record.message).toContain('PROCESS');
      }),
    );
    report(line, 'no PROCESS', tookMs);
    await blind.stop();
    await expectNothingLost(pair);
  });

  it('refuses in time while a peer is frozen', async () => {
    await pair.db1.kill('SIGSTOP');
    try {
      const tookMs = await expectWithin(DEADLINE_MS + GRACE_MS, () => slowestMs('unknown'));
      report(line, 'SIGSTOP', tookMs);
    } finally {
      await pair.db1.kill('SIGCONT');
    }
    await expectNothingLost(pair);
  });

  it('refuses every form, and in time, while a peer is dead', async () => {
    await pair.db1.kill('SIGKILL');
    const tookMs = await expectWithin(DEADLINE_MS + GRACE_MS, () => slowestMs('unknown'));
    report(line, 'SIGKILL', tookMs);
    for (const form of forms) expect(await refuse(form)).toBe('unknown');
    expect(await alive(client)).toBe(true);
    await pair.db1.restart();
    await expectNothingLost(pair);
  });

  it('refuses every form after RESET without ALL', async () => {
    await resetWithoutAll(pair.db1);
    await refuseAll('armed');
  });

  it('shows what it refused in its metrics, and is healthy and ready', async () => {
    const labels = { server: 'db2', rule: DROP.rule, mode: 'enforce' };
    const verdict = { ...labels, verdict: 'require-approval' };
    const counted = await interlock.metric('decisions_total', verdict);
    // What a session repeats is counted, and the count is written a while later.
    await expect.poll(() => recordedRefusals(interlock, DROP.rule)).toBe(counted);
    const effect = { server: 'db2', effect: 'truncate-table' };
    expect(await interlock.metric('statements_total', effect)).toBeGreaterThan(0);
    expect((await interlock.get('/healthz')).status).toBe(200);
    expect((await interlock.get('/readyz')).status).toBe(200);
  });

  it('lets every form pass once all links are severed, and writes down where', async () => {
    await severBothWays(pair);
    const startedAt = performance.now();
    await perform(client, DROP);
    const tookMs = performance.now() - startedAt;
    report(line, 'severed, then passed', tookMs);
    expect(tookMs).toBeLessThan(SEVERED_DEADLINE_MS);
    for (const form of forms) {
      await putShopBack(pair.db2);
      await perform(client, form);
      expect({ form, left: (await orders(pair.db2)) ?? 0 }).toEqual({ form, left: 0 });
    }
    await expectOutcomes(interlock, forms.length);
    expect([await orders(pair.db1), await orders(pair.replica1)]).toEqual([3, 3]);
  });

  it('refuses to execute, once linked again, what was prepared while severed', async () => {
    await putShopBack(pair.db2);
    const more = ['links: { freshness: 0s, deadline: 1s }'];
    const anew = await RunningInterlock.start({ ...planOf(pair), more });
    const by = await anew.connect('db2', { database: 'shop' });
    const statement = await by.prepare(DROP.sql);
    await replicate({ consumer: pair.db1, source: pair.db2, gtid: false });
    await expectRefusal(anew, DROP, statement.execute([]));
    await expectNothingLost(pair);
    expect(await alive(by)).toBe(true);
    await anew.stop();
  });

  it('only records in shadow mode', async () => {
    const shadow = await RunningInterlock.start({ ...planOf(pair), more: ['mode: shadow'] });
    const by = await shadow.connect('db2', { database: 'shop' });
    await by.query(DROP.sql);
    expect(await orders(pair.db2)).toBeUndefined();
    const [decision] = await shadow.records();
    expect(decision).toMatchObject({
      mode: 'shadow',
      verdict: 'permit',
      wouldBe: 'require-approval',
      rule: DROP.rule,
    });
    const labels = { server: 'db2', rule: DROP.rule, verdict: 'require-approval' };
    expect(await shadow.metric('decisions_total', { ...labels, mode: 'shadow' })).toBe(1);
    expect(await shadow.stop()).toBe(0);
  });
});

/** What the slowest plain statement and write to the disk took together until all of `done` is. */
async function slowestOfOthers(by: Connection, file: string, done: Promise<unknown>) {
  let isDone = false;
  const ended = done.finally(() => {
    isDone = true;
  });
  ended.catch(() => undefined);
  const handle = await open(file, 'a');
  let slowestMs = 0;
  while (!isDone) {
    const write = async (): Promise<void> => {
      await handle.write('x');
      await handle.datasync();
    };
    slowestMs = Math.max(slowestMs, await msOf(() => Promise.all([by.query('SELECT 1'), write()])));
    await until(performance.now() + 20);
  }
  await handle.close();
  return slowestMs;
}

function planOf({ db1, db2, replica1 }: Pair) {
  return { guarded: [db1, db2], watched: [replica1] };
}

async function alive(client: Connection): Promise<boolean> {
  const [rows] = await client.query('SELECT 1 AS alive');
  return JSON.stringify(rows) === '[{"alive":1}]';
}

/** Every permitted statement has its decision, its outcome, and the binlog before and after. */
async function expectOutcomes(interlock: RunningInterlock, atLeast: number): Promise<void> {
  const pairs = async () => {
    const records = await interlock.records();
    return records.flatMap((decision) => {
      if (decision.kind !== 'decision' || decision.verdict !== 'permit') return [];
      const outcome = records.find((each) => each.kind === 'outcome' && each.id === decision.id);
      return [{ decision, outcome }];
    });
  };
  await interlock.until('done with its outcomes', async () =>
    (await pairs()).every(({ outcome }) => outcome !== undefined),
  );
  const passed = await pairs();
  expect(passed.length).toBeGreaterThan(atLeast);
  for (const { decision, outcome } of passed) {
    expect(decision).toMatchObject({ binlogBefore: { file: expect.any(String) } });
    expect(outcome).toMatchObject({ outcome: 'ok', binlogAfter: { file: expect.any(String) } });
  }
}

function until(atMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, Math.max(0, atMs - performance.now()));
  });
}

function report(line: string, what: string, tookMs: number): void {
  process.stdout.write(`${line}: ${what}: ${Math.round(tookMs)} ms\n`);
}

/** Decisions by this rule, those among them that were only counted. */
async function recordedRefusals(interlock: RunningInterlock, rule: string): Promise<number> {
  const records = await interlock.records();
  const first = records.flatMap((each) =>
    each.kind === 'decision' && each.rule === rule ? [each.id] : [],
  );
  const repeats = records.flatMap((each) =>
    each.kind === 'repeat' && first.includes(each.id) ? [each.count] : [],
  );
  return repeats.reduce((sum, count) => sum + count, first.length);
}
