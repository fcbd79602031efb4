// What the proofs of residue share: the words that link db1 again, and restores of one table.
import type { ServerLine } from '../../src/lab/lines.js';
import type { LabServer } from '../../src/lab/server.js';
import { changeSource } from '../../src/lab/terms.js';

/** CHANGE … TO this source with the lab's account: by GTID, or from these coordinates. */
export function changeTo(
  line: ServerLine,
  source: { readonly host: string; readonly port: number },
  from?: { readonly file: string; readonly position: number },
): string {
  return changeSource(line, {
    host: source.host,
    port: source.port,
    user: 'lab_replication',
    password: 'lab-replication',
    channel: '',
    from: from === undefined ? { kind: 'gtid' } : { kind: 'position', ...from },
  });
}

/** Rows of a table; -1 where it is gone. */
export async function rowsIn(server: LabServer, table: string): Promise<number> {
  const [row] = await server.query(`SELECT COUNT(*) AS n FROM ${table}`).catch(() => []);
  return row === undefined ? -1 : Number(row.n);
}

/** Drops app.t and puts it back as it was, unseen by anybody else. */
export async function unloggedRestore(server: LabServer): Promise<void> {
  const rows = await server.query('SELECT id FROM app.t');
  const values = rows.map(({ id }) => `(${Number(id)})`).join(', ');
  await server.execute(
    'SET sql_log_bin=0',
    'DROP TABLE app.t',
    'CREATE TABLE app.t (id INT PRIMARY KEY)',
    `INSERT INTO app.t VALUES ${values}`,
    'SET sql_log_bin=1',
  );
}

/** A table with one row, unseen by anybody else. */
export async function unloggedTable(server: LabServer, table: string): Promise<void> {
  await server.execute(
    'SET sql_log_bin=0',
    'CREATE DATABASE IF NOT EXISTS app',
    `CREATE TABLE ${table} (id INT PRIMARY KEY)`,
    `INSERT INTO ${table} VALUES (1)`,
    'SET sql_log_bin=1',
  );
}
