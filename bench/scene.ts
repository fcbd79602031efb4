// What every benchmark stands on: a MariaDB 10.11 of the lab, the bare relay and a real Interlock
// (`node dist/main.js run`) in front of it, each in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Lab } from '../src/lab/lab.js';
import type { LabServer } from '../src/lab/server.js';
import { addAccounts, type InterlockPlan, RunningInterlock } from '../test/support/interlock.js';
import { type Peer, startPeer } from './peers.js';

/** A way to the server: the process in between, if there is one, and where it listens. */
export interface Path {
  readonly name: string;
  readonly port: number;
  /** Absent for the direct way. */
  readonly pid?: number;
}

export interface Scene {
  readonly lab: Lab;
  readonly server: LabServer;
  readonly direct: Path;
  relay(): Promise<Path>;
  peer(name: Peer): Promise<Path>;
  interlock(name?: string, plan?: Partial<InterlockPlan>): Promise<Path>;
}

const SERVER_OPTIONS = [
  '--max-allowed-packet=1G',
  '--max-connections=3000',
  '--innodb-buffer-pool-size=512M',
  '--skip-log-bin',
];
/** As many as the largest benchmark opens, and some. */
const LIMITS = 'limits: { connections: 3000, unauthenticated: 3000, handshake: 60s }';

/** Sets the scene, runs the benchmark, and takes everything down whatever happened. */
export async function withScene(benchmark: (scene: Scene) => Promise<void>): Promise<void> {
  const lab = await Lab.open();
  const ends: (() => unknown)[] = [() => lab.close()];
  try {
    const server = await lab.start({ line: 'mariadb-10.11', name: 'db1', options: SERVER_OPTIONS });
    await addAccounts([server]);
    await benchmark({
      lab,
      server,
      direct: { name: 'direct', port: server.port },
      relay: async () => {
        const { child, path } = await startRelay(server);
        ends.unshift(() => child.kill());
        return path;
      },
      peer: async (name) => {
        const { path, stop } = await startPeer(name, server);
        ends.unshift(stop);
        return path;
      },
      interlock: async (name = 'interlock', plan = {}) => {
        const more = [LIMITS, ...(plan.more ?? [])];
        const running = await RunningInterlock.start({ guarded: [server], ...plan, more });
        ends.unshift(() => running.stop());
        return { name, port: running.port('db1'), pid: running.pid };
      },
    });
  } finally {
    for (const end of ends) await end();
  }
}

export async function startRelay(
  server: LabServer,
): Promise<{ readonly child: ChildProcess; readonly path: Path }> {
  const script = fileURLToPath(new URL('./relay.js', import.meta.url));
  const child = spawn(execPath, [script, server.host, String(server.port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())));
    child.once('exit', () => reject(new Error('the relay ended')));
  });
  return { child, path: { name: 'relay', port, pid: child.pid ?? 0 } };
}

/** The same paths, beginning with another one each round: nobody always goes first. */
export function rotated<T>(paths: readonly T[], round: number): readonly T[] {
  const by = round % paths.length;
  return [...paths.slice(by), ...paths.slice(0, by)];
}
