// Point selects by sysbench over the direct way, the bare relay and Interlock: queries a second
// and CPU time per query of the process in between, as ratios to the relay of the same round.
import { join } from 'node:path';
import { stdout } from 'node:process';
import { fetchTool } from '../src/lab/fetch.js';
import { run } from '../src/lab/program.js';
import { surroundings } from '../src/lab/surroundings.js';
import { DBA, type InterlockPlan } from '../test/support/interlock.js';
import { flags, listOf } from './options.js';
import { PEERS, type Peer } from './peers.js';
import { cpuMicroseconds } from './process-figures.js';
import { type Path, rotated, type Scene, withScene } from './scene.js';
import { estimate, median, shown } from './statistics.js';

/** What one path did in one round. */
interface Measured {
  readonly queriesPerSecond: number;
  readonly cpuPerQuery: number;
}

interface Load {
  readonly threads: string;
  readonly protocol: string;
  readonly seconds: string;
}

const SCHEMA = 'sbtest';
const ROWS = 10_000;

export async function throughput(): Promise<void> {
  const given = flags({
    rounds: '25',
    seconds: '1',
    threads: '1,8,64',
    protocols: 'text,prepared',
    paths: 'direct,relay,interlock',
  });
  await withScene(async (scene) => {
    const paths = await openPaths(scene, listOf(given.paths));
    await comparePointSelects(scene, paths, {
      baseline: 'relay',
      rounds: Number(given.rounds),
      seconds: given.seconds,
      threads: listOf(given.threads),
      protocols: listOf(given.protocols),
    });
  });
}

export async function comparePointSelects(
  scene: Scene,
  paths: readonly Path[],
  plan: {
    /** The path whose figures of the same round the ratios are to. */
    readonly baseline: string;
    readonly rounds: number;
    readonly seconds: string;
    readonly threads: readonly string[];
    readonly protocols: readonly string[];
  },
): Promise<void> {
  const { rounds, seconds, baseline } = plan;
  const sysbench = await fetchSysbench();
  await scene.server.execute(`CREATE DATABASE ${SCHEMA}`);
  await sysbench([...arguments_(scene.direct, '1'), 'oltp_point_select', 'prepare']);
  for (const protocol of plan.protocols) {
    for (const threads of plan.threads) {
      const load = { threads, protocol, seconds };
      await compare(sysbench, paths, { load, rounds, baseline });
    }
  }
}

type Sysbench = (args: readonly string[]) => Promise<string>;

/** Its scripts name each other by paths relative to their folder. */
async function fetchSysbench(): Promise<Sysbench> {
  const around = surroundings();
  const program = await fetchTool('sysbench', { surroundings: around, report: () => undefined });
  const cwd = join(around.cacheFolder, 'tools/sysbench/usr/share/sysbench');
  return async (args) => (await run(program, args, { cwd })).stdout;
}

async function openPaths(scene: Scene, names: readonly string[]): Promise<readonly Path[]> {
  const paths: Path[] = [];
  for (const name of names) {
    if (name === 'direct') paths.push(scene.direct);
    else if (isPeer(name)) paths.push(await scene.peer(name));
    else if (name.startsWith('relay')) paths.push({ ...(await scene.relay()), name });
    else paths.push(await scene.interlock(name, withWorkers(name)));
  }
  return paths;
}

/** `workers-2` is an Interlock that serves its sessions in two processes of their own. */
function withWorkers(name: string): Partial<InterlockPlan> {
  const [, count] = /^workers-(\d+)$/.exec(name) ?? [];
  return count === undefined ? {} : { more: [`workers: ${count}`] };
}

function isPeer(name: string): name is Peer {
  return PEERS.some((peer) => peer === name);
}

async function compare(
  sysbench: Sysbench,
  paths: readonly Path[],
  { load, rounds, baseline }: { load: Load; rounds: number; baseline: string },
): Promise<void> {
  const rows = new Map<string, Measured[]>(paths.map(({ name }) => [name, []]));
  // The first round warms everything up and is thrown away.
  for (let round = -1; round < rounds; round += 1) {
    for (const path of rotated(paths, round + paths.length)) {
      const measured = await measure(sysbench, path, load);
      if (round >= 0) rows.get(path.name)?.push(measured);
    }
  }
  stdout.write(`\n${load.protocol}, ${load.threads} threads, ${rounds} rounds\n`);
  const base = rows.get(baseline) ?? [];
  for (const [name, measured] of rows) stdout.write(`${line(name, measured, base)}\n`);
}

async function measure(sysbench: Sysbench, path: Path, load: Load): Promise<Measured> {
  const before = path.pid === undefined ? 0 : cpuMicroseconds(path.pid);
  const mode = load.protocol === 'prepared' ? 'auto' : 'disable';
  const said = await sysbench([
    ...arguments_(path, load.threads),
    `--time=${load.seconds}`,
    `--db-ps-mode=${mode}`,
    'oltp_point_select',
    'run',
  ]);
  const after = path.pid === undefined ? 0 : cpuMicroseconds(path.pid);
  const [, queries = '', perSecond = ''] = /queries:\s+(\d+)\s+\(([\d.]+) per sec/.exec(said) ?? [];
  return {
    queriesPerSecond: Number(perSecond),
    cpuPerQuery: (after - before) / Number(queries),
  };
}

function arguments_(path: Path, threads: string): readonly string[] {
  return [
    '--db-driver=mysql',
    '--mysql-host=127.0.0.1',
    `--mysql-port=${path.port}`,
    `--mysql-user=${DBA.user}`,
    `--mysql-password=${DBA.password}`,
    `--mysql-db=${SCHEMA}`,
    '--tables=1',
    `--table-size=${ROWS}`,
    `--threads=${threads}`,
  ];
}

function line(name: string, measured: readonly Measured[], baseline: readonly Measured[]): string {
  const perSecond = median(measured.map(({ queriesPerSecond }) => queriesPerSecond));
  const cpu = median(measured.map(({ cpuPerQuery }) => cpuPerQuery));
  const ratio = (of: (one: Measured) => number): string =>
    shown(estimate(measured.map((one, round) => of(one) / of(baseline[round] ?? one))));
  return [
    name.padEnd(10),
    `${perSecond.toFixed(0)}/s`.padStart(9),
    `throughput ${ratio(({ queriesPerSecond }) => queriesPerSecond)}`,
    ...(cpu > 0 ? [`${cpu.toFixed(1)} µs`, `CPU ${ratio(({ cpuPerQuery }) => cpuPerQuery)}`] : []),
  ].join('  ');
}
