import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { loadCertificate } from '../../src/gateway/certificate.js';
import { type Rig, type RigOptions, startRig } from '../support/gateway-rig.js';
import {
  COMMON,
  handshakeResponse,
  okPayload,
  packet,
  query,
  sslRequest,
} from '../support/packets.js';
import { collector, type ScriptedServer, scriptedServer } from '../support/scripted-server.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function stage(options: RigOptions = {}): Promise<{ rig: Rig; server: ScriptedServer }> {
  const certificate = await loadCertificate({ require: false }, Date.now());
  const server = await scriptedServer(
    (socket) => socket.write(packet(1, okPayload())),
    certificate,
  );
  const rig = await startRig(server, options);
  ends.push(
    () => rig.close(),
    () => server.close(),
  );
  return { rig, server };
}

describe('TLS', () => {
  it('is spoken on both legs when the client asks for it', async () => {
    const { rig, server } = await stage();
    const plain = rig.socket();
    ends.unshift(() => plain.destroy());
    await collector(plain).until((bytes) => bytes.length > 4);
    plain.removeAllListeners('data');
    plain.write(sslRequest());
    const secure = connectTls({ socket: plain, rejectUnauthorized: false });
    const got = collector(secure);
    secure.write(handshakeResponse({ common: COMMON | 0x800, sequenceId: 2 }));
    await got.until((bytes) => bytes.length >= 11);
    secure.write(query('SELECT 1'));
    await got.until((bytes) => bytes.length >= 22);
    expect(got.bytes()).toEqual(Buffer.concat([packet(3, okPayload()), packet(1, okPayload())]));
    expect(server.received()).toEqual(query('SELECT 1'));
  });

  it.each(['full', 'ca'] as const)(
    'ends with a plain error when verify: %s does not trust the server',
    async (verify) => {
      const { rig, server } = await stage({ server: { tls: { verify } } });
      const plain = rig.socket();
      ends.unshift(() => plain.destroy());
      await collector(plain).until((bytes) => bytes.length > 4);
      plain.removeAllListeners('data');
      plain.write(sslRequest());
      const secure = connectTls({ socket: plain, rejectUnauthorized: false });
      const got = collector(secure);
      secure.write(handshakeResponse({ common: COMMON | 0x800, sequenceId: 2 }));
      const said = await got.until((bytes) => bytes.includes('servers.db1.tls'));
      expect(said.subarray(3, 7)).toEqual(Buffer.of(3, 0xff, 1043 % 256, 1043 >> 8));
      expect(said.toString()).toContain('self-signed certificate');
      expect(server.received()).toHaveLength(0);
    },
  );

  it('is asked for in plain words where it is required', async () => {
    const { rig } = await stage({ requireTls: true });
    const plain = rig.socket();
    const got = collector(plain);
    await got.until((bytes) => bytes.length > 4);
    plain.write(handshakeResponse());
    expect((await got.until((bytes) => bytes.includes('tls.require'))).toString()).toContain(
      'HY000',
    );
  });
});
