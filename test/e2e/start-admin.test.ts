// What people and scrapers ask Interlock through, wired in this process, with servers nobody started.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { askAdmin } from '../../src/admin/client.js';
import { createLogger } from '../../src/admin/log.js';
import { compose } from '../../src/compose.js';
import { readConfig } from '../../src/config/load.js';
import { freePort } from '../../src/lab/ports.js';

async function started(more: string) {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-admin-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const text = `
servers: { db1: { address: 127.0.0.1:${await freePort()}, listen: 127.0.0.1:0 } }
monitor: { user: interlock, passwordFile: ./password }
audit: { file: ./audit.jsonl }
${more}`;
  await writeFile(join(folder, 'password'), 'secret');
  const loaded = readConfig(join(folder, 'interlock.yaml'), text);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const lines: string[] = [];
  const log = createLogger({ pretty: false, write: (line) => void lines.push(line) });
  const interlock = await compose({ config: loaded.value, env: {}, log, version: 'test', pid });
  onTestFinished(() => interlock.drain());
  return { folder, logged: () => lines.join('') };
}

it('answers on its socket though the port of the metrics is taken, and says that it is', async () => {
  const occupant = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void occupant.close());
  await expect.poll(() => occupant.address()).not.toBeNull();
  const taken = occupant.address();
  const port = typeof taken === 'object' ? taken?.port : undefined;
  const { folder, logged } = await started(
    `metrics: { listen: 127.0.0.1:${port} }\nadmin: { socket: ./admin.sock }`,
  );
  expect(await askAdmin(join(folder, 'admin.sock'), '/audit/head')).toBeDefined();
  expect(logged()).toMatch(/Metrics cannot be served at 127\.0\.0\.1:\d+: EADDRINUSE/);
});
