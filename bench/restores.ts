// What a restore costs with everything severed: a real dump of many small tables, piped in by the
// real client, directly, through the bare relay and through Interlock in turns. On servers that wait
// for their disk at each commit, as those in production do, and on such as wait for none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stdout } from 'node:process';
import { Lab } from '../src/lab/lab.js';
import type { ServerLine } from '../src/lab/lines.js';
import type { LabServer } from '../src/lab/server.js';
import { addAccounts, DBA, RunningInterlock } from '../test/support/interlock.js';
import { type Path, rotated, startRelay } from './scene.js';
import { estimate, median, shown } from './statistics.js';

export interface RestoresPlan {
  readonly line: ServerLine;
  readonly tables: number;
  readonly rounds: number;
  /** Whether the servers wait for their disk at each commit. */
  readonly isDurable: boolean;
  /** Rounds that would begin later than this are left out, and said to be. */
  readonly seconds: number;
}

const SCHEMA = 'bench';
/** What servers do that nobody has told otherwise. */
const DURABLE = ['--innodb-flush-log-at-trx-commit=1', '--sync-binlog=1'];

export async function restores(plan: RestoresPlan): Promise<void> {
  const lab = await Lab.open();
  const ends: (() => unknown)[] = [() => lab.close()];
  const options = plan.isDurable ? DURABLE : [];
  try {
    const [db1, db2] = await Promise.all(
      ['db1', 'db2'].map((name) => lab.start({ line: plan.line, name, options })),
    );
    if (db1 === undefined || db2 === undefined) throw new Error('the servers did not start');
    await addAccounts([db1, db2]);
    await fill(db2, plan.tables);
    const dump = await dumpOf(db2);
    const relay = await startRelay(db2);
    ends.unshift(() => relay.child.kill());
    const running = await RunningInterlock.start({ guarded: [db2], watched: [db1] });
    ends.unshift(() => running.stop());
    const interlock = { name: 'interlock', port: running.port('db2'), pid: running.pid };
    const paths = [{ name: 'direct', port: db2.port }, relay.path, interlock];
    tell(plan, dump, await measured(plan, paths, (port) => restore(db2, port, dump)));
  } finally {
    for (const end of ends) await end();
  }
}

type Took = ReadonlyMap<string, number>;

async function measured(
  { rounds, seconds }: RestoresPlan,
  paths: readonly Path[],
  restoreBy: (port: number) => Promise<void>,
): Promise<readonly Took[]> {
  const startedMs = performance.now();
  const all: Took[] = [];
  for (const { port } of paths) await restoreBy(port);
  for (let round = 0; round < rounds; round += 1) {
    if (performance.now() - startedMs > seconds * 1_000) break;
    const took = new Map<string, number>();
    for (const { name, port } of rotated(paths, round)) {
      took.set(name, await millisecondsOf(() => restoreBy(port)));
    }
    stdout.write(`${[...took].map(([name, ms]) => `${name} ${Math.round(ms)} ms`).join(', ')}\n`);
    all.push(took);
  }
  return all;
}

function tell(plan: RestoresPlan, dump: Buffer, all: readonly Took[]): void {
  const { line, tables, isDurable } = plan;
  const ofDirect = (name: string) =>
    estimate(all.map((took) => (took.get(name) ?? Number.NaN) / (took.get('direct') ?? 0)));
  const moreMs = median(
    all.map((took) => (took.get('interlock') ?? Number.NaN) - (took.get('direct') ?? 0)),
  );
  const disk = isDurable ? 'waits for its disk at each commit' : 'waits for no disk';
  stdout.write(
    `restore of ${tables} tables (${dump.length} bytes), severed, ${line}, which ${disk}, ` +
      `${all.length} rounds, vs direct: ${shown(ofDirect('interlock'))}, ` +
      `the relay ${shown(ofDirect('relay'))}; ${(moreMs / tables).toFixed(2)} ms more a table\n`,
  );
}

/** Tables as small as those of a forum or a shop that hold a few settings each. */
async function fill(server: LabServer, tables: number): Promise<void> {
  await server.execute(`CREATE DATABASE ${SCHEMA}`);
  const text = Array.from({ length: tables }, (_, index) =>
    [
      `CREATE TABLE setting_${index} (id INT PRIMARY KEY, name VARCHAR(40), value TEXT) ENGINE=InnoDB;`,
      `INSERT INTO setting_${index} VALUES (1,'one','a'),(2,'two','b'),(3,'three','c');`,
    ].join('\n'),
  ).join('\n');
  await restore(server, server.port, Buffer.from(text));
}

async function dumpOf(server: LabServer): Promise<Buffer> {
  const { dump } = server.clientTools;
  const child = spawn(dump.command, [...dump.args, ...login(server.port), SCHEMA], {
    env: dump.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function restore(server: LabServer, port: number, dump: Buffer): Promise<void> {
  const { client } = server.clientTools;
  const child = spawn(client.command, [...client.args, ...login(port), SCHEMA], {
    env: client.env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(dump);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the client ended with ${code}`);
}

function login(port: number): readonly string[] {
  return ['--no-defaults', '-h127.0.0.1', `-P${port}`, `-u${DBA.user}`, `-p${DBA.password}`];
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
