// Rules through real statements on real servers: every field of a rule both ways, the exceptions
// that ship, and reloading under load, good and bad files by turns.
import { readFile, rename } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import type { Connection, ConnectionOptions } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAccount } from '../../src/lab/accounts.js';
import { untilCaughtUp } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { addAccounts, interlock, RunningInterlock } from '../support/interlock.js';
import { labWith } from '../support/lab.js';
import { put, RELOADS, RULES_IN_A_SET, reloadUnderLoad, setOf } from './reload-scene.js';
import { FIELD_CASES, type FieldCase, type Said, tableOf } from './rule-fields.js';

const ROWS = 2_000;
const GHOST = { user: 'ghost', password: 'ghost-password' } as const;

// db1 → db2: what is dropped on db1 reaches db2, and what is dropped on db2 reaches nobody.
const stage = labWith({
  line: 'mariadb-10.11',
  servers: ['db1', 'db2'],
  links: [['db2', 'db1']],
});
let db1: LabServer;
let db2: LabServer;

beforeAll(async () => {
  db1 = stage.server('db1');
  db2 = stage.server('db2');
  await addAccounts([db1, db2]);
  for (const server of [db1, db2]) {
    await createAccount(server, { ...GHOST, rights: ['ALL PRIVILEGES'] });
  }
  await db1.execute('CREATE DATABASE app', 'CREATE DATABASE other');
  await untilCaughtUp({ consumer: db2, source: db1 });
});

describe('every field of a rule, on a real server', () => {
  let made: RunningInterlock;

  beforeAll(async () => {
    made = await RunningInterlock.start({
      guarded: [db1, db2],
      more: ['rules: ./rules.yaml'],
      files: { 'rules.yaml': JSON.stringify({ rules: FIELD_CASES.map(ruleOf) }) },
    });
  });
  afterAll(() => made?.stop());

  const connectAs = ({ on = 'db1', user, from, program }: Said): Promise<Connection> => {
    const options: ConnectionOptions = {
      database: 'app',
      ...(user === 'ghost' ? GHOST : {}),
      ...(program === undefined ? {} : { connectAttributes: { program_name: program } }),
    };
    const port = made.port(on);
    const stream = () => connectSocket({ port, host: '127.0.0.1', localAddress: from });
    return made.connect(on, from === undefined ? options : { ...options, stream });
  };

  /** The ids of the rules that this refused, by its record; none where it ran. */
  const refusedBy = async (said: Said): Promise<readonly string[]> => {
    const client = await connectAs(said);
    if (said.before !== undefined) await client.query(said.before);
    const error: unknown = await client.query(said.sql).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    await client.end().catch(() => undefined);
    if (error === undefined) return [];
    expect(error, said.sql).toMatchObject({ errno: 1644, sqlState: '45000' });
    const message = error instanceof Error ? error.message : '';
    const record = await made.decision(/Record (\S+)\.$/.exec(message)?.[1] ?? 'none');
    return record.rules.filter(({ mode }) => mode === 'enforce').map(({ rule }) => rule);
  };

  it.each(FIELD_CASES)('$field: fires where it holds, and only there', async (one) => {
    for (const said of one.fires) {
      await prepare(one, said);
      expect(await refusedBy(said), said.sql).toEqual([idOf(one)]);
    }
    for (const said of one.passes) {
      await prepare(one, said);
      expect(await refusedBy(said), said.sql).toEqual([]);
    }
  });

  /** Tables as the statement wants them, on its server; db2 has db1's, or its own. */
  async function prepare(one: FieldCase, { on = 'db1' }: Said): Promise<void> {
    const server = on === 'db1' ? db1 : db2;
    await server.execute(
      `CREATE OR REPLACE TABLE app.${tableOf(one)} (id INT AUTO_INCREMENT PRIMARY KEY)`,
      `CREATE OR REPLACE TABLE app.${tableOf(one)}_b (id INT PRIMARY KEY)`,
      `CREATE OR REPLACE TABLE other.${tableOf(one)} (id INT PRIMARY KEY)`,
      `DROP PROCEDURE IF EXISTS app.p`,
    );
    if (one.isLarge === true) {
      const values = Array.from({ length: ROWS }, () => '(NULL)').join(', ');
      await server.execute(`INSERT INTO app.${tableOf(one)} VALUES ${values}`);
      await server.execute(`ANALYZE NO_WRITE_TO_BINLOG TABLE app.${tableOf(one)}`);
    }
  }
});

