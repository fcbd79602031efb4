// Interlock wired together in this process, with servers that nobody started: what it serves all
// the same, what it says, and when it does not start at all.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/admin/log.js';
import { compose, type Interlock } from '../../src/compose.js';
import { loadConfig } from '../../src/config/load.js';
import { freePort } from '../../src/lab/ports.js';

let folder: string;
let running: Interlock | undefined;
let occupant: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-compose-'));
});
afterEach(async () => {
  await running?.drain();
  running = undefined;
  await new Promise((closed) => (occupant === undefined ? closed(0) : occupant.close(closed)));
  occupant = undefined;
  await rm(folder, { recursive: true });
});

const log = createLogger({ level: 'silent', pretty: false });

async function start(
  listeners: Readonly<Record<string, number>>,
  more: {
    readonly rules?: string;
    readonly password?: string;
    readonly audit?: string;
    readonly approvals?: string;
  } = {},
): Promise<{ readonly interlock: Interlock; readonly metricsPort: number }> {
  const metricsPort = await freePort();
  const nobody = await freePort();
  const servers = Object.entries(listeners).map(
    ([name, port], index) =>
      `  ${name}: { address: 127.0.0.${index + 1}:${nobody}, listen: 127.0.0.1:${port} }`,
  );
  const lines = [
    'servers:',
    ...servers,
    'monitor: { user: interlock, passwordEnv: MONITOR_PASSWORD }',
    `metrics: { listen: 127.0.0.1:${metricsPort} }`,
    'admin: { socket: ./admin.sock }',
    `audit: { file: ${more.audit ?? './audit.jsonl'} }`,
    `rules: [${more.rules ?? 'default'}]`,
    ...(more.approvals === undefined ? [] : [`approvals: ${more.approvals}`]),
    '',
  ];
  const file = join(folder, 'interlock.yaml');
  await writeFile(file, lines.join('\n'));
  const loaded = loadConfig(file);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const env = { MONITOR_PASSWORD: more.password ?? 'a-secret' };
  const wired = { config: loaded.value, env, log, version: 'test', pid };
  running = await compose(wired);
  return { interlock: running, metricsPort };
}

async function occupied(): Promise<number> {
  const port = await freePort();
  const server = createServer();
  occupant = server;
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return port;
}

async function unready(metricsPort: number): Promise<readonly string[]> {
  const answer = await fetch(`http://127.0.0.1:${metricsPort}/readyz`);
  const { checks } = JSON.parse(await answer.text());
  return checks.filter(({ ok }: { ok: boolean }) => !ok).map(({ name }: { name: string }) => name);
}

describe('Interlock, wired together', () => {
  it('serves the servers whose ports are free, and is not ready for the others', async () => {
    const { interlock, metricsPort } = await start({ db1: await occupied(), db2: 0 });
    expect(interlock.listening.map(({ kind }) => kind).sort()).toEqual(['failed', 'listening']);
    expect(await unready(metricsPort)).toContain('listeners');
  });

  it('does not start when no port is free', async () => {
    await expect(start({ db1: await occupied() })).rejects.toMatchObject({ code: 'LISTEN_FAILED' });
  });

  it('is not ready while its rules are broken, and is once they are mended and reloaded', async () => {
    await writeFile(join(folder, 'own.yaml'), 'rules: [{ id: no }]\n');
    const { interlock, metricsPort } = await start({ db1: 0 }, { rules: './own.yaml' });
    expect(await unready(metricsPort)).toContain('rules');
    const good = 'rules: [{ id: no, owner: dba, match: { effect: drop-table }, verdict: deny }]\n';
    await writeFile(join(folder, 'own.yaml'), good);
    await interlock.reload();
    expect(await unready(metricsPort)).not.toContain('rules');
  });

  it('serves while its record cannot be written, and says that it is not ready', async () => {
    const { metricsPort } = await start({ db1: 0 }, { audit: './interlock.yaml/audit.jsonl' });
    expect(await unready(metricsPort)).toContain('audit');
  });

  it('shows that nothing can be approved while the store cannot be used', async () => {
    const place = 'interlock.yaml/store.db';
    const approvals = `{ approvers: ./approvers, store: ./${place} }`;
    const { metricsPort } = await start({ db1: 0 }, { approvals });
    const usable = async () => {
      const answer = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
      return /^interlock_approval_store_usable (\d)$/m.exec(await answer.text())?.[1];
    };
    await expect.poll(usable).toBe('0');
  });

  it('leaves no port and no lock behind when it drains', async () => {
    const { interlock, metricsPort } = await start({ db1: 0 });
    await interlock.drain();
    running = undefined;
    await expect(fetch(`http://127.0.0.1:${metricsPort}/healthz`)).rejects.toThrow();
    await expect(readFile(join(folder, 'audit.jsonl.lock'))).rejects.toThrow(/ENOENT/);
  });
});
