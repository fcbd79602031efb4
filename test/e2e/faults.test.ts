// A real ring of three under random faults. The seed decides what each actor does, is printed with
// every run and can be given: INTERLOCK_FAULTS_SEED. Without INTERLOCK_FAULTS_SECONDS it is a short run
// of so many acts from one seed; `npm run faults` takes as long as it says, from a new one.
import { env } from 'node:process';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ServerLine } from '../../src/lab/lines.js';
import { channels, replicate, sever, untilCaughtUp } from '../../src/lab/replication.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { WirePath } from '../support/wire-cut.js';
import { Actor, NOTHING_YET, RING, type Tally } from './fault-ring.js';
import { arrivals, furnish } from './fault-tables.js';

const LINE: ServerLine = env.INTERLOCK_FAULTS_LINE === 'mysql-9' ? 'mysql-9' : 'mariadb-10.11';
const SECONDS =
  env.INTERLOCK_FAULTS_SECONDS === undefined ? undefined : Number(env.INTERLOCK_FAULTS_SECONDS);
const FIXED_SEED = 5;
const NEW_SEED = Date.now() % 1_000_000;
const SEED = Number(env.INTERLOCK_FAULTS_SEED ?? (SECONDS === undefined ? FIXED_SEED : NEW_SEED));
const ACTORS = 4;
/** Of each actor, in the short run. */
const ACTS = 16;
/** The short run ends after its acts; on a machine that is too slow for them, at the latest now. */
const SHORT_RUN_MS = 90_000;
const TABLES = Math.ceil((SECONDS === undefined ? ACTORS * ACTS : 50 + SECONDS * 10) / 100) * 100;
const RULES = 'rules:\n  - { override: delete-needs-where, mode: enforce }\n';

// By statement, so that a DELETE in the log reads as one: residue does not judge deleted rows.
const OPTIONS = ['--binlog-format=STATEMENT'];

const stage = labWith({ line: LINE, servers: RING, gtid: false, options: OPTIONS });
let interlock: RunningInterlock | undefined;
const paths: WirePath[] = [];

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
  for (const { port } of servers) paths.push(await WirePath.open(port));
  interlock = await RunningInterlock.start({
    guarded: servers.map(({ name, host }, index) => ({
      name,
      host,
      port: paths[index]?.port ?? 0,
    })),
    more: ['links: { freshness: 0s, deadline: 1s }', 'rules: [default, ./mine.yaml]'],
    files: { 'mine.yaml': RULES },
  });
});
afterAll(async () => {
  await interlock?.stop();
  for (const path of paths) path.close();
});

it(
  'lets nothing that it permitted arrive elsewhere',
  async () => {
    const length = SECONDS === undefined ? `${ACTORS} × ${ACTS} acts` : `${SECONDS} s`;
    process.stdout.write(`faults on ${LINE}: seed ${SEED}, ${length}\n`);
    const [to1, to2, to3] = paths;
    if (interlock === undefined || !to1 || !to2 || !to3) throw new Error('it did not start');
    const [db1, db2, db3] = [stage.server('db1'), stage.server('db2'), stage.server('db3')];
    const tally: Tally = { ...NOTHING_YET };
    const next = { db1: 0, db2: 0, db3: 0 };
    const ring = {
      ...{ servers: { db1, db2, db3 }, paths: { db1: to1, db2: to2, db3: to3 } },
      ...{ interlock, tables: TABLES, restarting: new Set<string>() },
    };
    const course = {
      untilMs: performance.now() + (SECONDS === undefined ? SHORT_RUN_MS : SECONDS * 1_000),
      acts: SECONDS === undefined ? ACTS : Number.POSITIVE_INFINITY,
    };
    const seeds = Array.from({ length: ACTORS }, (_, index) => SEED + index * 1_000_003);
    const actors = seeds.map((seed) => new Actor(ring, seed, tally, next));
    await Promise.all(actors.map((actor) => actor.run(course)));
    for (const path of paths) path.mend();
    // One that could not be started again at once, on a busy machine, is started now.
    for (const server of [db1, db2, db3]) {
      await server.kill('SIGCONT').catch(() => server.restart());
    }
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
  (SECONDS ?? 0) * 1_000 + SHORT_RUN_MS + 180_000,
);
