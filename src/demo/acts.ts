// The four acts, in order. Each does what people did, through the real client, and checks on the
// servers themselves every claim it makes.
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InterlockError } from '../errors.js';
import { replicate, stopReplication, untilCaughtUp } from '../lab/replication.js';
import type { LabServer } from '../lab/server.js';
import type { Claims } from './claims.js';
import { startReseed } from './reseed.js';
import type { Script } from './script.js';
import {
  checksumOf,
  clientArgs,
  everyoneHasWhat,
  putBack,
  rowsOf,
  type Stage,
  sellMore,
  severBothWays,
} from './stage.js';

/** A backup host's line, so slow that a person could watch: the drops need only its first bytes. */
const SLOW_LINE_BYTES_PER_SECOND = 16 * 1024;
const DAMAGE_DEADLINE_MS = 10_000;
const SERVERS = ['db1', 'db2', 'replica1'] as const;
/** Those that nobody means to touch. */
const BYSTANDERS = ['db1', 'replica1'] as const;

interface Play {
  readonly stage: Stage;
  readonly script: Script;
  readonly claims: Claims;
}

type Count = Record<(typeof SERVERS)[number], number>;

/** Act 1: no Interlock. The link is forgotten; the drops run everywhere. */
export async function actWithout(play: Play): Promise<void> {
  const { stage, script, claims } = play;
  script.act('Act 1', 'without Interlock');
  script.say(
    'db2 has to be reseeded from last night’s dump. A restore begins by dropping every table. ' +
      'Nobody remembers that db1 still replicates from db2.',
  );
  const before = await countRows(stage);
  const startedMs = performance.now();
  script.command(reseedCommand(stage, stage.db2.port));
  const reseed = startReseed({
    client: stage.db2.clientTools.client,
    args: clientArgs(stage.db2.port),
    dumpFile: stage.dumpFile,
    bytesPerSecond: SLOW_LINE_BYTES_PER_SECOND,
  });
  const lostAfterMs = await untilLost(stage, startedMs);
  reseed.interrupt();
  await reseed.ended;
  script.say('The pager goes off. Ctrl-C, too late:');
  const after = await countRows(stage);
  script.table(
    ['server', 'rows before', 'rows after', 'gone within'],
    SERVERS.map((name) => [
      name,
      String(before[name]),
      String(after[name]),
      name === 'db2' ? 'reseeded' : `${Math.round(lostAfterMs[name])} ms`,
    ]),
  );
  for (const name of BYSTANDERS) {
    claims.check(
      1,
      before[name] > 0 && after[name] === 0,
      `${name}, which nobody touched, lost all ${before[name]} rows`,
    );
  }
  script.progress('putting everything back for the next act');
  await putBack(stage);
  await sellMore(stage.db1, 250);
  await everyoneHasWhat(stage);
}

/** When each bystander had no row left, in milliseconds since the reseed began. */
async function untilLost(
  stage: Stage,
  startedMs: number,
): Promise<Record<(typeof BYSTANDERS)[number], number>> {
  // db2 is not asked: the dump holds its tables locked, and counting would wait for it.
  const lost = async (name: (typeof BYSTANDERS)[number]): Promise<number> => {
    while ((await rowsOf(stage[name])) > 0) {
      if (performance.now() - startedMs > DAMAGE_DEADLINE_MS) {
        throw new InterlockError('LAB_FAILED', `${name} lost nothing without Interlock`);
      }
      await sleep(2);
    }
    return performance.now() - startedMs;
  };
  const [db1, replica1] = await Promise.all([lost('db1'), lost('replica1')]);
  return { db1, replica1 };
}

