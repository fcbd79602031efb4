import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../src/admin/log.js';
import { networkAccess } from '../../src/admin/network-access.js';
import { openApproverPort } from '../../src/admin/open-approver-port.js';
import { systemClock } from '../../src/clock.js';
import { readConfig } from '../../src/config/load.js';
import { Scene } from '../approval/scene.js';
import { Authority, type PemPair } from '../support/authority.js';
import { selfSigned } from './approver-scene.js';

async function stage(admin: string, files: Readonly<Record<string, string>> = {}) {
  const scene = await Scene.open();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(scene.folder, name), text);
  const text = `
servers: { db1: { address: 10.0.0.1, listen: 127.0.0.1:0 } }
monitor: { user: u, passwordEnv: PW }
audit: { file: ./audit.jsonl }
approvals: { approvers: ./approvers, store: ./store.db }
admin: ${admin}`;
  const loaded = readConfig(join(scene.folder, 'interlock.yaml'), text);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const lines: string[] = [];
  const log = createLogger({ pretty: false, write: (line) => void lines.push(line) });
  const material = { certificate: await selfSigned(), authorities: new Map<string, string>() };
  const parts = {
    ...{ log, clock: systemClock, metrics: { adminRequest: () => undefined } },
    keeper: { material },
  };
  const open = async () => {
    const port = await openApproverPort(loaded.value, { ...parts, approvals: scene.approvals });
    onTestFinished(() => port?.close());
    return port;
  };
  const openWithout = () => openApproverPort(loaded.value, { ...parts, approvals: undefined });
  const logged = () => lines.join('');
  const last = () => JSON.parse(lines.at(-1) ?? '{}');
  return { scene, open, openWithout, logged, last };
}

const filesOf = ({ certificatePem, keyPem }: PemPair) => ({
  'c.pem': certificatePem,
  'k.pem': keyPem,
});

describe('admin.listen', () => {
  it('is closed unless it is asked for', async () => {
    const { open } = await stage('{ socket: ./a.sock }');
    expect(await open()).toBeUndefined();
  });

  it('stays closed without a store to ask', async () => {
    const { openWithout } = await stage('{ listen: 127.0.0.1:0 }');
    await expect(openWithout()).rejects.toThrow(/admin\.listen stays closed/);
  });

  it('says where it is and what its certificate is, and shows Interlock’s own', async () => {
    const { scene, open, last } = await stage('{ listen: 127.0.0.1:0 }');
    await open();
    const { address, fingerprint } = last();
    const key = scene.keys.get('alice');
    if (key === undefined) throw new Error('alice has a key');
    const sha256 = fingerprint.replaceAll(':', '');
    const url = new URL(`https://${address}`);
    const access = networkAccess({ url, key, trust: { kind: 'fingerprint', sha256 } });
    expect(await access.ask('/requests')).toEqual([]);
  });

  it('shows a certificate of its own, and the next one once its files are others', async () => {
    const authority = await Authority.make('our own');
    const first = filesOf(await authority.sign('127.0.0.1'));
    const admin = '{ listen: 127.0.0.1:0, tls: { certificate: c.pem, key: k.pem } }';
    const { scene, open, last, logged } = await stage(admin, first);
    const port = await open();
    const url = new URL(`https://${last().address}`);
    const key = scene.keys.get('alice');
    if (key === undefined) throw new Error('alice has a key');
    const by = (ca: string) => networkAccess({ url, key, trust: { kind: 'authority', ca } });
    expect(await by(authority.pem).ask('/requests')).toEqual([]);
    // Another certificate of Interlock is nothing to it.
    port?.useCertificate(await selfSigned());
    expect(await by(authority.pem).ask('/requests')).toEqual([]);
    const other = await Authority.make('another');
    for (const [name, text] of Object.entries(filesOf(await other.sign('127.0.0.1')))) {
      writeFileSync(join(scene.folder, name), text);
    }
    await port?.reload();
    expect(await by(other.pem).ask('/requests')).toEqual([]);
    writeFileSync(join(scene.folder, 'k.pem'), 'no key');
    await port?.reload();
    expect(logged()).toContain('admin.tls.key');
    expect(await by(other.pem).ask('/requests')).toEqual([]);
  });

  it('names the file that cannot be read', async () => {
    const { open } = await stage(
      '{ listen: 127.0.0.1:0, tls: { certificate: c.pem, key: k.pem } }',
    );
    await expect(open()).rejects.toThrow(/admin\.tls\.certificate: cannot read .*c\.pem/);
  });
});
