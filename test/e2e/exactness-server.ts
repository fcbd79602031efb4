// The server that a suite is run on, between its files and after a statement that did not end.
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabServer } from '../../src/lab/server.js';
import { inTime } from './in-time.js';

const STATEMENT_DEADLINE_MS = 5_000;
const ENDING_DEADLINE_MS = 20_000;

export function soon<T>(answer: Promise<T>): Promise<T> {
  return inTime(answer, STATEMENT_DEADLINE_MS);
}

/** Every schema and every session of the file before is gone. */
export async function clean(server: LabServer): Promise<void> {
  const sessions = await server.query(
    'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()',
  );
  for (const { id } of sessions) await server.query(`KILL ${Number(id)}`).catch(() => undefined);
  const schemas = await server.query(
    `SELECT schema_name AS name FROM information_schema.schemata WHERE schema_name NOT IN
     ('mysql', 'information_schema', 'performance_schema', 'sys', 'mtr')`,
  );
  for (const { name } of schemas) {
    await soon(server.query(`DROP DATABASE \`${String(name).replaceAll('`', '``')}\``));
  }
}

/** What it still does must not be laid at the next session's door. */
export async function ended(server: LabServer, id: number): Promise<void> {
  await server.query(`KILL ${id}`).catch(() => undefined);
  const sql = `SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE ID = ${id}`;
  const deadline = performance.now() + ENDING_DEADLINE_MS;
  while (Number((await server.query(sql))[0]?.n) > 0 && performance.now() < deadline)
    await sleep(50);
}
