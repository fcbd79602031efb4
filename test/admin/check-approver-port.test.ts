import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkApproverPort } from '../../src/admin/check-approver-port.js';
import { temporaryFolder } from '../audit/temporary-folder.js';
import { Authority } from '../support/authority.js';
import { selfSigned } from './approver-scene.js';

const DAY_MS = 24 * 3_600_000;

async function stage() {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const listen = { host: '0.0.0.0', port: 9708 };
  const tls = { certificateFile: at('c.pem'), keyFile: at('k.pem') };
  const write = (pair: { readonly certificatePem: string; readonly keyPem: string }) => {
    writeFileSync(tls.certificateFile, pair.certificatePem);
    writeFileSync(tls.keyFile, pair.keyPem);
  };
  const found = async (nowMs = Date.now(), hosts: readonly string[] = []) => {
    const admin = { socket: 's', isDefault: false, network: { listen, hosts, tls } };
    const all = await checkApproverPort({ admin, tls: { require: false }, file: 'i.yaml' }, nowMs);
    return all.map(({ severity, message }) => `${severity}: ${message}`);
  };
  return { write, found };
}

it('says of a certificate when it ends, and that it cannot be used', async () => {
  const { write, found } = await stage();
  expect(await found()).toEqual([expect.stringMatching(/^error: admin\.tls\.certificate: cannot/)]);
  const authority = await Authority.make('our own');
  const pair = await authority.sign('interlock.example');
  write(pair);
  // It is made for a day.
  expect(await found()).toEqual([expect.stringMatching(/^warning: .* ends in 0 days, on/)]);
  expect(await found(Date.now() + 2 * DAY_MS)).toEqual([expect.stringMatching(/^error: .* ended/)]);
  expect(await found(Date.now() - 2 * DAY_MS)).toEqual([
    expect.stringMatching(/^error: .* is not valid before/),
  ]);
  write({ ...pair, keyPem: (await authority.sign('x')).keyPem });
  expect(await found()).toEqual([expect.stringMatching(/^error: .* do not belong together/)]);
});

it('says that a certificate vouches for no name, unless the configuration does', async () => {
  const { write, found } = await stage();
  write(await selfSigned());
  expect(await found()).toEqual([expect.stringMatching(/^warning: .* vouches for no name/)]);
  expect(await found(Date.now(), ['interlock.example'])).toEqual([]);
});

it('says nothing where nobody is answered over the network', async () => {
  const admin = { socket: 's', isDefault: true };
  expect(await checkApproverPort({ admin, tls: { require: false }, file: 'i' }, 0)).toEqual([]);
});