describe('the exceptions that ship', () => {
  it('lift what gh-ost does, and nothing that rides along', async () => {
    const shipped = 'rules/examples/schema-change-tools.yaml';
    const text = (await readFile(shipped, 'utf8')).replaceAll('10.0.4.0/24', '127.0.0.1');
    const made = await RunningInterlock.start({
      guarded: [db1],
      watched: [db2],
      more: ['rules: [default, ./tools.yaml]'],
      files: { 'tools.yaml': text.slice(0, text.indexOf('\ntests:')) },
    });
    try {
      const ghost = await made.connect('db1', { ...GHOST, database: 'app' });
      const dba = await made.connect('db1', { database: 'app' });
      const create = () =>
        db1.execute(
          'CREATE TABLE IF NOT EXISTS app.users (id INT)',
          'CREATE TABLE IF NOT EXISTS app._x_gho (id INT, c INT)',
        );
      await create();
      const rides = [
        'DROP TABLE app.users, app._x_gho',
        'DROP TABLE app._x_gho, app.users',
        'DROP TABLE app._x_gho; DROP TABLE app.users',
        'DROP TABLE IF EXISTS _x_gho, users',
      ];
      for (const sql of rides) {
        await expect(ghost.query(sql), sql).rejects.toMatchObject({ errno: 1644 });
      }
      await expect(dba.query('DROP TABLE app._x_gho')).rejects.toMatchObject({ errno: 1644 });
      await ghost.query('ALTER TABLE app._x_gho DROP COLUMN c');
      await ghost.query('DROP TABLE app._x_gho');
      await untilCaughtUp({ consumer: db2, source: db1 });
      const left = await db2.query("SHOW TABLES IN app WHERE Tables_in_app IN ('users', '_x_gho')");
      expect(left).toEqual([{ Tables_in_app: 'users' }]);
      const lifted = (await made.records()).find(
        (each) => each.kind === 'decision' && each.verdict === 'permit' && each.user === 'ghost',
      );
      expect(lifted).toMatchObject({ rules: [{ exception: 'gh-ost' }] });
    } finally {
      await made.stop();
    }
  });
});

describe('reloading', () => {
  it(`${RELOADS} times under load disturbs nobody, and no statement meets half a set`, async () => {
    const made = await RunningInterlock.start({
      guarded: [db1],
      watched: [db2],
      more: ['rules: ./rules.yaml'],
      files: { 'rules.yaml': setOf('a') },
    });
    try {
      await reloadUnderLoad(made);
    } finally {
      await made.stop();
    }
  });

  it('follows the files by itself, and keeps the set in force while they are wrong or gone', async () => {
    const made = await RunningInterlock.start({
      guarded: [db1],
      more: ['rules: ./rules.yaml'],
      files: { 'rules.yaml': setOf('a') },
    });
    try {
      const client = await made.connect('db1');
      const reloadIs = (wanted: number) =>
        made.until(
          `done with reading: ${wanted}`,
          async () => (await made.metric('rules_last_reload_successful')) === wanted,
        );
      const refused = () => client.query('DROP TABLE app.kept').catch(String);
      expect(await refused()).toMatch(/Rule a-0\./);
      await put(made, 'rules:\n  - { id: x, match: {}, verdict: deni }\n');
      await reloadIs(0);
      expect(made.log).toMatch(/"file":"[^"]*rules.yaml","line":2,"column":34/);
      expect(await refused()).toMatch(/Rule a-0\./);
      await put(made, setOf('b'));
      await reloadIs(1);
      expect(await refused()).toMatch(/Rule b-0\./);
      await rename(join(made.at.folder, 'rules.yaml'), join(made.at.folder, 'away'));
      await reloadIs(0);
      expect(await refused()).toMatch(/Rule b-0\./);
      await rename(join(made.at.folder, 'away'), join(made.at.folder, 'rules.yaml'));
      await reloadIs(1);
    } finally {
      await made.stop();
    }
  });

  it('tells whoever asks for it on the command line', async () => {
    const made = await RunningInterlock.start({
      guarded: [db1],
      more: ['rules: ./rules.yaml'],
      files: { 'rules.yaml': setOf('a') },
    });
    try {
      const reload = () => interlock(['reload', '--config', made.at.configFile]);
      await put(made, setOf('b'));
      expect(await reload()).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(`^rules loaded: ${RULES_IN_A_SET} rules, revision `),
      });
      await put(made, 'rules:\n  - { id: x, match: { effekt: drop-table }, verdict: deny }\n');
      const failed = await reload();
      expect(failed).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('not loaded; the rules in force stay'),
        stderr: expect.stringContaining('rules.yaml:2:23: error: unknown field "effekt"'),
      });
      expect(failed.stderr).toContain('did you mean "effect"?');
      const client = await made.connect('db1');
      await expect(client.query('DROP TABLE app.kept')).rejects.toThrow(/Rule b-0\./);
    } finally {
      await made.stop();
    }
  });
});

function idOf({ field }: FieldCase): string {
  return `field-${field}`;
}

function ruleOf(one: FieldCase): object {
  const { match, ...more } = one.rule;
  return { id: idOf(one), match: { table: tableOf(one), ...match }, verdict: 'deny', ...more };
}
