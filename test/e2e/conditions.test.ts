// Statements that reach every row, and conditions that name no column of the table, in every form a
// server takes them: where all rows of a real server went, the reader must have said so.
import { expect, it } from 'vitest';
import { type ReadContext, versionNumber } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { CONSTANT_CONDITIONS, WHOLE_TABLES } from './constant-conditions.js';
import { RawClient } from './raw-client.js';

const SETUP = [
  'CREATE DATABASE play',
  'USE play',
  'CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC RETURN 1',
  'CREATE TABLE u (id INT)',
  'INSERT INTO u VALUES (1)',
  'CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(9)) ENGINE=MEMORY',
];
const ROWS = "INSERT IGNORE INTO t VALUES (1, 7, 'x'), (2, 8, 'y'), (3, NULL, NULL)";

describeOnEveryLine('a condition without a column', (line) => {
  const { server } = labWith({ line, servers: ['judge'] });

  it('restricts nothing to the reader where it restricts nothing to the server', async () => {
    const { version, port } = server('judge');
    const isMariadb = line.startsWith('mariadb');
    const flavour = isMariadb ? 'mariadb' : 'mysql';
    const dialect = { flavour, version: versionNumber(version) ?? 0 } as const;
    const client = await RawClient.open(port);
    for (const sql of SETUP) expect(await lastOf(client, sql)).toMatchObject({ rows: [] });
    if (isMariadb) await client.query('CREATE SEQUENCE s');
    const found = await judge(client, { dialect, sqlMode: '' });
    const oracle = isMariadb ? await judge(client, { dialect, sqlMode: 'ORACLE' }) : [];
    client.close();
    const all = [...found, ...oracle];
    expect(all.filter(({ isMissed }) => isMissed)).toEqual([]);
    expect(all.length).toBeGreaterThan(150);
  });
});

/** Those that let every row of the server go. */
async function judge(client: RawClient, known: Pick<ReadContext, 'dialect' | 'sqlMode'>) {
  await client.query(`SET sql_mode='${known.sqlMode}'`);
  const found: { readonly sql: string; readonly isMissed: boolean }[] = [];
  const conditions = CONSTANT_CONDITIONS.map((where) => `DELETE FROM t WHERE ${where}`);
  for (const sql of [...conditions, ...WHOLE_TABLES]) {
    if (!(await reachesAll(client, sql))) continue;
    const context = { ...known, charset: 'utf8mb4', database: 'play' };
    found.push({ sql, isMissed: isHarmless(sql, context) || isHarmless(sql, {}) });
  }
  return found;
}

async function lastOf(client: RawClient, sql: string) {
  return (await client.query(sql)).at(-1);
}

/** Whether no row is left as it was of those that were there. */
async function reachesAll(client: RawClient, sql: string): Promise<boolean> {
  await client.query(ROWS);
  await client.query(sql);
  const count = await lastOf(client, 'SELECT COUNT(*) FROM t WHERE NOT a <=> 9');
  await client.query('DELETE FROM t');
  return count?.rows[0]?.[0] === '0';
}

function isHarmless(sql: string, context: ReadContext): boolean {
  return readText(Buffer.from(sql, 'latin1'), context).effects.length === 0;
}
