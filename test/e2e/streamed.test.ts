// Statements of more than 16 MB on real servers: what is harmless runs though nobody held it, and
// what is refused on its way never runs.
import type { Connection } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createAccount } from '../../src/lab/accounts.js';
import { type Rig, type RigOptions, startRig } from '../support/gateway-rig.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { permit } from '../support/verdicts.js';

const ACCOUNT = { user: 'app', password: 'a secret' };
const MIB = 1024 * 1024;

describeOnEveryLine('a statement too big to hold', (line) => {
  const lab = labWith({ line, servers: ['db1'], options: ['--max-allowed-packet=64M'] });
  const rigs: Rig[] = [];
  const clients: Connection[] = [];

  beforeAll(async () => {
    const server = lab.server('db1');
    await createAccount(server, { ...ACCOUNT, rights: ['ALL'] });
    await server.execute('CREATE DATABASE shop', 'CREATE TABLE shop.lengths (n INT)');
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await lab.server('db1').execute('DELETE FROM shop.lengths');
  });
  afterAll(async () => {
    for (const rig of rigs) await rig.close();
  });

  async function connect(options: RigOptions = {}): Promise<{ client: Connection; rig: Rig }> {
    const { host, port } = lab.server('db1');
    const rig = await startRig({ host, port }, options);
    rigs.push(rig);
    const client = await rig.connect({ ...ACCOUNT, database: 'shop', multipleStatements: true });
    client.on('error', () => undefined);
    clients.push(client);
    return { client, rig };
  }

  const lengths = async (): Promise<unknown[]> =>
    (await lab.server('db1').query('SELECT n FROM shop.lengths')).map((row) => Number(row.n));

  const insert = (bytes: number, rest = ''): string =>
    `INSERT INTO lengths VALUES (LENGTH('${'x'.repeat(bytes)}'))${rest}`;

  /** So long that the statement, with its command byte, is a multiple of a full packet. */
  const whole = 2 * 0xffffff - 1 - Buffer.byteLength(insert(0));

  it.each([17 * MIB, 40 * MIB, whole])('runs with a harmless text of %i bytes', async (bytes) => {
    const { client, rig } = await connect();
    await client.query(insert(bytes));
    expect(await lengths()).toEqual([bytes]);
    expect(rig.questions).toEqual([]);
    await client.query('SELECT 1');
  });

  it('never runs when it is refused on its way, and the session ends with an error', async () => {
    const { client } = await connect();
    const refused = client.query(insert(17 * MIB, '; DROP TABLE lengths'));
    await expect(refused).rejects.toMatchObject({ errno: 1644 });
    await expect(client.query('SELECT 1')).rejects.toThrow();
    expect(await lengths()).toEqual([]);
  });

  it('runs when it is permitted on its way', async () => {
    const { client, rig } = await connect({ verdict: permit });
    await client.query(insert(17 * MIB, '; -- drop'));
    expect(await lengths()).toEqual([17 * MIB]);
    expect(rig.questions[0]).toMatchObject({ isStreamed: true });
    await expect.poll(() => rig.outcomes).toEqual([{ kind: 'ok' }]);
  });

  it('may be values of a prepared statement', async () => {
    const { client, rig } = await connect();
    await client.execute('INSERT INTO lengths VALUES (LENGTH(?))', ['drop'.repeat(5 * MIB)]);
    expect(await lengths()).toEqual([20 * MIB]);
    expect(rig.questions).toEqual([]);
  });
});
