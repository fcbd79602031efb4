// Code that the server keeps, through the real process: a CALL is judged by what its routine does
// now, and a harmless statement by the functions, triggers and views that it fires.
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DecisionRecord } from '../../src/audit/record.js';
import { createMonitorAccount } from '../../src/lab/accounts.js';
import {
  addAccounts,
  DBA,
  RunningInterlock,
  interlock as runCommand,
} from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { RawClient } from './raw-client.js';
import { LEARNING_DEADLINE_MS, MORE, RULES, SETUP } from './stored-code-scene.js';

describeOnEveryLine('code that the server keeps', (line) => {
  const isMariadb = line === 'mariadb-10.11';
  const options = isMariadb ? [] : ['--federated'];
  const stage = labWith({ line, servers: ['db1'], gtid: false, options });
  let interlock: RunningInterlock;
  let client: Connection;

  beforeAll(async () => {
    const db1 = stage.server('db1');
    await addAccounts([db1]);
    await db1.execute(...SETUP);
    if (isMariadb) await db1.execute("INSTALL SONAME 'ha_federatedx'");
    interlock = await RunningInterlock.start({
      guarded: [db1],
      more: MORE,
      files: { 'own.yaml': RULES },
    });
    client = await interlock.connect('db1', { database: 'app' });
  });
  afterAll(() => interlock?.stop());

  /** The record of the refusal, or undefined when it passed. */
  const refused = async (sql: string, by = client): Promise<DecisionRecord | undefined> => {
    try {
      await by.query(sql);
      return undefined;
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : '';
      expect(message).toMatch(/^Interlock refused /);
      return await interlock.decision(/Record (\S+)\.$/.exec(message)?.[1] ?? message);
    }
  };
  const effects = async (sql: string, by = client): Promise<readonly string[] | undefined> => {
    const record = await refused(sql, by);
    return record?.effects.map(({ effect, objects }) => `${effect} ${objects.join(',')}`);
  };
  const reason = async (sql: string): Promise<string> =>
    (await refused(sql))?.effects.map((effect) => effect.reason).join() ?? 'it passed';

  it('knows from the first statement on what a function does', async () => {
    expect(await effects('DO purge_logs()')).toEqual(['delete-unbounded app.logs']);
  });

  it('follows a CALL into what it calls', async () => {
    expect(await effects('CALL wipe()')).toEqual(['truncate-table app.t']);
    expect(await effects('CALL outer_one()')).toEqual(['truncate-table app.t']);
    expect(await reason('CALL app.outer_one()')).toBe(
      'in procedure app.wipe, called in procedure app.middle, called in procedure app.outer_one',
    );
    expect(await effects('CALL again_self(3)')).toBeUndefined();
    expect(await effects('CALL harmless()')).toBeUndefined();
    const prepared = client.execute('CALL wipe()');
    await expect(prepared).rejects.toThrow(
      'Interlock refused TRUNCATE app.t (in procedure app.wipe) on db1: ',
    );
  });

  it('says of a CALL why it cannot be known', async () => {
    expect(await effects("CALL computed('SELECT 1')")).toContain('run-opaque p');
    expect(await reason("CALL computed('SELECT 1')")).toContain('in procedure app.computed');
    expect(await reason('CALL nowhere()')).toContain('there is no procedure app.nowhere');
    const homeless = await interlock.connect('db1');
    expect(await effects('CALL wipe()', homeless)).toEqual(['run-opaque wipe']);
  });

  it('reads a body as it is now, under what it was made under', async () => {
    const db1 = stage.server('db1');
    await db1.execute('CREATE PROCEDURE app.changing() SELECT 1');
    expect(await effects('CALL changing()')).toBeUndefined();
    await db1.execute(
      'DROP PROCEDURE app.changing',
      'CREATE PROCEDURE app.changing() DROP TABLE x',
    );
    expect(await effects('CALL changing()')).toEqual(['drop-table app.x']);
    const root = await db1.connect();
    await root.query("SET sql_mode = 'NO_BACKSLASH_ESCAPES'");
    await root.query("CREATE PROCEDURE app.slash() BEGIN SELECT '\\'; DROP TABLE x; -- '\nEND");
    await root.query("SET sql_mode = ''");
    await root.query("CREATE PROCEDURE app.noslash() BEGIN SELECT '\\'; DROP TABLE x; -- '; END");
    await root.end();
    const chinese = await RawClient.open(db1.port);
    await chinese.query('SET NAMES gbk');
    await chinese.query(
      "CREATE PROCEDURE app.gbk() BEGIN SELECT '\xb3\\'; DROP TABLE x; -- ';\nEND",
    );
    chinese.close();
    expect(await effects('CALL gbk()')).toEqual(['drop-table app.x']);
    expect(await effects('CALL slash()')).toEqual(['drop-table app.x']);
    expect(await effects('CALL noslash()')).toBeUndefined();
  });

  it('sees what functions, views and triggers do to statements that look harmless', async () => {
    for (const sql of [
      'SELECT purge_logs()',
      'DO app . `PURGE_LOGS` /**/ ()',
      'SELECT pürge_logs()',
      'INSERT INTO t VALUES (twice())',
      'SELECT * FROM v',
      'SELECT n FROM app.w WHERE 1',
      'SET @x = (SELECT n FROM w)',
      'DELETE FROM queue WHERE a = 1',
      'DELETE FROM q WHERE a = 1',
      'REPLACE INTO queue VALUES (1)',
    ]) {
      expect({ sql, effects: await effects(sql) }).toEqual({
        sql,
        effects: ['delete-unbounded app.logs'],
      });
    }
    for (const sql of [
      "SELECT 'purge_logs()', good()",
      'SELECT a AS purge_logs FROM t',
      'SELECT * FROM queue',
      'SELECT * FROM queue FOR UPDATE',
      'INSERT INTO queue VALUES (1)',
      'UPDATE queue SET a = 2 WHERE a = 1',
      'SHOW CREATE VIEW v',
      'SHOW CREATE FUNCTION purge_logs',
    ]) {
      expect({ sql, effects: await effects(sql) }).toEqual({ sql, effects: undefined });
    }
  });

  it('learns of new code with the probes that follow', async () => {
    const db1 = stage.server('db1');
    expect(await effects('SELECT * FROM t WHERE a = 5')).toBeUndefined();
    await db1.execute('CREATE FUNCTION app.late() RETURNS INT BEGIN DELETE FROM t; RETURN 1; END');
    await interlock.until(
      'aware of a new function',
      async () => (await effects('SELECT late()'))?.[0] === 'delete-unbounded app.t',
      LEARNING_DEADLINE_MS,
    );
    await db1.execute('DROP FUNCTION app.late');
    const isForgotten = async () => {
      const said: unknown = await client.query('SELECT late()').catch((thrown: unknown) => thrown);
      return !String(said).includes('Interlock');
    };
    await interlock.until('aware that it has gone', isForgotten, LEARNING_DEADLINE_MS);
  });

  it('reads what was prepared before once more when it fires something by now', async () => {
    const db1 = stage.server('db1');
    await db1.execute('CREATE FUNCTION app.turning() RETURNS INT RETURN 1');
    const prepared = await client.prepare('SELECT turning()');
    await client.query("PREPARE turning FROM 'SELECT turning()'");
    await prepared.execute([]);
    expect(await effects('EXECUTE turning')).toBeUndefined();
    await db1.execute(
      'DROP FUNCTION app.turning',
      'CREATE FUNCTION app.turning() RETURNS INT BEGIN DELETE FROM t; RETURN 1; END',
    );
    await interlock.until(
      'aware of what the function has become',
      async () => (await effects('SELECT turning()')) !== undefined,
      LEARNING_DEADLINE_MS,
    );
    await expect(prepared.execute([])).rejects.toThrow(/^Interlock refused DELETE app\.t \(/);
    expect(await effects('EXECUTE turning')).toEqual(['delete-unbounded app.t']);
    await db1.execute('DROP FUNCTION app.turning');
  });

  it('counts the server that a table has its rows on', async () => {
    const db1 = stage.server('db1');
    const far = `mysql://${DBA.user}:${DBA.password}@127.0.0.1:${db1.port}/app/t`;
    await db1.execute(
      `CREATE TABLE app.away_t (a INT) ENGINE=FEDERATED CONNECTION='${far}'`,
      'CREATE VIEW app.away_v AS SELECT a FROM app.away_t',
    );
    expect(await effects('UPDATE t SET a = 1')).toBeUndefined();
    for (const sql of ['UPDATE away_t SET a = 1', 'UPDATE app.away_v SET a = 1']) {
      const record = await refused(sql);
      expect(record).toMatchObject({
        rule: 'no-reach',
        reach: [{ server: 'stranger', path: ['db1', 'stranger'], state: 'live' }],
      });
      expect(JSON.stringify(record)).not.toContain(DBA.password);
    }
    const where = ['--server', 'db1', '--database', 'app', '--config', interlock.at.configFile];
    const { stdout } = await runCommand(['explain', 'UPDATE away_t SET a = 1', ...where]);
    expect(stdout).toContain(
      `app.away_t is a FEDERATED table: its rows are on 127.0.0.1:${db1.port}`,
    );
    expect(stdout).not.toContain(DBA.password);
  });

  it('knows what an event would do that is to run again', async () => {
    const db1 = stage.server('db1');
    const never = "ON SCHEDULE AT '2037-01-01 00:00:00' DISABLE";
    await db1.execute(
      `CREATE EVENT app.wiping ${never} DO TRUNCATE t`,
      `CREATE EVENT app.calling ${never} DO CALL wipe()`,
      `CREATE EVENT app.good ${never} DO DELETE FROM t WHERE a = 1`,
    );
    expect(await effects('ALTER EVENT wiping ENABLE')).toEqual(['truncate-table app.t']);
    expect(await effects('ALTER EVENT app.wiping RENAME TO other.w')).toEqual([
      'truncate-table other.t',
    ]);
    expect(await effects("ALTER EVENT calling ON SCHEDULE AT '2038-01-01 00:00:00'")).toEqual([
      'truncate-table app.t',
    ]);
    expect(await reason('ALTER EVENT wiping ENABLE')).toBe('in event app.wiping');
    expect(await effects('ALTER EVENT nowhere ENABLE')).toEqual(['run-opaque app.nowhere']);
    for (const sql of ['ALTER EVENT good ENABLE', "ALTER EVENT wiping COMMENT 'x'"]) {
      expect({ sql, effects: await effects(sql) }).toEqual({ sql, effects: undefined });
    }
  });

  it('stays where it was after a CALL, unless the routine moved it', async () => {
    const by = await interlock.connect('db1', { database: 'app' });
    expect(await effects('CALL harmless()', by)).toBeUndefined();
    expect(await effects('CALL wipe()', by)).toEqual(['truncate-table app.t']);
    if (!isMariadb) return;
    const db1 = stage.server('db1');
    await db1.execute("CREATE PROCEDURE app.away() EXECUTE IMMEDIATE 'USE other'");
    expect(await effects('CALL away()', by)).toBeUndefined();
    expect((await by.query('SELECT DATABASE() AS d'))[0]).toEqual([{ d: 'other' }]);
    // Not `app`: what is not there is not taken for something else.
    expect(await effects('CALL harmless()', by)).not.toBeUndefined();
  });

  it('explains all of it', async () => {
    const explain = async (sql: string) => {
      const where = ['--server', 'db1', '--database', 'app', '--config', interlock.at.configFile];
      return await runCommand(['explain', sql, '--json', ...where]);
    };
    const called = await explain('CALL outer_one()');
    expect(JSON.parse(called.stdout)).toMatchObject({
      verdict: 'deny',
      rule: 'no-loss',
      effects: [
        {
          effect: 'truncate-table',
          objects: ['app.t'],
          reason: expect.stringContaining('in procedure app.wipe'),
        },
      ],
    });
    expect(JSON.parse((await explain('SELECT * FROM w')).stdout)).toMatchObject({
      effects: [
        {
          effect: 'delete-unbounded',
          objects: ['app.logs'],
          reason: expect.stringContaining('function app.purge_logs'),
        },
      ],
    });
    expect((await explain('CALL harmless()')).code).toBe(0);
  });

  it('cannot know what the monitor account may not see', async () => {
    const db1 = stage.server('db1');
    const monitor = { user: 'blind', password: 'blind' };
    const without = ['SELECT', 'TRIGGER', ...(line === 'mysql-9' ? ['SHOW_ROUTINE'] : [])];
    await createMonitorAccount(db1, { ...monitor, without });
    const blind = await RunningInterlock.start({
      guarded: [db1],
      monitor,
      more: MORE,
      files: { 'own.yaml': RULES },
    });
    try {
      const by = await blind.connect('db1', { database: 'app' });
      await expect(by.query('CALL harmless()')).rejects.toThrow(
        /Interlock refused CALL app.harmless/,
      );
      const { stderr } = await runCommand(['check', '--config', blind.at.configFile]);
      expect(stderr).toMatch(/warning: .*db1: .*the monitor account lacks TRIGGER.* on \*\.\*/);
      await blind.until(
        'saying so',
        async () => blind.log.includes('the monitor account lacks'),
        LEARNING_DEADLINE_MS,
      );
    } finally {
      await blind.stop();
    }
  });
});
