// Ends sessions on a real server: the right one, only that one, and it says why where it cannot.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.js';
import { createMonitorAccount } from '../../src/lab/accounts.js';
import type { LabServer } from '../../src/lab/server.js';
import { SessionEnder } from '../../src/topology/session-ender.js';
import { addAccounts, DBA, MONITOR } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

const stage = labWith({ line: 'mariadb-10.11', servers: ['db1'] });
const enders: SessionEnder[] = [];
let db1: LabServer;

beforeAll(async () => {
  db1 = stage.server('db1');
  await addAccounts([db1]);
});
afterAll(() => {
  for (const ender of enders) ender.close();
});

function enderAs(account: { readonly user: string; readonly password: string }): SessionEnder {
  const ender = new SessionEnder({
    target: { server: 'db1', host: db1.host, port: db1.port, ...account, tls: { verify: 'none' } },
    deadlineMs: 10_000,
    clock: systemClock,
    dialect: () => ({ flavour: 'mariadb', version: 101_100 }),
  });
  enders.push(ender);
  return ender;
}

async function session() {
  const connection = await db1.connect(DBA);
  connection.on('error', () => undefined);
  const thread = {
    threadId: connection.threadId ?? 0,
    user: DBA.user,
    seenMs: systemClock.monotonic(),
  };
  return { connection, thread };
}

it('ends the session, and sees that it is gone', async () => {
  const ender = enderAs(MONITOR);
  const { thread } = await session();
  expect(await ender.presence(thread)).toBe('there');
  expect(await ender.end(thread)).toEqual({ kind: 'killed' });
  await expect.poll(() => ender.presence(thread), { timeout: 20_000 }).toBe('gone');
  expect(await ender.end(thread)).toEqual({ kind: 'gone' });
});

it('leaves a thread alone that is not the one it knew', async () => {
  const { connection, thread } = await session();
  const ending = await enderAs(MONITOR).end({ ...thread, user: 'somebody' });
  expect(ending).toMatchObject({ kind: 'failed', reason: expect.stringContaining('same server') });
  // Seen long before the server was started: of another life of it.
  const earlier = { ...thread, seenMs: thread.seenMs - 86_400_000 };
  expect(await enderAs(MONITOR).presence(earlier)).toBe('gone');
  await connection.query('SELECT 1');
  await connection.end();
});

it('says which right it lacks, and which GRANT gives it', async () => {
  const without = { user: 'harmless', password: 'harmless' };
  await createMonitorAccount(db1, { ...without, without: ['CONNECTION ADMIN'] });
  const { connection, thread } = await session();
  const ending = await enderAs(without).end(thread);
  expect(ending).toMatchObject({
    kind: 'failed',
    reason: expect.stringContaining('GRANT CONNECTION ADMIN ON *.*'),
  });
  await connection.query('SELECT 1');
  await connection.end();
});

it('takes nobody for gone whom it may not see', async () => {
  const blind = { user: 'unseeing', password: 'unseeing' };
  await createMonitorAccount(db1, { ...blind, without: ['PROCESS'] });
  const { connection, thread } = await session();
  expect(await enderAs(blind).presence(thread)).toBe('unknown');
  await connection.end();
});
