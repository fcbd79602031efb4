// `interlock explain` as people run it: on servers that are only imagined, and on real ones as
// they are now. It says what the running Interlock would, and runs nothing.
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { sever } from '../../src/lab/replication.js';
import { addAccounts, interlock, type Written, writeConfig } from '../support/interlock.js';
import { labWith } from '../support/lab.js';

describe('interlock explain', () => {
  describe('of an imagined server', () => {
    it('shows effect, object, path, rule and verdict, and exits with 1 when refused', async () => {
      const { code, stdout, stderr } = await interlock(['explain', 'SELECT 1; DROP TABLE app.t']);
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      expect(stdout).toMatch(/drop-table +DROP TABLE app\.t/);
      expect(stdout).toContain('this-server → another-server');
      expect(stdout).toContain('no-drop-while-linked: matches drop-table → require-approval');
      expect(stdout).toContain('Interlock refused DROP TABLE app.t');
    });

    it('permits the same once severed, and exits with 0', async () => {
      const severed = ['explain', 'DROP TABLE app.t', '--links', 'severed'];
      expect(await interlock(severed)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('permit by none'),
      });
    });

    it('reads as that version would', async () => {
      const sql = '/*!80000 DROP TABLE app.t */';
      expect(await interlock(['explain', sql, '--version', '9.7'])).toMatchObject({ code: 1 });
      expect(await interlock(['explain', sql, '--version', '5.6'])).toMatchObject({ code: 0 });
      expect(await interlock(['explain', sql, '--version', '10.11'])).toMatchObject({ code: 0 });
    });

    it('reads its text from standard input', async () => {
      const ended = await interlock(['explain', '-', '--json'], 'TRUNCATE app.t;\n');
      expect(ended.code).toBe(1);
      const told: unknown = JSON.parse(ended.stdout);
      expect(told).toMatchObject({
        verdict: 'require-approval',
        rule: 'no-drop-while-linked',
        effects: [{ effect: 'truncate-table', objects: ['app.t'] }],
      });
    });

    it.each([
      [['explain']],
      [['explain', 'SELECT 1', '--links', 'perhaps']],
      [['explain', 'SELECT 1', '--server', 'db1', '--links', 'live']],
      [['explain', 'SELECT 1', '--version', 'ten']],
      [['explain', 'SELECT 1', '--config', '/nowhere/interlock.yaml']],
      [['nonsense']],
    ])('exits with 2 on wrong usage: %j', async (args) => {
      const ended = await interlock(args);
      expect(ended).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).not.toBe('');
    });
  });

  describe('of a real server', () => {
    const stage = labWith({
      line: 'mariadb-10.11',
      servers: ['db1', 'db2'],
      links: [['db1', 'db2']],
      gtid: false,
    });
    let pair: Written;
    let withGone: Written;
    const explain = (sql: string, server: string, at: Written = pair) =>
      interlock(['explain', sql, '--server', server, '--json', '--config', at.configFile]);

    beforeAll(async () => {
      const guarded = [stage.server('db1'), stage.server('db2')];
      await addAccounts(guarded);
      const gone = { name: 'gone', host: '127.0.0.1', port: 1 };
      const folder = (): Promise<string> => mkdtemp(join(stage.lab().folder, 'explain-'));
      pair = await writeConfig({ guarded }, await folder());
      withGone = await writeConfig({ guarded: [...guarded, gone] }, await folder());
    });

    it('judges by its links as they are now, and runs nothing', async () => {
      await stage.server('db2').execute('CREATE DATABASE app', 'CREATE TABLE app.t (id INT)');
      const linked = await explain('DROP TABLE app.t', 'db2');
      expect(linked.code).toBe(1);
      expect(JSON.parse(linked.stdout)).toMatchObject({
        rule: 'no-drop-while-linked',
        reach: [{ server: 'db1', path: ['db2', 'db1'], state: 'live' }],
      });
      expect(await stage.server('db2').query('SHOW TABLES FROM app')).toHaveLength(1);
    });

    it('exits with 3 when that server cannot be asked, and with 2 when nobody has it', async () => {
      const gone = await explain('DROP TABLE app.t', 'gone', withGone);
      expect(gone).toMatchObject({ code: 3, stderr: expect.stringContaining('gone') });
      const nobody = await explain('DROP TABLE app.t', 'db9');
      expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('db9') });
    });

    it('permits once it is severed', async () => {
      await sever(stage.server('db1'));
      const severed = await explain('DROP TABLE app.t', 'db2');
      expect(severed.code).toBe(0);
      expect(JSON.parse(severed.stdout)).toMatchObject({ verdict: 'permit', reach: [] });
    });
  });
});
