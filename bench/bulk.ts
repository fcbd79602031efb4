// Large results and large restores with the real client program: wall time of each path, as
// ratios to the direct way and to the relay of the same round.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stdout } from 'node:process';
import type { Program } from '../src/lab/program.js';
import { DBA } from '../test/support/interlock.js';
import { flags } from './options.js';
import { cpuMicroseconds } from './process-figures.js';
import { type Path, rotated, withScene } from './scene.js';
import { estimate, median, shown } from './statistics.js';

interface Timed {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

type Work = (path: Path) => Promise<void>;

const ROW_BYTES = 1_000;

export async function bulk(): Promise<void> {
  const given = flags({ rounds: '25', read: '135', restore: '120' });
  await withScene(async ({ server, direct, relay, interlock }) => {
    const paths = [direct, await relay(), await interlock()];
    const rounds = Number(given.rounds);
    const { client } = server.clientTools;
    await server.execute('CREATE DATABASE bench');
    const rows = (Number(given.read) * 1_000_000) / ROW_BYTES;
    const select = `SELECT REPEAT('x', ${ROW_BYTES}) FROM seq_1_to_${rows}`;
    const read: Work = (path) => runClient(client, path, { args: ['--quick', '-e', select] });
    await compare(`${given.read} MB read`, { rounds, paths, work: read });
    const input = dumpOf(Number(given.restore));
    const restore: Work = (path) => runClient(client, path, { args: [], input });
    await compare(`${given.restore} MB restored`, { rounds, paths, work: restore });
  });
}

/** To its end, without looking at what it writes. */
async function runClient(
  client: Program,
  path: Path,
  { args, input = Buffer.alloc(0) }: { readonly args: readonly string[]; readonly input?: Buffer },
): Promise<void> {
  const login = ['--no-defaults', '-h127.0.0.1', `-P${path.port}`, `-u${DBA.user}`];
  const all = [...client.args, ...login, `-p${DBA.password}`, ...args, 'bench'];
  const child = spawn(client.command, all, {
    env: client.env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin?.end(input);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the client ended with ${code}`);
}

/** Like mysqldump writes it: tables anew, rows in statements of about a megabyte. */
function dumpOf(megabytes: number): Buffer {
  const row = `,(NULL,'${'It is a row like any other, '.repeat(8)}')`;
  const statement = `INSERT INTO restored VALUES ${row.repeat(1_000_000 / row.length).slice(1)};\n`;
  const create =
    'CREATE TABLE IF NOT EXISTS restored (id INT AUTO_INCREMENT PRIMARY KEY, v TEXT);\n';
  const parts = Array.from({ length: megabytes }, () => statement);
  // Emptied without a word that the shipped rules would ask about.
  return Buffer.from([create, 'BEGIN;\n', ...parts, 'ROLLBACK;\n'].join(''));
}

async function compare(
  what: string,
  { rounds, paths, work }: { readonly rounds: number; readonly paths: readonly Path[]; work: Work },
): Promise<void> {
  const rows = new Map<string, Timed[]>(paths.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const path of rotated(paths, round + paths.length)) {
      const timed = await time(path, work);
      if (round >= 0) rows.get(path.name)?.push(timed);
    }
  }
  stdout.write(`\n${what}, ${rounds} rounds\n`);
  for (const [name, measured] of rows) {
    const ratioTo = (other: string): string => {
      const ratios = measured.map(({ seconds }, round) => {
        const baseline = rows.get(other)?.[round]?.seconds ?? Number.NaN;
        return seconds / baseline;
      });
      return `to ${other} ${shown(estimate(ratios))}`;
    };
    const seconds = median(measured.map((one) => one.seconds)).toFixed(2);
    const cpu = median(measured.map((one) => one.cpuSeconds)).toFixed(2);
    const columns = [name.padEnd(10), `${seconds} s`, ratioTo('direct'), ratioTo('relay')];
    stdout.write(`${columns.join('  ')}  CPU ${cpu} s\n`);
  }
}

async function time(path: Path, work: Work): Promise<Timed> {
  const cpu = (): number => (path.pid === undefined ? 0 : cpuMicroseconds(path.pid) / 1e6);
  const cpuBefore = cpu();
  const start = performance.now();
  await work(path);
  return { seconds: (performance.now() - start) / 1_000, cpuSeconds: cpu() - cpuBefore };
}
