// What the end-to-end proof of the guard shares: the pair of 2016 with its replica, the shop that
// must survive, and what makes a refusal a refusal.
import { expect } from 'vitest';
import type { DecisionRecord } from '../../src/audit/record.js';
import { sever, untilCaughtUp } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import type { LinkState } from '../../src/topology/snapshot.js';
import { addAccounts, type RunningInterlock } from '../support/interlock.js';

export const ORDERS = 3;

export interface Pair {
  readonly db1: LabServer;
  readonly db2: LabServer;
  readonly replica1: LabServer;
}

/** db1 ⇄ db2, db1 → replica1; by position, so that linking again replays nothing. */
export const PAIR = {
  servers: ['db1', 'db2', 'replica1'],
  links: [
    ['db1', 'db2'],
    ['db2', 'db1'],
    ['replica1', 'db1'],
  ],
  gtid: false,
} as const;

const SHOP = [
  'CREATE DATABASE IF NOT EXISTS shop',
  'CREATE TABLE IF NOT EXISTS shop.orders (id INT PRIMARY KEY, v TEXT)',
  "REPLACE INTO shop.orders VALUES (1, 'one'), (2, 'two'), (3, 'three')",
];

export async function openShop({ db1, db2, replica1 }: Pair): Promise<void> {
  await addAccounts([db1, db2, replica1]);
  await db1.execute(
    ...SHOP,
    'CREATE DATABASE tools',
    'CREATE PROCEDURE tools.wipe() DROP TABLE shop.orders',
  );
  await untilCaughtUp({ consumer: db2, source: db1 });
  await untilCaughtUp({ consumer: replica1, source: db1 });
}

/** The shop as it was on this server alone: nobody hears of it. */
export async function putShopBack(server: LabServer): Promise<void> {
  await unlogged(server, ...SHOP);
}

export async function unlogged(server: LabServer, ...statements: string[]): Promise<void> {
  await server.execute('SET sql_log_bin=0', ...statements, 'SET sql_log_bin=1');
}

export async function severBothWays({ db1, db2 }: Pair): Promise<void> {
  await sever(db1);
  await sever(db2);
}

/** Rows of the shop; undefined where it is gone. */
export async function orders(server: LabServer): Promise<number | undefined> {
  const [row] = await server.query('SELECT COUNT(*) AS n FROM shop.orders').catch(() => []);
  return row === undefined ? undefined : Number(row.n);
}

/** Everybody has everything. A consumer that lags would only hide a loss, so it is waited for. */
export async function expectNothingLost(pair: Pair): Promise<void> {
  for (const server of [pair.db1, pair.db2, pair.replica1]) {
    expect({ server: server.name, orders: await orders(server) }).toEqual({
      server: server.name,
      orders: ORDERS,
    });
  }
}

/** The error a client gets for a guarded statement, and the record it ends with the id of. */
export async function expectRefusal(
  interlock: RunningInterlock,
  asked: { readonly rule: string; readonly sql: string },
  running: Promise<unknown>,
): Promise<DecisionRecord> {
  const error: unknown = await running.then(
    () => `not refused: ${asked.sql}`,
    (thrown: unknown) => thrown,
  );
  expect(error, asked.sql).toMatchObject({ errno: 1644, sqlState: '45000' });
  const message = error instanceof Error ? error.message : '';
  expect(message, asked.sql).toMatch(/^Interlock refused /);
  expect(message, asked.sql).toContain(`Rule ${asked.rule}.`);
  expect(Buffer.byteLength(message)).toBeLessThanOrEqual(500);
  const record = await interlock.decision(/Record (\S+)\.$/.exec(message)?.[1] ?? 'none');
  expect(record).toMatchObject({ rule: asked.rule, message, server: 'db2', user: 'dba' });
  expect(record.verdict).not.toBe('permit');
  return record;
}

/** The state that this record gives as that of the link from db2 to db1. */
export function judgedLink({ links }: DecisionRecord): LinkState | undefined {
  return links.find(({ source, consumer }) => source === 'db2' && consumer === 'db1')?.state;
}