/** Act 2: the same command through Interlock. */
export async function actWith(play: Play): Promise<void> {
  const { script, claims } = play;
  script.act('Act 2', 'the same command, through Interlock');
  const { said } = await refusedReseed(play, 2);
  claims.check(2, /ERROR 1644 \(45000\)/.test(said), 'the client was told why, as error 1644');
  claims.check(
    2,
    /db1 \(live/.test(said),
    'the message names db1, whose link is live, and what makes it safe',
  );
  script.say('The connection itself is fine; everything that destroys nothing goes on as always.');
}

/** Act 3: the link is stopped, which is not severed. */
export async function actStopped(play: Play): Promise<void> {
  const { stage, script, claims } = play;
  script.act('Act 3', 'the link is only stopped');
  script.say('“Then I stop replication on db1 first.”');
  script.command('mariadb -h db1 -e "STOP SLAVE"');
  await stopReplication(stage.db1);
  const { said } = await refusedReseed(play, 3);
  claims.check(3, /db1 \(armed/.test(said), 'the message says that the link is armed');
  script.say(
    'STOP only postpones: db1 keeps its place in db2’s binary log, and START SLAVE, or a mere ' +
      'restart of db1, would run every DROP it has missed.',
  );
}

/** Act 4: severed properly, restored unlogged, linked again. */
export async function actSevered(play: Play): Promise<void> {
  const { stage, script, claims } = play;
  const { db1, db2, replica1 } = stage;
  script.act('Act 4', 'severed properly');
  for (const name of ['db1', 'db2']) {
    script.command(`mariadb -h ${name} -e "STOP SLAVE; RESET SLAVE ALL"`);
  }
  await severBothWays(stage);
  const untouched = { db1: await checksumOf(db1), replica1: await checksumOf(replica1) };
  const unlogged = '--init-command="SET SESSION sql_log_bin=0"';
  script.command(reseedCommand(stage, stage.ports.db2, unlogged));
  const startedMs = performance.now();
  const { exitCode, said } = await startReseed({
    client: db2.clientTools.client,
    args: [...clientArgs(stage.ports.db2), '--init-command=SET SESSION sql_log_bin=0'],
    dumpFile: stage.dumpFile,
  }).ended;
  if (said !== '') script.quote(said);
  const tookMs = Math.round(performance.now() - startedMs);
  claims.check(4, exitCode === 0, `the reseed ran through, unlogged, in ${tookMs} ms`);
  await sellMore(db1, 120);
  script.say('Meanwhile db1 sold on. Now the servers are linked again, db2 first:');
  await linkAgain(stage, script);
  const sums = await Promise.all(SERVERS.map((name) => checksumOf(stage[name])));
  const rows = await countRows(stage);
  script.table(
    ['server', 'rows', 'checksum'],
    SERVERS.map((name, index) => [name, String(rows[name]), sums[index] ?? '']),
  );
  claims.check(4, new Set(sums).size === 1, 'all three servers hold the same rows');
  claims.check(
    4,
    sums[0] !== untouched.db1 && untouched.db1 === untouched.replica1 && rows.db1 > 0,
    'nobody lost a row, and the orders placed meanwhile are on all three',
  );
}

/** db2 from where the dump stands, until it has everything; only then db1 from db2. */
async function linkAgain(stage: Stage, script: Script): Promise<void> {
  const { db1, db2, replica1, dumpGtid } = stage;
  script.command(
    `mariadb -h db2 -e "SET GLOBAL gtid_slave_pos='${dumpGtid}'; CHANGE MASTER TO MASTER_HOST='db1', … ; START SLAVE"`,
  );
  await db2.query('SET GLOBAL gtid_slave_pos = ?', [dumpGtid]);
  await replicate({ consumer: db2, source: db1 });
  // Until then db2's binary log ends before the place db1 would ask for (error 1236).
  await untilCaughtUp({ consumer: db2, source: db1 });
  script.say('db2 has caught up, so db1 may follow it again:');
  script.command(`mariadb -h db1 -e "CHANGE MASTER TO MASTER_HOST='db2', … ; START SLAVE"`);
  await replicate({ consumer: db1, source: db2 });
  await everyoneHasWhat({ db1, db2, replica1 });
}

/** Tries the reseed through Interlock, and checks that it was refused and nothing changed. */
async function refusedReseed(play: Play, act: number): Promise<{ readonly said: string }> {
  const { stage, script, claims } = play;
  const before = await Promise.all(SERVERS.map((name) => checksumOf(stage[name])));
  script.command(reseedCommand(stage, stage.ports.db2));
  const { exitCode, said } = await startReseed({
    client: stage.db2.clientTools.client,
    args: clientArgs(stage.ports.db2),
    dumpFile: stage.dumpFile,
  }).ended;
  script.quote(said);
  claims.check(act, exitCode !== 0 && exitCode !== undefined, 'the reseed was refused');
  const after = await Promise.all(SERVERS.map((name) => checksumOf(stage[name])));
  const rows = await countRows(stage);
  claims.check(
    act,
    before.join() === after.join() && SERVERS.every((name) => rows[name] > 0),
    `nothing was lost: db1 ${rows.db1} rows, db2 ${rows.db2}, replica1 ${rows.replica1}`,
  );
  return { said };
}

async function countRows(stage: Record<keyof Count, LabServer>): Promise<Count> {
  const [db1, db2, replica1] = await Promise.all([
    rowsOf(stage.db1),
    rowsOf(stage.db2),
    rowsOf(stage.replica1),
  ]);
  return { db1, db2, replica1 };
}

function reseedCommand(stage: Stage, port: number, more = ''): string {
  const options = more === '' ? '' : ` ${more}`;
  return `mariadb -h 127.0.0.1 -P ${port} -u dba -p…${options} < ${basename(stage.dumpFile)}`;
}
