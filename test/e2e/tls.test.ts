// TLS on both legs with a real server and a real authority: whom the server leg trusts, what a
// client is told when it does not, and certificates that change while sessions run.
import { X509Certificate } from 'node:crypto';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ServerConfig } from '../../src/config/config.js';
import { createAccount } from '../../src/lab/accounts.js';
import { Lab } from '../../src/lab/lab.js';
import { Authority } from '../support/authority.js';
import { type Rig, type RigOptions, startRig } from '../support/gateway-rig.js';
import { startPlanned } from '../support/lab.js';

const ACCOUNT = { user: 'app', password: 'a secret' };
const ANY = { rejectUnauthorized: false };

describe('TLS with a server', () => {
  let lab: Lab;
  let authority: Authority;
  let stranger: Authority;
  let failure: unknown;
  const rigs: Rig[] = [];

  beforeAll(async () => {
    lab = await Lab.open();
    authority = await Authority.make('the right authority');
    stranger = await Authority.make('another authority');
    // Its name is not the address that Interlock dials.
    const options = await authority.serverOptions(lab.folder, 'db1.example');
    await startPlanned(lab, { line: 'mariadb-10.11', servers: ['db1'], options })
      .then(() => createAccount(lab.server('db1'), { ...ACCOUNT, rights: ['PROCESS'] }))
      .catch((cause: unknown) => {
        failure = cause;
      });
  });
  beforeEach(() => {
    if (failure !== undefined) throw failure;
  });
  afterAll(async () => {
    for (const rig of rigs) await rig.close();
    await lab?.close();
  });

  async function stage(tls: ServerConfig['tls'], options: RigOptions = {}): Promise<Rig> {
    const { host, port } = lab.server('db1');
    const rig = await startRig({ host, port }, { ...options, server: { tls } });
    rigs.push(rig);
    return rig;
  }

  async function cipherOf(rig: Rig, ssl: object = ANY): Promise<string> {
    const client = await createConnection({ host: '127.0.0.1', port: rig.port, ...ACCOUNT, ssl });
    const [rows] = await client.query<RowDataPacket[]>("SHOW STATUS LIKE 'Ssl_cipher'");
    client.destroy();
    return String(rows[0]?.Value);
  }

  it('is made with verify: none, whoever signed', async () => {
    expect(await cipherOf(await stage({ verify: 'none' }))).toMatch(/^TLS_/);
  });

  it('is made with verify: ca when that authority signed, whatever the name', async () => {
    const rig = await stage({ verify: 'ca' }, { ca: authority.pem });
    expect(await cipherOf(rig)).toMatch(/^TLS_/);
  });

  it.each<[string, ServerConfig['tls'], () => string | undefined, RegExp]>([
    [
      'another authority, with verify: ca',
      { verify: 'ca' },
      () => stranger.pem,
      /in certificate chain/,
    ],
    ['another name, with verify: full', { verify: 'full' }, () => authority.pem, /127\.0\.0\.1/],
    [
      'an unknown authority, with verify: full',
      { verify: 'full' },
      () => undefined,
      /in certificate chain/,
    ],
  ])('is refused to %s, in words, before anybody logs in', async (_who, tls, ca, why) => {
    const pem = ca();
    const rig = await stage(tls, pem === undefined ? {} : { ca: pem });
    const refused = await cipherOf(rig).catch((error: unknown) => error);
    expect(refused).toMatchObject({ errno: 1043 });
    expect(String(refused)).toMatch(why);
    expect(String(refused)).toContain('servers.db1.tls');
  });

  it('goes on for sessions under way when the certificates change, and changes for new ones', async () => {
    const rig = await stage({ verify: 'ca' }, { ca: authority.pem });
    const mine = await Authority.make('the clients trust this');
    const old = await createConnection({
      ...{ host: '127.0.0.1', port: rig.port, ssl: ANY },
      ...ACCOUNT,
    });
    const certificate = { ...(await mine.sign('localhost')), isSelfSigned: false };
    rig.gateway.useTls({ certificate, authorities: new Map([['db1', authority.pem]]) });
    const verified = { ca: mine.pem, rejectUnauthorized: true, verifyIdentity: true };
    expect(await cipherOf(rig, verified)).toMatch(/^TLS_/);
    expect(new X509Certificate(certificate.certificatePem).subject).toBe('CN=localhost');
    await old.query('DO 1');
    old.destroy();
    rig.gateway.useTls({ certificate, authorities: new Map([['db1', stranger.pem]]) });
    await expect(cipherOf(rig)).rejects.toMatchObject({ errno: 1043 });
  });

  it('is required where tls.require says so', async () => {
    const rig = await stage({ verify: 'none' }, { requireTls: true });
    expect(await cipherOf(rig)).toMatch(/^TLS_/);
    const plain = createConnection({ host: '127.0.0.1', port: rig.port, ...ACCOUNT });
    await expect(plain).rejects.toThrow(/tls\.require/);
  });
});
