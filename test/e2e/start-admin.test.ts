// What people and scrapers ask Interlock through, wired in this process, with servers nobody started;
// approver-machines.test.ts has real ones.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { expect, it, onTestFinished } from 'vitest';
import { askAdmin } from '../../src/admin/client.js';
import { createLogger } from '../../src/admin/log.js';
import { networkAccess } from '../../src/admin/network-access.js';
import { makeKey, readPrivateKey } from '../../src/approval/key-file.js';
import { compose } from '../../src/compose.js';
import { readConfig } from '../../src/config/load.js';
import { freePort } from '../../src/lab/ports.js';
import { Authority, type PemPair } from '../support/authority.js';

async function started(more: string, files: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'interlock-admin-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const write = async (all: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(all)) await writeFile(join(folder, name), text);
  };
  await write(files);
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
  return { folder, interlock, write, logged: () => lines.join('') };
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

it('shows approvers the certificate of Interlock, also the next one, and says where', async () => {
  const filesOf = ({ certificatePem, keyPem }: PemPair) => ({
    'c.pem': certificatePem,
    'k.pem': keyPem,
  });
  const [first, second] = [await Authority.make('one'), await Authority.make('another')];
  const person = { person: 'alice', groups: [], accounts: [], notBefore: '2026-01-01' };
  const made = await makeKey({ ...person, algorithm: 'EdDSA' });
  const { folder, interlock, write, logged } = await started(
    `metrics: { listen: 127.0.0.1:0 }
tls: { certificate: c.pem, key: k.pem }
admin: { socket: ./admin.sock, listen: 127.0.0.1:0 }
approvals: { approvers: ./alice.json, store: ./store.db }`,
    { ...filesOf(await first.sign('127.0.0.1')), 'alice.json': made.publicText },
  );
  await writeFile(join(folder, 'alice.key'), made.privateText, { mode: 0o600 });
  const key = await readPrivateKey(join(folder, 'alice.key'), async () => '');
  const line = logged()
    .split('\n')
    .find((each) => each.includes('approvers are answered over the network'));
  const url = new URL(`https://${JSON.parse(line ?? '{}').address}`);
  const asked = ({ pem }: Authority) =>
    networkAccess({ url, key, trust: { kind: 'authority', ca: pem } }).ask('/requests');
  expect(await asked(first)).toEqual([]);
  await write(filesOf(await second.sign('127.0.0.1')));
  await interlock.reload();
  expect(await asked(second)).toEqual([]);
  await expect(asked(first)).rejects.toThrow(/cannot be trusted/);
});
