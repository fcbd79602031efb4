// What people already use works through Interlock as without it: both command-line clients, a
// dump and its restore, mysql2 in both protocols, sysbench. Every output is compared with the
// one that the same command has when it goes to the server directly.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createConnection as createStreaming } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fetchServer, fetchTool } from '../../src/lab/fetch.js';
import type { ServerLine } from '../../src/lab/lines.js';
import type { Program } from '../../src/lab/program.js';
import { surroundings } from '../../src/lab/surroundings.js';
import { addAccounts, DBA, RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';

const FETCH = { surroundings: surroundings(), report: () => undefined };

/** The command-line clients that speak to each line at all. */
const CLIENTS_OF = {
  'mariadb-10.11': ['mariadb-10.11', 'mysql-9'],
  'mysql-9': ['mariadb-10.11', 'mysql-9'],
  'mysql-5.6': ['mariadb-10.11', 'mysql-9'],
} as const satisfies Record<ServerLine, readonly ServerLine[]>;

const SHOP = [
  'CREATE DATABASE shop',
  `CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, note LONGTEXT, photo BLOB,
     total DECIMAL(10,2), placed DATETIME NULL, KEY (total))`,
  "INSERT INTO shop.orders (note, total) VALUES ('it''s', 1.5), ('a;b -- c', 2), (NULL, NULL)",
  "INSERT INTO shop.orders (photo, placed) VALUES (0x00FF0A1A225C27, '2016-03-17 03:00:00')",
  "INSERT INTO shop.orders (note) VALUES (REPEAT('long ', 100000))",
  'CREATE VIEW shop.big AS SELECT id, total FROM shop.orders WHERE total > 1',
  'CREATE PROCEDURE shop.one() SELECT 1 AS one',
  'CREATE TRIGGER shop.stamp BEFORE INSERT ON shop.orders FOR EACH ROW SET NEW.total = 7',
];

const SCRIPT = `
SELECT 1 AS one, 'zwei' AS two, NULL AS nothing, 0.10 AS ten;
SHOW VARIABLES LIKE 'version';
USE shop
SHOW TABLES;
SELECT id, LENGTH(note), HEX(photo), total, placed FROM orders;
CREATE TABLE scratch (a INT PRIMARY KEY, b VARCHAR(3));
INSERT INTO scratch VALUES (1, 'one'), (2, 'two');
INSERT IGNORE INTO scratch VALUES (1, 'three');
SHOW WARNINGS;
SELECT nothing FROM nowhere;
SELECT * FROM scratch PROCEDURE;
DELIMITER //
CREATE PROCEDURE several() BEGIN SELECT 1; SELECT 2; END//
CALL several()//
DELIMITER ;
BEGIN; DELETE FROM scratch WHERE a = 1; ROLLBACK;
PREPARE by_key FROM 'SELECT b FROM scratch WHERE a = ?';
SET @key = 2;
EXECUTE by_key USING @key;
DEALLOCATE PREPARE by_key;
query_attributes trace 'of a client that has them' other 7;
SELECT 'with attributes, or an error' AS text;
SELECT COUNT(*) FROM scratch;
DROP PROCEDURE several;
/*! DROP TABLE */ scratch;
DROP TABLE IF EXISTS scratch;
`;

describeOnEveryLine('clients through Interlock', (line) => {
  const stage = labWith({ line, servers: ['db1', 'db2'], gtid: false });
  let interlock: RunningInterlock;
  const direct = (): number => stage.server('db1').port;
  const through = (): number => interlock.port('db1');

  beforeAll(async () => {
    const servers = [stage.server('db1'), stage.server('db2')];
    await addAccounts(servers);
    await stage.server('db1').execute(...SHOP);
    interlock = await RunningInterlock.start({ guarded: servers });
  });
  afterAll(() => interlock?.stop());

  it.each(CLIENTS_OF[line])('the command-line client of %s prints the same', async (own) => {
    const { client } = await fetchServer(own, FETCH);
    const run = (port: number): Promise<Output> =>
      output(client, [...addressOf(port), '--force', '-t', '-v', '--show-warnings'], SCRIPT);
    const expected = await run(direct());
    expect(expected.stdout).toContain('zwei');
    expect(await run(through())).toEqual(expected);
    const failing = (port: number): Promise<Output> =>
      output(client, [...addressOf(port), '-e', 'SELECT nothing FROM nowhere.at_all']);
    expect(await failing(through())).toEqual(await failing(direct()));
  });

  it('a dump is the same, and restores through it into a severed server', async () => {
    const { client, dump } = stage.server('db1').clientTools;
    const how = ['--single-transaction', '--routines', '--triggers', '--skip-dump-date'];
    const args = [...how, '--add-drop-database', '--databases', 'shop'];
    // Of a server with GTIDs mysqldump also sets gtid_purged, which goes into an empty one only.
    const unnumbered = line === 'mariadb-10.11' ? args : ['--set-gtid-purged=OFF', ...args];
    const from = (port: number, how: readonly string[]): Promise<Output> =>
      output(dump, [...addressOf(port), ...how]);
    for (const how of [args, unnumbered]) {
      const dumped = await from(direct(), how);
      expect(dumped.stdout).toContain('DROP TABLE IF EXISTS');
      expect(await from(through(), how)).toEqual(dumped);
      const restored = await output(client, addressOf(interlock.port('db2')), dumped.stdout);
      expect(restored).toMatchObject({ code: 0, stdout: '' });
    }
    const copy = await from(stage.server('db2').port, unnumbered);
    expect(copy.stdout).toBe((await from(direct(), unnumbered)).stdout);
    const decided = (await interlock.records()).filter(({ kind }) => kind === 'decision');
    expect(decided.length).toBeGreaterThan(1);
  });

  it('mysql2 sees the same in the text protocol and in the binary one', async () => {
    expect(await answersOf(through())).toEqual(await answersOf(direct()));
  });

  it('sysbench prepares, runs with prepared statements and cleans up the same', async () => {
    const sysbench = await fetchTool('sysbench', FETCH);
    const scripts = join(dirname(String(sysbench.args.at(-1))), '../share/sysbench');
    const program = { ...sysbench, env: { ...sysbench.env, LUA_PATH: `${scripts}/?.lua` } };
    await stage.server('db1').query('CREATE DATABASE sbtest');
    const bench = async (port: number): Promise<readonly string[]> => {
      const said: string[] = [];
      const phase = async (script: string, verb: string): Promise<void> => {
        const args = [join(scripts, script), ...benchArgs(port), verb];
        const { code, stdout, stderr } = await output(program, args);
        expect({ code, stderr, script, verb }).toEqual({ code: 0, stderr: '', script, verb });
        said.push(...countsIn(stdout));
      };
      await phase('oltp_read_write.lua', 'prepare');
      await phase('oltp_point_select.lua', 'run');
      await phase('oltp_read_write.lua', 'run');
      await phase('oltp_read_write.lua', 'cleanup');
      return said;
    };
    const expected = await bench(direct());
    expect(expected).toContain('transactions: 200');
    expect(expected).toContain('ignored errors: 0');
    expect(await bench(through())).toEqual(expected);
    const executed = { server: 'db1', command: 'COM_STMT_EXECUTE' };
    expect(await interlock.metric('commands_total', executed)).toBeGreaterThan(200);
  });
});

interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function output(program: Program, args: readonly string[], input = ''): Promise<Output> {
  const { command, env } = program;
  const child = spawn(command, [...program.args, ...args], { env: { ...env }, timeout: 60_000 });
  const pieces: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  child.stdout.on('data', (piece: Buffer) => pieces.stdout.push(piece));
  child.stderr.on('data', (piece: Buffer) => pieces.stderr.push(piece));
  child.stdin.on('error', () => undefined);
  child.stdin.end(Buffer.from(input, 'latin1'));
  await once(child, 'close');
  const text = (all: readonly Buffer[]): string => Buffer.concat(all).toString('latin1');
  return { code: child.exitCode, stdout: text(pieces.stdout), stderr: text(pieces.stderr) };
}

function addressOf(port: number): readonly string[] {
  const { user, password } = DBA;
  return ['--no-defaults', '--host=127.0.0.1', `--port=${port}`, `-u${user}`, `-p${password}`];
}

function benchArgs(port: number): readonly string[] {
  return [
    '--mysql-host=127.0.0.1',
    `--mysql-port=${port}`,
    `--mysql-user=${DBA.user}`,
    `--mysql-password=${DBA.password}`,
    '--db-ps-mode=auto',
    '--tables=2',
    '--table-size=200',
    '--threads=1',
    '--rand-seed=7',
    '--events=200',
    '--time=0',
  ];
}

/** sysbench's counts of what it did, without rates and times. */
function countsIn(stdout: string): readonly string[] {
  const lines = [...stdout.matchAll(/^\s+([a-z][a-z ]+):\s+(\d+)(?=\s|$)/gm)];
  return lines.map(([, name, count]) => `${name}: ${count}`);
}

/** Everything mysql2 hands over for a course of statements. */
async function answersOf(port: number): Promise<readonly string[]> {
  const at = { host: '127.0.0.1', port, ...DBA, database: 'shop', multipleStatements: true };
  const client = await createConnection(at);
  try {
    const answers: string[] = [];
    for (const { sql, values } of COURSE) {
      answers.push(await answer(() => client.query(sql, [...values])));
      if (!sql.includes(';')) answers.push(await answer(() => client.execute(sql, [...values])));
    }
    answers.push(JSON.stringify(await streamed(port)));
    return answers;
  } finally {
    client.destroy();
  }
}

const COURSE: readonly {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}[] = [
  {
    sql: 'SELECT id, note, photo, total, placed FROM orders WHERE id > ? ORDER BY id',
    values: [1],
  },
  { sql: 'SELECT ? + 1 AS n, CONCAT(?, ?) AS s', values: [41, 'x', 'y'] },
  {
    sql: 'CREATE TABLE IF NOT EXISTS course (id INT AUTO_INCREMENT PRIMARY KEY, v TEXT)',
    values: [],
  },
  { sql: 'INSERT INTO course (v) VALUES (?), (?)', values: ['one', null] },
  { sql: 'UPDATE course SET v = ? WHERE id = ?', values: ['two', 2] },
  { sql: 'SELECT * FROM nowhere', values: [] },
  { sql: 'SELECT 1 AS a; SELECT 2 AS b; DO 1', values: [] },
  { sql: 'SELECT 1; SELECT x FROM nowhere; SELECT 2', values: [] },
  { sql: 'CALL one()', values: [] },
  { sql: 'TRUNCATE course', values: [] },
  { sql: 'DROP TABLE IF EXISTS course, nowhere', values: [] },
];

async function answer(ask: () => Promise<unknown>): Promise<string> {
  return ask().then(
    (result) => JSON.stringify(result, columnsByName),
    (thrown: unknown) => `failed: ${thrown instanceof Error ? thrown.message : ''}`,
  );
}

/** mysql2 keeps the bytes a column came in, and where in them: what it was cut into differs. */
function columnsByName(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('columnType' in value)) return value;
  const column: Readonly<Record<string, unknown>> = { ...value };
  const { columnType, flags, columnLength, decimals, characterSet } = column;
  const name = 'name' in value ? value.name : '';
  return { name, columnType, flags, columnLength, decimals, characterSet };
}

/** Row by row, from a client that reads slowly. */
function streamed(port: number): Promise<readonly unknown[]> {
  const client = createStreaming({ host: '127.0.0.1', port, ...DBA, database: 'shop' });
  const rows: unknown[] = [];
  return new Promise((resolve, reject) => {
    client
      .query('SELECT a.id AS a, b.id AS b, a.note FROM orders a, orders b ORDER BY 1, 2')
      .stream({ highWaterMark: 1 })
      .on('data', (row: unknown) => rows.push(row))
      .on('error', reject)
      .on('end', () => {
        client.destroy();
        resolve(rows);
      });
  });
}
