import { connect as connectTls } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { loadCertificate } from '../../src/gateway/certificate.js';
import { type Rig, startRig } from '../support/gateway-rig.js';
import { greeting, sslRequest } from '../support/packets.js';
import { collector, scriptedServer } from '../support/scripted-server.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function certificateSeenAt(rig: Rig): Promise<string> {
  const plain = rig.socket();
  ends.unshift(() => plain.destroy());
  await collector(plain).until((bytes) => bytes.length >= greeting().length);
  plain.removeAllListeners('data');
  plain.write(sslRequest());
  const secure = connectTls({ socket: plain, rejectUnauthorized: false });
  secure.on('error', () => undefined);
  return new Promise((resolve) => {
    secure.once('secureConnect', () => resolve(secure.getPeerX509Certificate()?.toString() ?? ''));
  });
}

it('shows new sessions a new certificate, and refuses one that does not fit its key', async () => {
  const [one, two] = [
    await loadCertificate({ require: false }, Date.now()),
    await loadCertificate({ require: false }, Date.now()),
  ];
  const server = await scriptedServer(() => undefined, one);
  const rig = await startRig(server);
  ends.push(
    () => rig.close(),
    () => server.close(),
  );
  const authorities = new Map<string, string>();
  rig.gateway.useTls({ certificate: one, authorities });
  expect((await certificateSeenAt(rig)).trim()).toBe(one.certificatePem.trim());
  const mixed = { ...one, keyPem: two.keyPem };
  expect(() => rig.gateway.useTls({ certificate: mixed, authorities })).toThrow(/key/);
  expect((await certificateSeenAt(rig)).trim()).toBe(one.certificatePem.trim());
  rig.gateway.useTls({ certificate: two, authorities });
  expect((await certificateSeenAt(rig)).trim()).toBe(two.certificatePem.trim());
});
