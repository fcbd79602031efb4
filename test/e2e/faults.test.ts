// A real ring of three under random faults. A seed is printed with every run and can be given again:
// INTERLOCK_FAULTS_SEED. Run by hand, for as long as INTERLOCK_FAULTS_SECONDS says: `npm run faults`.
import { env } from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerLine } from '../../src/lab/lines.js';
import { channels, replicate, sever, untilCaughtUp } from '../../src/lab/replication.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { Actor, arrivals, furnish, RING, seeded, type Tally } from './fault-ring.js';

const LINE: ServerLine = env.INTERLOCK_FAULTS_LINE === 'mysql-9' ? 'mysql-9' : 'mariadb-10.11';
const SECONDS = Number(env.INTERLOCK_FAULTS_SECONDS ?? 10);
const SEED = Number(env.INTERLOCK_FAULTS_SEED ?? Date.now() % 1_000_000);
const ACTORS = 4;
const TABLES = Math.ceil((50 + SECONDS * 10) / 100) * 100;
const RULES = 'rules:\n  - { override: delete-needs-where, mode: enforce }\n';

// By statement, so that a DELETE in the log reads as one: residue does not judge deleted rows.
const OPTIONS = ['--binlog-format=STATEMENT'];

const stage = labWith({ line: LINE, servers: RING, gtid: false, options: OPTIONS });
let interlock: RunningInterlock | undefined;

beforeAll(async () => {
  const servers = RING.map((name) => stage.server(name));
  await addAccounts(servers);
  for (const server of servers) await furnish(server, TABLES);
  // The accounts that replicate are there afterwards, and nothing else of the links.
  for (const [index, consumer] of servers.entries()) {
    const source = servers[(index + 2) % 3];
    if (source === undefined) continue;
    await replicate({ consumer, source, gtid: false });
    await sever(consumer);
  }
  interlock = await RunningInterlock.start({
    guarded: servers,
    more: ['links: { freshness: 0s, deadline: 1s }', 'rules: [default, ./mine.yaml]'],
    files: { 'mine.yaml': RULES },
  });
});
afterAll(() => interlock?.stop());

it(
  'lets nothing that it permitted arrive elsewhere',
  async () => {
    process.stdout.write(`faults on ${LINE}: seed ${SEED}, ${SECONDS} s\n`);
    if (interlock === undefined) throw new Error('it did not start');
    const random = seeded(SEED);
    const [db1, db2, db3] = [stage.server('db1'), stage.server('db2'), stage.server('db3')];
    const tally: Tally = {
      ...{ destroyed: 0, refused: 0, lost: 0 },
      ...{ linked: 0, notLinked: 0, faults: 0 },
    };
    const next = { db1: 0, db2: 0, db3: 0 };
    const ring = { servers: { db1, db2, db3 }, interlock, random, tables: TABLES };
    const untilMs = performance.now() + SECONDS * 1_000;
    const actors = Array.from({ length: ACTORS }, () => new Actor(ring, tally, next));
    await Promise.all(actors.map((actor) => actor.run(untilMs)));
    for (const server of [db1, db2, db3]) await server.kill('SIGCONT');
    process.stdout.write(`${JSON.stringify(tally)}\n`);
    for (const [index, consumer] of [db1, db2, db3].entries()) {
      const source = [db1, db2, db3][(index + 2) % 3];
      const isLinked = (await channels(consumer)).length > 0;
      // A stopped one, or one whose source's log went on without it, catches up with nothing.
      if (source === undefined || !isLinked) continue;
      await untilCaughtUp({ consumer, source }, 3_000).catch(() => undefined);
    }
    for (const server of [db1, db2, db3]) expect(await arrivals(server, next)).toEqual([]);
    expect(tally.destroyed + tally.refused + tally.lost).toBeGreaterThan(0);
  },
  SECONDS * 1_000 + 180_000,
);
