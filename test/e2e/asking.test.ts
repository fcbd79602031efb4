// A session is asked what its statement would do, on real servers through the real process: what does
// not travel passes, what would is refused, and no client can tell that anybody asked.
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { replicate, sever, untilCaughtUp } from '../../src/lab/replication.js';
import type { LabServer } from '../../src/lab/server.js';
import { addAccounts, RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { TRANSCRIPTS } from './asking-transcripts.js';

const TABLES = [
  'CREATE DATABASE IF NOT EXISTS shop',
  'CREATE TABLE IF NOT EXISTS shop.orders (id INT PRIMARY KEY)',
  'REPLACE INTO shop.orders VALUES (1), (2), (3)',
  'CREATE TABLE IF NOT EXISTS shop.log (id INT AUTO_INCREMENT PRIMARY KEY, n TINYINT)',
];

describeOnEveryLine('asking the session', (line) => {
  const stage = labWith({ line, servers: ['db1', 'db2'], links: [['db1', 'db2']], gtid: false });
  let db1: LabServer;
  let db2: LabServer;
  let interlock: RunningInterlock;
  let client: Connection;

  beforeAll(async () => {
    db1 = stage.server('db1');
    db2 = stage.server('db2');
    await addAccounts([db1, db2]);
    await db2.execute(...TABLES);
    await untilCaughtUp({ consumer: db1, source: db2 });
    interlock = await RunningInterlock.start({ guarded: [db2], watched: [db1] });
  });
  afterAll(() => interlock?.stop());
  beforeEach(async () => {
    client = await interlock.connect('db2', { database: 'shop' });
  });

  const passes = async (...texts: string[]): Promise<void> => {
    for (const sql of texts) await client.query(sql);
  };
  const refused = async (sql: string, rule = 'no-drop-while-linked'): Promise<string> => {
    const error: unknown = await client.query(sql).then(
      () => `passed: ${sql}`,
      (thrown: unknown) => thrown,
    );
    expect(error, sql).toMatchObject({ errno: 1644 });
    const message = error instanceof Error ? error.message : '';
    expect(message, sql).toContain(`Rule ${rule}.`);
    return message;
  };
  const has = async (server: LabServer, table: string): Promise<boolean> => {
    const [schema, name] = table.split('.');
    const rows = await server.query(
      `SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${schema}' AND TABLE_NAME = '${name}'`,
    );
    return rows.length === 1;
  };

  it('lets pass what is not logged, and it reaches nobody', async () => {
    await refused('DROP TABLE orders');
    await passes('SET sql_log_bin = 0', 'DROP TABLE orders');
    expect(await has(db2, 'shop.orders')).toBe(false);
    const records = await interlock.records();
    const dropped = records.findLast(
      (each) => each.kind === 'decision' && each.verdict === 'permit',
    );
    expect(dropped).toMatchObject({
      rule: 'none',
      logged: false,
      logging: { binlog: false },
      reach: [],
      links: [{ source: 'db2', consumer: 'db1', state: 'live' }],
    });
    await passes(...TABLES, 'SET sql_log_bin = 1', 'INSERT INTO log (n) VALUES (9)');
    await untilCaughtUp({ consumer: db1, source: db2 });
    expect(await has(db1, 'shop.orders')).toBe(true);
    await refused('DROP TABLE orders');
  });

  it('leaves a session to log by statements that did so before', async () => {
    const rows = Array.from({ length: 60 }, () => '(1)').join(',');
    await db2.query('SET GLOBAL binlog_format = MIXED');
    client = await interlock.connect('db2', { database: 'shop' });
    await db2.query('SET GLOBAL binlog_format = ROW');
    await passes(
      `INSERT INTO log (n) VALUES ${rows}`,
      'CREATE TEMPORARY TABLE kept (id INT)',
      // 60 of FOUND_ROWS() are to be put back.
      'SELECT n FROM log',
    );
    await refused('DROP TABLE orders');
    await passes('INSERT INTO log (n) VALUES (100) /* after the question */');
    const logged = (await db2.query('SHOW BINLOG EVENTS')).map(({ Event_type, Info }) => ({
      type: String(Event_type),
      isOurs: String(Info).includes('VALUES (100)'),
    }));
    const byStatement = logged.some(({ type, isOurs }) => type === 'Query' && isOurs);
    // MySQL 5.6 does so after any SELECT with a LIMIT of the session's own: docs/asking.md.
    expect(byStatement).toBe(line !== 'mysql-5.6');
  });

  it('counts as logged what the packet itself, or code kept for later, may log', async () => {
    await passes('SET sql_log_bin = 0');
    await refused('SET sql_log_bin = 1; DROP TABLE orders');
    await refused('SET @@session.sql_log_bin = 1; TRUNCATE orders');
    await refused('CREATE PROCEDURE wipe() DROP TABLE orders');
    await refused('PURGE BINARY LOGS BEFORE now()', 'no-history-loss-while-linked');
    await refused('EXECUTE s', 'no-opaque-while-linked');
    await passes('SET sql_log_bin = 1');
    await refused('SET sql_log_bin = 0; DROP TABLE orders');
    expect(await has(db2, 'shop.orders')).toBe(true);
  });

  it('reads a text as the session does at that moment', async () => {
    const escaped = "SELECT 'it\\'; DROP TABLE orders; -- ' AS v";
    const quoted = 'SELECT "\\"; DROP TABLE orders; -- " AS v';
    const [rows] = await client.query(escaped);
    expect(rows).toEqual([{ v: "it'; DROP TABLE orders; -- " }]);
    await passes(quoted, "SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
    await refused(escaped);
    await passes("SET sql_mode = 'ANSI_QUOTES'", escaped);
    await refused(quoted);
    await passes("SET sql_mode = ''", escaped);
    await refused(`SET sql_mode = 'NO_BACKSLASH_ESCAPES'; ${escaped}`);
    await refused(`SET @m = 'NO_BACKSLASH_ESCAPES'; SET sql_mode = @m; ${escaped}`);
    expect(await has(db2, 'shop.orders')).toBe(true);
  });

  it('judges a prepared statement under every mode it is parsed in', async () => {
    const sql = "SELECT 'it\\'; DROP TABLE orders; -- ' AS v";
    const statement = await client.prepare(sql);
    expect((await statement.execute([]))[0]).toEqual([{ v: "it'; DROP TABLE orders; -- " }]);
    await passes("SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
    await expect(statement.execute([])).rejects.toMatchObject({ errno: 1644 });
    await expect(client.prepare(`${sql}!`)).rejects.toMatchObject({ errno: 1644 });
    await passes("SET sql_mode = ''");
    expect((await statement.execute([]))[0]).toHaveLength(1);
    const drop = 'DROP TABLE orders';
    await expect(client.prepare(drop)).rejects.toMatchObject({ errno: 1644 });
    await passes('SET sql_log_bin = 0');
    const prepared = await client.prepare(`${drop} `);
    await passes('SET sql_log_bin = 1');
    await expect(prepared.execute([])).rejects.toMatchObject({ errno: 1644 });
  });

  it('asks what a variable holds, and remembers what a name was prepared from', async () => {
    await passes("SET @v = 'SELECT 1'", 'PREPARE s FROM @v', 'EXECUTE s', 'EXECUTE `S`');
    await passes("SET @v = CONCAT('DR', 'OP TABLE orders')");
    await refused('PREPARE s FROM @v');
    await passes('EXECUTE s', "PREPARE s FROM 'SELECT ?'", 'SET @a = 1', 'EXECUTE s USING @a');
    await refused("SET @v = 'SELECT 1'; PREPARE s FROM @v", 'no-opaque-while-linked');
    await passes('SET sql_log_bin = 0', "SET @v = 'DROP TABLE orders'", 'PREPARE s FROM @v');
    await passes('SET sql_log_bin = 1');
    await refused('EXECUTE s');
    await refused('EXECUTE unheard_of', 'no-opaque-while-linked');
    await passes("SET @v = REPEAT('x', 70000)");
    await refused('PREPARE s FROM @v', 'no-opaque-while-linked');
    await passes("SET @v = CONVERT('SELECT 1' USING utf16)");
    await refused('PREPARE s FROM @v', 'no-opaque-while-linked');
  });

  it('lets a temporary table go, alone in its list and while it is there', async () => {
    await passes('CREATE TEMPORARY TABLE orders (i INT)', 'CREATE TEMPORARY TABLE t2 (i INT)');
    await refused('DROP TABLE orders, shop.orders');
    await refused('DROP TABLE orders; DROP TABLE orders');
    const before = await written(db2);
    await passes('DROP TABLE IF EXISTS `orders`', 'DROP TABLE shop.t2');
    await refused('DROP TABLE orders');
    await refused('DROP TABLE IF EXISTS t2');
    for (const statement of (await written(db2)).slice(before.length)) {
      expect(statement).toMatch(/DROP (\/\*!40005 )?TEMPORARY|^BEGIN|^COMMIT|GTID|ROLLBACK/);
    }
    await untilCaughtUp({ consumer: db1, source: db2 });
    expect([await has(db1, 'shop.orders'), await has(db2, 'shop.orders')]).toEqual([true, true]);
  });

  it.each(TRANSCRIPTS)('leaves no trace: $name', async ({ texts, expected }) => {
    const direct = await db2.connect({ database: 'shop' });
    const own = await transcript(direct, texts);
    const through = await transcript(client, texts);
    direct.destroy();
    expect(through).toEqual(own);
    if (expected !== undefined) expect(own.at(-1)).toEqual(expected);
  });

  it('is asked once while nobody follows, and again as soon as somebody does', async () => {
    const asked = () => interlock.metric('session_questions_total', { server: 'db2', why });
    const why = 'logging';
    const dropped = async (sql: string): Promise<unknown> => {
      await passes(sql);
      return (await interlock.records()).findLast(({ kind }) => kind === 'decision');
    };
    await sever(db1);
    await passes('CREATE TABLE a (id INT)', 'CREATE TABLE b (id INT)', 'CREATE TABLE c (id INT)');
    const before = await asked();
    expect(await dropped('DROP TABLE a')).toMatchObject({ logged: true });
    expect(await asked()).toBe(before + 1);
    const second = await dropped('DROP TABLE IF EXISTS b, gone');
    expect(second).toMatchObject({ verdict: 'permit', isUnasked: true, logged: 'unknown' });
    expect(second).not.toHaveProperty('logging');
    expect(await asked()).toBe(before + 1);
    // What was said of logging is nothing to go by any more.
    await passes('SET sql_log_bin = 0');
    expect(await dropped('DROP TABLE c')).toMatchObject({ logged: false });
    await passes('SET sql_log_bin = 1', 'DROP TABLE IF EXISTS gone');
    await replicate({ consumer: db1, source: db2 });
    const live = { server: 'db2', peer: 'db1', state: 'live' };
    await expect.poll(() => interlock.metric('link_state', live), { timeout: 60_000 }).toBe(1);
    const linked = await asked();
    await refused('DROP TABLE orders');
    expect(await asked()).toBe(linked + 1);
    expect([await has(db1, 'shop.orders'), await has(db2, 'shop.orders')]).toEqual([true, true]);
  });
});

/** Statements in the binary log, as text. */
async function written(server: LabServer): Promise<readonly string[]> {
  const logs = await server.query('SHOW BINARY LOGS');
  const file = String(logs.at(-1)?.Log_name);
  const events = await server.query(`SHOW BINLOG EVENTS IN '${file}'`);
  return events.filter((event) => event.Event_type === 'Query').map((event) => String(event.Info));
}

async function transcript(by: Connection, texts: readonly string[]): Promise<readonly unknown[]> {
  const told: unknown[] = [];
  for (const sql of texts) {
    told.push(
      await by.query({ sql, rowsAsArray: true }).then(
        ([rows]) => (Array.isArray(rows) ? rows : 'ok'),
        (error: unknown) => (error instanceof Error ? error.message : error),
      ),
    );
  }
  return told;
}
