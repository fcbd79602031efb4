// Other programs that stand where Interlock stands: HAProxy in TCP mode and MySQL Router, as their
// Debian packages have them, with nothing configured but the way to the server.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fetchTools } from '../src/lab/fetch.js';
import { freePort } from '../src/lab/ports.js';
import type { LabServer } from '../src/lab/server.js';
import { surroundings } from '../src/lab/surroundings.js';
import type { Path } from './scene.js';

export const PEERS = ['haproxy', 'mysql-router'] as const;
export type Peer = (typeof PEERS)[number];

export interface RunningPeer {
  readonly path: Path;
  stop(): Promise<void>;
}

const FETCH = { surroundings: surroundings(), report: () => undefined };
const READY_DEADLINE_MS = 20_000;

export async function startPeer(peer: Peer, server: LabServer): Promise<RunningPeer> {
  const folder = await mkdtemp(join(tmpdir(), `interlock-bench-${peer}-`));
  const port = await freePort();
  const child = await (peer === 'haproxy' ? haproxy : router)(folder, port, server);
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await accepting(child, port);
    return { path: { name: peer, port, pid: child.pid ?? 0 }, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

type Start = (folder: string, port: number, server: LabServer) => Promise<ChildProcess>;

const haproxy: Start = async (folder, port, server) => {
  const { program } = await fetchTools('haproxy', FETCH);
  const file = join(folder, 'haproxy.cfg');
  await writeFile(
    file,
    `global
  maxconn 4000
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen db1
  bind 127.0.0.1:${port}
  server db1 ${server.host}:${server.port}
`,
  );
  // One process in the foreground: the one whose CPU time is read.
  return started(await program('haproxy'), ['-db', '-f', file]);
};

const router: Start = async (folder, port, server) => {
  const tools = await fetchTools('mysql-router', FETCH);
  const file = join(folder, 'router.conf');
  await writeFile(
    file,
    `[DEFAULT]
logging_folder=
runtime_folder=${folder}
data_folder=${folder}
plugin_folder=${join(tools.folder, 'usr/lib/mysqlrouter/plugin')}
[routing:db1]
bind_address=127.0.0.1
bind_port=${port}
destinations=${server.host}:${server.port}
routing_strategy=first-available
protocol=classic
client_ssl_mode=PASSTHROUGH
server_ssl_mode=AS_CLIENT
max_connections=512
`,
  );
  return started(await tools.program('mysqlrouter'), ['-c', file]);
};

function started(
  program: { readonly command: string; readonly args: readonly string[]; readonly env: object },
  args: readonly string[],
): ChildProcess {
  return spawn(program.command, [...program.args, ...args], {
    env: { ...program.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function accepting(child: ChildProcess, port: number): Promise<void> {
  const deadline = performance.now() + READY_DEADLINE_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1');
      probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
      probe.once('connect', () => probe.destroy());
    });
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error(`${child.spawnfile} did not listen on ${port}`);
}
