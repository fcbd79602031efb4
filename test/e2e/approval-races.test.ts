// Two Interlocks, one approval in the control database they share, and two hundred sessions that all
// want it at once: one statement runs. By hand for longer: npm run races.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addControlAccount } from '../support/control.js';
import type { RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { ApprovalScene, STATEMENT } from './approval-scene.js';

const ROUNDS = Number(env.INTERLOCK_RACES ?? 2);
const SESSIONS = 200;
const CONNECTING_AT_ONCE = 20;

describe('a race for one approval', () => {
  const stage = labWith({
    line: 'mariadb-10.11',
    servers: ['db1', 'c1'],
    gtid: false,
    options: ['--max-connections=500'],
  });
  let folder: string;
  let scene: ApprovalScene;
  let proxies: readonly RunningInterlock[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'interlock-races-'));
    const c1 = stage.server('c1');
    await addControlAccount(c1);
    await c1.execute('CREATE DATABASE control1');
    scene = await ApprovalScene.open(stage.server('db1'), folder);
    const store = scene.control([c1], 'control1');
    proxies = [await scene.start(store), await scene.start(store)];
  });
  afterAll(async () => {
    await scene?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it(
    `of ${SESSIONS} sessions through two Interlocks is won by one, ${ROUNDS} times`,
    async () => {
      const [one, other] = proxies;
      if (one === undefined || other === undefined) throw new Error('two were to be started');
      const sessions = await connectAll(proxies);
      const ids = new Set<string>();
      for (let round = 1; round <= ROUNDS; round += 1) {
        const asker = sessions[round % sessions.length];
        if (asker === undefined) throw new Error('no session');
        // Asked for through one of them, signed for through the other.
        const { id } = await scene.approved(asker, round % 2 === 0 ? one : other);
        ids.add(id);
        const ends = await Promise.allSettled(sessions.map((each) => each.query(STATEMENT)));
        const won = ends.filter(({ status }) => status === 'fulfilled');
        expect(won, `round ${round}`).toHaveLength(1);
        expect(await scene.ran(), `round ${round}`).toBe(round);
        const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
        expect(reasons.filter(({ errno }) => errno !== 1644)).toEqual([]);
      }
      expect(ids.size).toBe(ROUNDS);
    },
    120_000 + ROUNDS * 30_000,
  );

  it('is off without the control database, and nothing else waits for that', async () => {
    const [one, other] = proxies;
    if (one === undefined || other === undefined) throw new Error('two were to be started');
    const client = await one.connect('db1');
    const before = await scene.ran();
    await scene.approved(client, other);
    await stage.server('c1').shutDown();
    await expect(client.query(STATEMENT)).rejects.toMatchObject({
      errno: 1644,
      message: expect.stringMatching(
        /Nothing can be approved: the control database control1 cannot be used; mend it, or sever the links: 127\.0\.0\.1:\d+: connect ECONNREFUSED/,
      ),
    });
    await client.query('CREATE TABLE shop.other (id INT PRIMARY KEY)');
    await client.query('SELECT 1');
    expect((await one.readyz()).status).toBe(200);
    expect(await scene.ran()).toBe(before);
    await stage.server('c1').restart();
    await client.query(STATEMENT);
    expect(await scene.ran()).toBe(before + 1);
  });
});

/** Half of them through each, a few at a time. */
async function connectAll(proxies: readonly RunningInterlock[]): Promise<readonly Connection[]> {
  const sessions: Connection[] = [];
  while (sessions.length < SESSIONS) {
    const next = Array.from({ length: CONNECTING_AT_ONCE }, async (_, n) => {
      const proxy = proxies[n % proxies.length];
      if (proxy === undefined) throw new Error('no Interlock');
      return await proxy.connect('db1');
    });
    sessions.push(...(await Promise.all(next)));
  }
  return sessions;
}
