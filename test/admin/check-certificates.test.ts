import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkCertificates } from '../../src/admin/check-certificates.js';
import type { ServerConfig } from '../../src/config/config.js';
import { temporaryFolder } from '../audit/temporary-folder.js';
import { Authority } from '../support/authority.js';

const DAY_MS = 24 * 3_600_000;
const SERVER: Omit<ServerConfig, 'tls'> = {
  ...{ name: 'db1', host: '127.0.0.1', port: 1, listen: [], mode: 'enforce' },
  ...{ monitor: { user: 'm' }, binlogDump: 'deny' },
};

function stage() {
  const folder = temporaryFolder();
  const at = (name: string) => join(folder, name);
  const found = async (tls: { own?: true; ca?: string }, nowMs = Date.now()) => {
    const own = { certificateFile: at('c.pem'), keyFile: at('k.pem') };
    const ca = tls.ca === undefined ? {} : { caFile: at(tls.ca) };
    const config = {
      servers: [{ ...SERVER, tls: { verify: 'full', ...ca } as const }],
      tls: { require: false, ...(tls.own && own) },
      file: 'i.yaml',
    };
    const all = await checkCertificates(config, nowMs);
    return all.map(({ severity, message }) => `${severity}: ${message}`);
  };
  return { at, found };
}

it('says nothing where none is configured', async () => {
  expect(await stage().found({})).toEqual([]);
});

it('says of Interlock’s own that it is not there, is none, has ended or ends soon', async () => {
  const { at, found } = stage();
  expect(await found({ own: true })).toEqual([
    expect.stringMatching(/^error: tls\.certificate: cannot read .*: there is no such file/),
  ]);
  const pair = await (await Authority.make('our own')).sign('interlock.example');
  writeFileSync(at('k.pem'), pair.keyPem);
  writeFileSync(at('c.pem'), 'hello');
  expect(await found({ own: true })).toEqual([expect.stringMatching(/^error: .*cannot be used/)]);
  writeFileSync(at('c.pem'), pair.certificatePem);
  // It is made for a day.
  expect(await found({ own: true })).toEqual([
    expect.stringMatching(/^warning: tls\.certificate .* ends in 0 days/),
  ]);
  expect(await found({ own: true }, Date.now() + 2 * DAY_MS)).toEqual([
    expect.stringMatching(/^error: tls\.certificate .* ended on/),
  ]);
});

it('says of a server’s authority the same, but for a bundle of which one still counts', async () => {
  const { at, found } = stage();
  expect(await found({ ca: 'ca.pem' })).toEqual([
    expect.stringMatching(/^error: servers\.db1\.tls\.ca cannot be read: .*there is no such/),
  ]);
  writeFileSync(at('ca.pem'), 'hello');
  expect(await found({ ca: 'ca.pem' })).toEqual([
    'error: servers.db1.tls.ca holds no certificate (PEM)',
  ]);
  const { pem } = await Authority.make('our own');
  writeFileSync(at('ca.pem'), `${pem}\n${pem}\n`);
  expect(await found({ ca: 'ca.pem' }, Date.now() + 2 * DAY_MS)).toEqual([
    expect.stringMatching(/^error: servers\.db1\.tls\.ca ended on/),
  ]);
  expect(await found({ ca: 'ca.pem' })).toEqual([
    expect.stringMatching(/^warning: servers\.db1\.tls\.ca ends in 0 days/),
  ]);
});
