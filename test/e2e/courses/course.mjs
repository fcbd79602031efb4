// The same course as the other files here, for mysql2 and the mariadb driver: one JSON line a step.
// Arguments: driver, host, port, user, password, `course` or `refusal`.
import { argv, stdout } from 'node:process';

const [, , driver, host, port, user, password, what] = argv;
const tell = (step, value) => stdout.write(`${JSON.stringify([step, value], spell)}\n`);
const spell = (_, value) => (typeof value === 'bigint' ? Number(value) : value);

const errorOf = (act) =>
  act().then(
    () => null,
    (error) => [error.errno, error.sqlState, error.sqlMessage ?? error.message],
  );

const at = { host, port: Number(port), user, password, database: 'shop' };

/** One way to ask for both drivers: rows, or how many were affected. */
async function connect() {
  if (driver === 'mysql2') {
    const { createConnection } = await import('mysql2/promise');
    const client = await createConnection(at);
    const plain = ([result]) => result.affectedRows ?? result;
    return {
      query: async (sql, values) => plain(await client.query(sql, values)),
      execute: async (sql, values) => plain(await client.execute(sql, values)),
      end: () => client.end(),
    };
  }
  const { createConnection } = await import('mariadb');
  const client = await createConnection({ ...at, allowPublicKeyRetrieval: true, bulk: true });
  const plain = (result) => result.affectedRows ?? [...result];
  return {
    query: async (sql, values) => plain(await client.query(sql, values)),
    execute: async (sql, values) => plain(await client.execute(sql, values)),
    batch: async (sql, values) => plain(await client.batch(sql, values)),
    end: () => client.end(),
  };
}

async function refusal(db) {
  tell('refused', await errorOf(() => db.query('DROP TABLE precious')));
  tell('refused prepared', await errorOf(() => db.execute('DROP TABLE precious')));
  tell('usable', await db.query('SELECT COUNT(*) AS n FROM precious'));
}

async function course(db) {
  tell('text', await db.query("SELECT 1 AS one, 'zwölf' AS two, NULL AS nothing, 0.10 AS ten"));
  for (const wanted of [1, 2]) {
    tell('prepared', await db.execute('SELECT id, v FROM precious WHERE id = ?', [wanted]));
  }
  await db.query('DROP TABLE IF EXISTS course');
  await db.query('CREATE TABLE course (id INT PRIMARY KEY, v LONGTEXT) ENGINE=InnoDB');
  for (const end of ['ROLLBACK', 'COMMIT']) {
    await db.query('BEGIN');
    tell('inserted', await db.execute('INSERT INTO course VALUES (?, ?)', [1, "it's"]));
    await db.query(end);
    tell('kept', await db.query('SELECT * FROM course'));
  }
  const many = [
    [2, 'two'],
    [3, 'three'],
  ];
  if (db.batch) tell('batch', await db.batch('INSERT INTO course VALUES (?, ?)', many));
  const tables = [...'abcdefgh'].map((name) => `precious ${name}`).join(', ');
  const big = await db.query(`SELECT REPEAT('x', 80000) AS x FROM ${tables}`);
  tell(
    'big',
    big.reduce((sum, { x }) => sum + x.length, 0),
  );
  const [{ x }] = await db.query("SELECT REPEAT('x', 17000000) AS x");
  tell('long', x.length);
  tell('sent', await db.execute('UPDATE course SET v = ?', ['y'.repeat(1_000_000)]));
  tell('error', await errorOf(() => db.query('SELECT * FROM nowhere')));
  await db.query('TRUNCATE course');
  tell('emptied', await db.query('SELECT COUNT(*) AS n FROM course'));
  await db.query('DROP TABLE course');
}

const db = await connect();
await (what === 'refusal' ? refusal(db) : course(db));
await db.end();
