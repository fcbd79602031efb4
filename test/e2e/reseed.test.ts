// `interlock reseed-check`, followed to the letter by a script on real servers: nothing is typed but
// what it says, in its order, through Interlock. In the end all servers are equal and linked.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { ServerLine } from '../../src/lab/lines.js';
import { run } from '../../src/lab/program.js';
import { untilCaughtUp } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { isReady, type ReseedPlan } from '../../src/residue/reseed.js';
import { PASSWORD_PLACEHOLDER, USER_PLACEHOLDER } from '../../src/residue/reseed-words.js';
import { addAccounts, interlock, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { rowsIn } from './residue-scene.js';

const STEPS_MAX = 12;

interface Way {
  readonly line: ServerLine;
  readonly gtid: boolean;
  /** The restore ends up in the binary log, as mariadb-dump's own way does. */
  readonly logged: boolean;
  /** db3 follows db2. */
  readonly below?: boolean;
}

const WAYS: readonly Way[] = [
  { line: 'mariadb-10.11', gtid: true, logged: false, below: true },
  { line: 'mariadb-10.11', gtid: true, logged: true },
  { line: 'mysql-9', gtid: true, logged: false, below: true },
  { line: 'mysql-9', gtid: false, logged: true },
  { line: 'mysql-5.6', gtid: true, logged: false },
  { line: 'mysql-5.6', gtid: false, logged: false, below: true },
  { line: 'mysql-5.6', gtid: false, logged: true },
];

describe.each(WAYS)('a reseed of $line (GTID $gtid, logged $logged)', (way) => {
  const { line, gtid, logged, below = false } = way;
  const both = [
    ['db1', 'db2'],
    ['db2', 'db1'],
  ] as const;
  const servers = below ? ['db1', 'db2', 'db3'] : ['db1', 'db2'];
  const links = below ? [...both, ['db3', 'db2'] as const] : both;
  const stage = labWith({ line, servers, links, gtid });
  let running: RunningInterlock;
  afterAll(() => running?.stop());

  /** Types each open step until nothing is left; answers how many it took. */
  async function follow(server: string, args: readonly string[]): Promise<number> {
    for (let typed = 0; typed < STEPS_MAX; typed += 1) {
      const config = ['--config', running.at.configFile];
      const { stdout, code, stderr } = await interlock([
        ...['reseed-check', '--server', server, '--json'],
        ...args,
        ...config,
      ]);
      expect(stderr).toBe('');
      const plan: ReseedPlan = JSON.parse(stdout);
      expect(code).toBe(isReady(plan) ? 0 : 1);
      if (isReady(plan)) return typed;
      expect(plan.obstacles).toEqual([]);
      const step = plan.steps.find(({ done }) => !done);
      if (step === undefined) throw new Error(`nothing to type: ${stdout}`);
      const session = await running.connect(step.server);
      for (const statement of step.statements) await session.query(filled(statement));
      await session.end();
      await settled(server);
    }
    throw new Error('it never says that all is done');
  }

  /** What a person waits for: the server has what its source has, threads are where they will be. */
  async function settled(name: string): Promise<void> {
    await sleep(400);
    const consumer = stage.server(name);
    const rows = await consumer.query(SHOWS[line]);
    if (rows.length === 0) return;
    await untilCaughtUp({ consumer, source: stage.server(name === 'db3' ? 'db2' : 'db1') });
  }

  /** What people are told of db3 before and after; then the same for db3, from db2. */
  async function reseedBelow(): Promise<void> {
    const [db2, db3] = [stage.server('db2'), stage.server('db3')];
    const config = ['--config', running.at.configFile];
    const asked = ['reseed-check', '--server', 'db2', '--from', 'db1', '--after', ...config];
    const { stdout } = await interlock(asked);
    const said = 'interlock reseed-check --server db3 --from db2 --one-way';
    expect(stdout).toContain(`db3 follows nobody. If it followed db2, it keeps its old data.`);
    expect(stdout).toContain(said);
    const args = said.split(' ').slice(4);
    await follow('db3', args);
    const dumpFile = await dumped(db2, stage.lab().folder, gtid);
    await restored(db3, dumpFile, false);
    await follow('db3', [...args, '--after', '--dump', dumpFile]);
    expect((await db2.query(SHOWS[line])).length).toBe(1);
  }

  it('ends with all servers equal and linked, and nothing lost', async () => {
    const db1 = stage.server('db1');
    const db2 = stage.server('db2');
    const all = servers.map((name) => stage.server(name));
    await addAccounts(all);
    await db1.execute('CREATE DATABASE app', 'CREATE TABLE app.t (id INT PRIMARY KEY)');
    await db1.execute('INSERT INTO app.t VALUES (1), (2), (3)');
    await untilCaughtUp({ consumer: db2, source: db1 });
    // What makes the reseed necessary: db2 has lost rows that nobody else has lost.
    await db2.execute('SET sql_log_bin=0', 'DELETE FROM app.t WHERE id < 3', 'SET sql_log_bin=1');
    // A busy machine makes nobody silent.
    const more = ['links: { freshness: 1s, deadline: 20s }'];
    running = await RunningInterlock.start({ guarded: all, more });

    const from = below ? ['--from', 'db1'] : [];
    const before = await follow('db2', from);
    expect(before).toBeGreaterThanOrEqual(all.length);
    const dumpFile = await dumped(db1, stage.lab().folder, gtid);
    // db1 goes on working meanwhile.
    await db1.execute('INSERT INTO app.t VALUES (4)');
    await restored(db2, dumpFile, logged);
    await follow('db2', [...from, '--after', '--dump', dumpFile]);
    if (below) await reseedBelow();

    await db2.execute('INSERT INTO app.t VALUES (5)');
    await untilCaughtUp({ consumer: db1, source: db2 });
    await db1.execute('INSERT INTO app.t VALUES (6)');
    await untilCaughtUp({ consumer: db2, source: db1 });
    if (below) await untilCaughtUp({ consumer: stage.server('db3'), source: db2 });
    for (const server of all) expect(await rowsIn(server, 'app.t'), server.name).toBe(6);
  });
});

const SHOWS = {
  'mariadb-10.11': 'SHOW SLAVE STATUS',
  'mysql-9': 'SHOW REPLICA STATUS',
  'mysql-5.6': 'SHOW SLAVE STATUS',
} as const satisfies Record<ServerLine, string>;

function filled(statement: string): string {
  return statement
    .replace(USER_PLACEHOLDER, 'lab_replication')
    .replace(PASSWORD_PLACEHOLDER, 'lab-replication');
}

async function dumped(server: LabServer, folder: string, gtid: boolean): Promise<string> {
  const isMariadb = server.line === 'mariadb-10.11';
  const coordinates = isMariadb ? ['--master-data=2', '--gtid'] : ['--source-data=2'];
  const old = server.line === 'mysql-5.6' ? ['--column-statistics=0'] : [];
  const args = [
    ...['--no-defaults', '-h127.0.0.1', `-P${server.port}`, '-uroot', '--single-transaction'],
    ...coordinates,
    ...old,
    ...(isMariadb || gtid ? [] : ['--set-gtid-purged=OFF']),
    ...['--databases', 'app'],
  ];
  const { stdout } = await run(server.clientTools.dump, args);
  const file = join(folder, 'app.sql');
  await writeFile(file, stdout);
  return file;
}

/** By the real client, in a session that logs only where the reseed is to be a careless one. */
async function restored(server: LabServer, file: string, logged: boolean): Promise<void> {
  const first = logged ? '' : 'SET SESSION sql_log_bin=0;\n';
  const args = ['--no-defaults', '-h127.0.0.1', `-P${server.port}`, '-uroot'];
  const input = first + (await readFile(file, 'utf8'));
  await run(server.clientTools.client, args, { input });
}
