// The tables of a ring under faults: each is destroyed on the server it is named after, and must stay
// on the others.
import type { LabServer } from '../../src/lab/server.js';
import { type Member, RING } from './fault-ring.js';

const ROWS = 2;

/** The same tables everywhere, unlogged: each is destroyed on the server it is named after. */
export async function furnish(server: LabServer, tables: number): Promise<void> {
  const connection = await server.connect({ multipleStatements: true });
  await connection.query('SET sql_log_bin=0; CREATE DATABASE app');
  for (const owner of RING) {
    for (let from = 0; from < tables; from += 100) {
      const numbers = Array.from({ length: 100 }, (_, index) => from + index);
      const made = numbers.map(
        (number) =>
          `CREATE TABLE app.${owner}_${number} (id INT PRIMARY KEY) ENGINE=MyISAM; ` +
          `INSERT INTO app.${owner}_${number} VALUES (1), (2)`,
      );
      await connection.query(made.join('; '));
    }
  }
  await connection.end();
}

/** Tables of others that are gone or empty here: each is a statement that got through. */
export async function arrivals(
  server: LabServer,
  next: Readonly<Record<Member, number>>,
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const owner of RING) {
    if (owner === server.name) continue;
    for (let number = 0; number < next[owner]; number += 1) {
      const table = `app.${owner}_${number}`;
      if ((await rowsOf(server, table)) !== ROWS) found.push(`${table} on ${server.name}`);
    }
  }
  return found;
}

const NO_SUCH_TABLE = 1146;

async function rowsOf(server: LabServer, table: string): Promise<number> {
  try {
    const [row] = await server.query(`SELECT COUNT(*) AS n FROM ${table}`);
    return Number(row?.n);
  } catch (thrown) {
    const isGone = thrown instanceof Error && 'errno' in thrown && thrown.errno === NO_SUCH_TABLE;
    if (isGone) return -1;
    throw thrown;
  }
}
