// What judging on links as of now costs: a refused DROP with freshness 0s, the questions asked while
// idle, and restores of many small tables with everything severed (restores.ts).
import { stdout } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../src/lab/lab.js';
import { replicate, sever } from '../src/lab/replication.js';
import type { LabServer } from '../src/lab/server.js';
import { addAccounts, DBA, RunningInterlock } from '../test/support/interlock.js';
import { flags, listOf } from './options.js';
import { restores } from './restores.js';
import { median } from './statistics.js';

const IDLE_SECONDS = 20;
const FLAGS = {
  rounds: '7',
  tables: '2000',
  drops: '200',
  disks: 'durable,none',
  seconds: '150',
  line: 'mariadb-10.11',
};

export async function judging(): Promise<void> {
  const given = flags(FLAGS);
  const drops = Number(given.drops);
  if (drops > 0) await questions(drops);
  for (const disk of listOf(given.disks)) {
    await restores({
      line: given.line === 'mysql-9' ? 'mysql-9' : 'mariadb-10.11',
      tables: Number(given.tables),
      rounds: Number(given.rounds),
      seconds: Number(given.seconds),
      isDurable: disk === 'durable',
    });
  }
}

async function questions(drops: number): Promise<void> {
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
    await refusals(anew, db1, drops);
    await anew.stop();
    await sever(db1);
    const usual = await started(db1, db2, 'links: { freshness: 1s, deadline: 2s }');
    ends.unshift(() => usual.stop());
    await idle(db1);
    await usual.stop();
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

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
