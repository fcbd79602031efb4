// PROXY headers with a server that takes them: MariaDB sees the client's own address, behind a
// balancer and without one, and an account bound to that address logs in.
import { connect } from 'node:net';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../../src/lab/accounts.js';
import { proxyHeaderV2 } from '../../src/wire/proxy-header.js';
import { type Rig, type RigOptions, startRig } from '../support/gateway-rig.js';
import { labWith } from '../support/lab.js';

const ACCOUNT = { user: 'app', password: 'a secret' };

describe('a server that takes PROXY headers', () => {
  const lab = labWith({
    line: 'mariadb-10.11',
    servers: ['db1'],
    options: ['--proxy-protocol-networks=127.0.0.1'],
  });
  const rigs: Rig[] = [];
  const clients: Connection[] = [];
  beforeAll(async () => {
    const server = lab.server('db1');
    await createAccount(server, { ...ACCOUNT, rights: ['PROCESS'] });
    await server.execute("CREATE USER 'far'@'192.0.2.7' IDENTIFIED BY 'a secret'");
    await server.execute("CREATE USER 'six'@'2001:db8::7' IDENTIFIED BY 'a secret'");
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    for (const rig of rigs.splice(0)) await rig.close();
  });

  async function stage(options: RigOptions): Promise<Rig> {
    const { host, port } = lab.server('db1');
    const rig = await startRig({ host, port }, options);
    rigs.push(rig);
    return rig;
  }

  /** Logs in behind a header, as a balancer would pass a client on. */
  async function behind(rig: Rig, header: Uint8Array, user: string): Promise<string> {
    const stream = connect(rig.port, '127.0.0.1');
    stream.write(header);
    const client = await createConnection({ stream, user, password: ACCOUNT.password });
    clients.push(client);
    const [rows] = await client.query<RowDataPacket[]>('SELECT USER() AS u');
    return String(rows[0]?.u);
  }

  it.each([
    ['far@192.0.2.7', '192.0.2.7'],
    ['six@2001:db8::7', '2001:db8::7'],
  ])('knows %s behind a balancer', async (expected, address) => {
    const rig = await stage({ server: { proxyProtocol: { from: ['127.0.0.1'], send: true } } });
    const header = proxyHeaderV2({ address, port: 4711 }, { address: '10.0.0.1', port: 3306 });
    expect(await behind(rig, header, expected.slice(0, 3))).toBe(expected);
  });

  it('knows a client that comes by itself', async () => {
    const rig = await stage({ server: { proxyProtocol: { from: [], send: true } } });
    const stream = connect({ port: rig.port, host: '127.0.0.1', localAddress: '127.0.0.3' });
    const client = await createConnection({ ...ACCOUNT, stream });
    clients.push(client);
    const [rows] = await client.query<RowDataPacket[]>('SELECT USER() AS u');
    expect(rows).toEqual([{ u: 'app@127.0.0.3' }]);
  });

  it('sees Interlock where none is sent, though the rules see the client', async () => {
    const rig = await stage({ server: { proxyProtocol: { from: ['127.0.0.1'], send: false } } });
    const header = Buffer.from('PROXY TCP4 192.0.2.7 10.0.0.1 4711 3306\r\n');
    expect(await behind(rig, header, 'app')).toBe('app@127.0.0.1');
    await expect(clients[0]?.query('DROP TABLE t')).rejects.toMatchObject({ errno: 1644 });
    expect(rig.questions[0]?.requester).toMatchObject({ address: '192.0.2.7', port: 4711 });
  });
});
