import { expect, it } from 'vitest';
import { UnfitServer } from '../../src/approval/control-failure.js';
import { prepareTables, readStoreRow, renewStore } from '../../src/approval/control-tables.js';
import { scripted } from './control-scene.js';

const ROW = { one: 1, version: 1, id: 'S1', secret: 'ab'.repeat(32), home: 'server', changes: 7 };
const NAMES = ['requests', 'tokens', 'uses', 'holds', 'takes', 'store'].map(
  (name) => `interlock_${name}`,
);
const noTable = (): never => {
  throw Object.assign(new Error('no such table'), { errno: 1146 });
};

it('reads what the store says of itself', async () => {
  const read = await readStoreRow(scripted('c1:1', { rows: () => [ROW] }));
  expect(read).toEqual({
    identity: { id: 'S1', key: Buffer.from('ab'.repeat(32), 'hex') },
    home: 'server',
    changes: 7,
  });
});

it('knows no store where there is none, and none of another version', async () => {
  expect(await readStoreRow(scripted('c1:1', { rows: noTable }))).toBeUndefined();
  expect(await readStoreRow(scripted('c1:1'))).toBeUndefined();
  const other = scripted('c1:1', { rows: () => [{ ...ROW, version: 2 }] });
  await expect(readStoreRow(other)).rejects.toThrow(UnfitServer);
  await expect(readStoreRow(other)).rejects.toThrow(/of version 2, this Interlock is of 1/);
});

it('makes nothing where everything is there', async () => {
  const rows = (sql: string) =>
    sql.includes('information_schema') ? NAMES.map((name) => ({ name })) : [ROW];
  const session = scripted('c1:1', { rows });
  await prepareTables(session);
  expect(session.asked.filter((sql) => !sql.startsWith('SELECT'))).toEqual([]);
});

it('makes tables that can take back what was not confirmed, and one row', async () => {
  const rows = (sql: string) =>
    sql.includes('information_schema') ? NAMES.map((name) => ({ name })) : noTable();
  const session = scripted('c1:1', { rows });
  await prepareTables(session);
  const made = session.asked.filter((sql) => sql.startsWith('CREATE'));
  expect(made).toHaveLength(NAMES.length);
  expect(made.every((sql) => sql.includes('ENGINE = InnoDB') && sql.includes('PRIMARY KEY'))).toBe(
    true,
  );
  expect(session.asked.filter((sql) => sql.startsWith('INSERT IGNORE'))).toHaveLength(1);
});

it('uses no store that lacks a table', async () => {
  const rows = (sql: string) =>
    sql.includes('information_schema') ? NAMES.slice(1).map((name) => ({ name })) : [ROW];
  await expect(prepareTables(scripted('c1:1', { rows }))).rejects.toThrow(
    /a table of it is gone or not of InnoDB/,
  );
});

it('ends what is open when the store gets another identity', async () => {
  const session = scripted('c1:1');
  await renewStore(session);
  expect(session.asked).toEqual([
    "UPDATE interlock_requests SET state = 'restored' WHERE state = 'open'",
    'UPDATE interlock_store SET id = ?, home = ? WHERE one = 1',
  ]);
});
