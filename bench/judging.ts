// What judging on links as of now costs: a refused DROP with freshness 0s, a restore of many small
// tables with everything severed against the same directly, and the questions asked while idle.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stdout } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../src/lab/lab.js';
import { replicate, sever } from '../src/lab/replication.js';
import type { LabServer } from '../src/lab/server.js';
import { addAccounts, DBA, RunningInterlock } from '../test/support/interlock.js';
import { flags } from './options.js';
import { estimate, median, shown } from './statistics.js';

const IDLE_SECONDS = 20;

export async function judging(): Promise<void> {
  const given = flags({ rounds: '9', tables: '2000', drops: '200' });
  const lab = await Lab.open();
  const ends: (() => unknown)[] = [() => lab.close()];
  try {
    const [db1, db2] = await Promise.all([
      lab.start({ line: 'mariadb-10.11', name: 'db1' }),
      lab.start({ line: 'mariadb-10.11', name: 'db2' }),
    ]);
    await addAccounts([db1, db2]);
    await db2.execute('CREATE DATABASE bench');
    await replicate({ consumer: db1, source: db2 });
    const anew = await started(db1, db2, 'links: { freshness: 0s, deadline: 2s }');
    ends.unshift(() => anew.stop());
    await refusals(anew, db1, Number(given.drops));
    await anew.stop();
    await sever(db1);
    const usual = await started(db1, db2, 'links: { freshness: 1s, deadline: 2s }');
    ends.unshift(() => usual.stop());
    await idle(db1);
    await restores(usual, db2, { rounds: Number(given.rounds), tables: Number(given.tables) });
  } finally {
    for (const end of ends) await end();
  }
}

function started(db1: LabServer, db2: LabServer, links: string): Promise<RunningInterlock> {
  return RunningInterlock.start({ guarded: [db2], watched: [db1], more: [links] });
}

async function refusals(interlock: RunningInterlock, peer: LabServer, count: number) {
  const client = await interlock.connect('db2', { database: 'bench' });
  const direct = await peer.connect(DBA);
  const [judged, asked]: [number[], number[]] = [[], []];
  for (let index = 0; index < count; index += 1) {
    asked.push(await millisecondsOf(() => direct.query('SHOW ALL SLAVES STATUS')));
    judged.push(await millisecondsOf(() => client.query('DROP TABLE t').catch(() => undefined)));
  }
  await direct.end();
  stdout.write(`one question to the peer: ${median(asked).toFixed(2)} ms\n`);
  stdout.write(`a DROP refused, links as of now: ${median(judged).toFixed(2)} ms\n`);
}

async function idle(server: LabServer): Promise<void> {
  const questions = async (): Promise<number> => {
    const [row] = await server.query("SHOW GLOBAL STATUS LIKE 'Queries'");
    return Number(row?.Value);
  };
  const before = await questions();
  await sleep(IDLE_SECONDS * 1_000);
  const perSecond = ((await questions()) - before - 1) / IDLE_SECONDS;
  stdout.write(`idle: ${perSecond.toFixed(1)} short queries a second and server\n`);
}

async function restores(
  interlock: RunningInterlock,
  server: LabServer,
  { rounds, tables }: { readonly rounds: number; readonly tables: number },
): Promise<void> {
  const dump = Array.from({ length: tables }, (_, index) =>
    [
      `DROP TABLE IF EXISTS t${index};`,
      `CREATE TABLE t${index} (id INT PRIMARY KEY, v VARCHAR(40)) ENGINE=InnoDB;`,
      `INSERT INTO t${index} VALUES (1,'one'),(2,'two'),(3,'three');`,
    ].join('\n'),
  ).join('\n');
  const ratios: number[] = [];
  await restore(server, server.port, dump);
  for (let round = 0; round < rounds; round += 1) {
    const ports = [server.port, interlock.port('db2')];
    if (round % 2 === 1) ports.reverse();
    const took = new Map<number, number>();
    for (const port of ports) {
      took.set(port, await millisecondsOf(() => restore(server, port, dump)));
    }
    const direct = took.get(server.port) ?? Number.NaN;
    const through = took.get(interlock.port('db2')) ?? Number.NaN;
    ratios.push(through / direct);
    stdout.write(
      `restore of ${tables} tables: ${Math.round(direct)} → ${Math.round(through)} ms\n`,
    );
  }
  stdout.write(`restore, severed, vs direct: ${shown(estimate(ratios))}\n`);
}

async function restore(server: LabServer, port: number, dump: string): Promise<void> {
  const { client } = server.clientTools;
  const login = ['--no-defaults', '-h127.0.0.1', `-P${port}`, `-u${DBA.user}`];
  const args = [...client.args, ...login, `-p${DBA.password}`, 'bench'];
  const child = spawn(client.command, args, {
    env: client.env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(dump);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the client ended with ${code}`);
}

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
