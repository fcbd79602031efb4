// The matrix of clients in docs/clients.md: each driver and tool does the same through Interlock
// as directly (statements in both protocols, big results, errors, transactions), and where a link
// is live each shows the refusal as an ordinary error and can go on.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { fetchServer } from '../../src/lab/fetch.js';
import {
  DRIVERS,
  FETCH,
  mydumper,
  onlineSchemaChange,
  say,
  sqlMigrate,
  sysbench,
  walk,
} from '../support/client-programs.js';
import { addAccounts, DBA, RunningInterlock } from '../support/interlock.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';

const REFUSED = /^Interlock refused DROP TABLE shop\.precious on source: it would reach replica/;

/** What online schema changes leave to be dropped at their end, as docs/clients.md shows it. */
const PT_OSC_RULES = `
rules:
  - override: no-drop-while-linked
    except:
      - { name: pt-osc-tables, table: ["_*_new", "_*_old"], user: [dba], expires: 2099-12-31, owner: dba }
  - override: no-code-or-account-drop-while-linked
    except:
      - { name: pt-osc-triggers, table: "pt_osc_*", user: [dba], expires: 2099-12-31, owner: dba }
`;

describeOnEveryLine('the matrix of clients', (line) => {
  const stage = labWith({
    line,
    servers: ['alone', 'source', 'replica'],
    links: [['replica', 'source']],
    options: ['--max-allowed-packet=64M'],
  });
  let interlock: RunningInterlock;
  const direct = (): number => stage.server('alone').port;
  const through = (): number => interlock.port('alone');
  const linked = (): number => interlock.port('source');

  beforeAll(async () => {
    const servers = ['alone', 'source', 'replica'].map((name) => stage.server(name));
    await addAccounts(servers);
    const [alone, source, replica] = servers;
    if (alone === undefined || source === undefined || replica === undefined) return;
    interlock = await RunningInterlock.start({ guarded: [alone, source], watched: [replica] });
  });
  afterAll(() => interlock?.stop());

  beforeEach(async () => {
    for (const name of ['alone', 'source']) {
      await stage
        .server(name)
        .execute(
          'DROP DATABASE IF EXISTS shop',
          'CREATE DATABASE shop',
          'CREATE TABLE shop.precious (id INT PRIMARY KEY, v VARCHAR(100)) ENGINE=InnoDB',
          "INSERT INTO shop.precious VALUES (1, 'a'), (2, 'it''s')",
        );
    }
  });

  const rowsLeft = async (): Promise<number> => {
    const [row] = await stage.server('source').query('SELECT COUNT(*) AS n FROM shop.precious');
    return Number(row?.n);
  };

  it.each(DRIVERS)('%s sees the same as without Interlock', async (driver) => {
    const expected = await walk(driver, direct(), 'course');
    expect(expected.at(-1)?.[0]).toBe('emptied');
    expect(expected).toContainEqual(['big', 20_480_000]);
    expect(expected).toContainEqual(['long', 17_000_000]);
    expect(await walk(driver, through(), 'course')).toEqual(expected);
  });

  it.each(DRIVERS)('%s shows a refusal as an error and goes on', async (driver) => {
    const steps = await walk(driver, linked(), 'refusal');
    const refusals = steps.filter(([step]) => step.startsWith('refused'));
    expect(refusals.length).toBeGreaterThan(0);
    for (const [, error] of refusals) {
      const [code, ...rest] = Array.isArray(error) ? error : [];
      expect(code).toBe(1644);
      expect(rest.at(-1)).toMatch(REFUSED);
      if (rest.length > 1) expect(rest[0]).toBe('45000');
    }
    expect(JSON.stringify(steps.at(-1))).toMatch(/^\["usable",.*2/);
    expect(await rowsLeft()).toBe(2);
  });

  it.each(['mariadb-10.11', 'mysql-9'] as const)(
    'the command-line client of %s shows a refusal and goes on when told to',
    async (own) => {
      const { client } = await fetchServer(own, FETCH);
      const input = 'DROP TABLE precious;\nSELECT COUNT(*) FROM precious;\n';
      const { stdout, stderr } = await say(client, [...at(linked()), '--force', 'shop'], input);
      expect(stderr).toMatch(/^ERROR 1644 \(45000\) at line 1: Interlock refused DROP TABLE/m);
      expect(stdout).toContain('2');
      const stopped = await say(client, [...at(linked()), 'shop'], input);
      expect(stopped).toMatchObject({ code: 1, stdout: '' });
    },
  );

  it('a dump piped in stops at its first DROP', async () => {
    const { client, dump } = stage.server('alone').clientTools;
    const gtid = line === 'mariadb-10.11' ? [] : ['--set-gtid-purged=OFF'];
    const dumped = await say(dump, [...at(direct()), ...gtid, 'shop']);
    expect(dumped.stdout).toContain('DROP TABLE IF EXISTS `precious`');
    const restored = await say(client, [...at(linked()), 'shop'], dumped.stdout);
    expect(restored.code).toBe(1);
    expect(restored.stderr).toMatch(/^ERROR 1644 \(45000\) at line \d+: Interlock refused/m);
    expect(await rowsLeft()).toBe(2);
  });

  it('mydumper dumps the same, and myloader restores it where nothing follows', async () => {
    const { dump, load } = await mydumper();
    const dumpFrom = async (port: number, name: string): Promise<string> => {
      const folder = join(stage.lab().folder, name);
      const { code, stderr } = await say(dump, [...loose(port), '-B', 'shop', '-o', folder]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return folder;
    };
    const folder = await dumpFrom(direct(), 'dumped-directly');
    const other = await dumpFrom(through(), 'dumped-through');
    expect(await contents(other)).toEqual(await contents(folder));
    await stage.server('alone').query('DELETE FROM shop.precious');
    const load1 = await say(load, [...loose(through()), '-B', 'shop', '-o', '-d', folder]);
    expect(load1).toMatchObject({ code: 0, stderr: '' });
    const rows = await stage.server('alone').query('SELECT v FROM shop.precious ORDER BY id');
    expect(rows.map(({ v }) => v)).toEqual(['a', "it's"]);
    // Its own way is to restore unlogged, which reaches nobody and passes while a replica follows.
    const into = [...loose(linked()), '-B', 'shop', '-o', '-d', folder];
    expect(await say(load, into)).toMatchObject({ code: 0, stderr: '' });
    expect(await rowsLeft()).toBe(2);
    // It looks at no answer to its own DROP: what it shows is that the table is still there.
    const refused = await say(load, [...into, '--enable-binlog']);
    expect(refused.stderr).toMatch(/Table 'precious' already exists/);
    expect(await rowsLeft()).toBe(2);
  });

  it('pt-online-schema-change works, with its exceptions where a replica follows', async () => {
    const program = await onlineSchemaChange();
    const change = (port: number, column: string): ReturnType<typeof say> => {
      const dsn = `h=127.0.0.1,P=${port},u=${DBA.user},p=${DBA.password},D=shop,t=precious`;
      const how = ['--no-version-check', '--recursion-method=none', '--execute'];
      return say(program, [...how, '--alter', `ADD COLUMN ${column} INT`, dsn]);
    };
    const expected = await change(direct(), 'added_directly');
    expect(expected.stdout).toContain('Successfully altered');
    expect(timeless(await change(through(), 'added_through'))).toEqual(timeless(expected));
    const refused = await change(linked(), 'added_linked');
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain('Interlock refused DROP TABLE shop._precious_old');
    expect(await rowsLeft()).toBe(2);
    for (const event of ['ins', 'upd', 'del']) {
      await stage.server('source').query(`DROP TRIGGER shop.pt_osc_shop_precious_${event}`);
    }
    await stage.server('source').query('DROP TABLE shop._precious_old');

    const excepting = await RunningInterlock.start({
      guarded: [stage.server('source')],
      watched: [stage.server('replica')],
      files: { 'pt-osc.yaml': PT_OSC_RULES },
      more: ['rules: [default, ./pt-osc.yaml]'],
    });
    try {
      const excepted = await change(excepting.port('source'), 'added_excepted');
      expect(excepted.stdout + excepted.stderr).toContain('Successfully altered');
    } finally {
      await excepting.stop();
    }
  });

  it('sql-migrate (Go-MySQL-Driver) migrates the same, and says what was refused', async () => {
    const program = await sqlMigrate();
    const folder = join(stage.lab().folder, 'migrations');
    await mkdir(folder, { recursive: true });
    const migrate = async (port: number, migrations: Readonly<Record<string, string>>) => {
      for (const [name, sql] of Object.entries(migrations)) {
        await writeFile(join(folder, name), `-- +migrate Up\n${sql}\n`);
      }
      const config = join(folder, 'dbconfig.yml');
      await writeFile(config, sqlMigrateConfig(port, folder));
      const args = [`-config=${config}`];
      const up = await say(program, ['up', ...args]);
      const status = await say(program, ['status', ...args]);
      return { up, applied: status.stdout.replace(/ +/g, ' ').match(/^\| \d\.sql \| (no|2)/gm) };
    };
    const steps = {
      '1.sql':
        "CREATE TABLE moved (id INT PRIMARY KEY, v TEXT);\nINSERT INTO moved VALUES (1, '?');",
      '2.sql': "INSERT INTO moved VALUES (2, 'b');\nINSERT INTO moved VALUES (1, 'again');",
    };
    const run = async (port: number) => {
      const { up, applied } = await migrate(port, steps);
      const rows = await stage.server('alone').query('SELECT * FROM shop.moved');
      for (const table of ['moved', 'gorp_migrations']) {
        await stage.server('alone').query(`DROP TABLE shop.${table}`);
      }
      return { up, applied, rows };
    };
    const expected = await run(direct());
    expect(expected.up.stderr + expected.up.stdout).toMatch(/Error 1062: Duplicate entry '1'/);
    expect(expected).toMatchObject({ rows: [{ id: 1, v: '?' }] });
    expect(expected.applied).toEqual(['| 1.sql | 2', '| 2.sql | no']);
    expect(await run(through())).toEqual(expected);
    const refused = await migrate(linked(), { '1.sql': 'DROP TABLE precious;', '2.sql': 'DO 1;' });
    expect(refused.up.code).toBe(1);
    expect(refused.up.stderr + refused.up.stdout).toMatch(
      /Error 1644: Interlock refused DROP TABLE/,
    );
    expect(refused.applied).toEqual(['| 1.sql | no', '| 2.sql | no']);
    expect(await rowsLeft()).toBe(2);
  });

  it('sysbench says why it could not clean up', async () => {
    const { program, scripts } = await sysbench();
    await stage.server('source').query('CREATE TABLE shop.sbtest1 (id INT PRIMARY KEY)');
    const { stdout, stderr, code } = await say(program, [
      join(scripts, 'oltp_read_write.lua'),
      '--mysql-host=127.0.0.1',
      `--mysql-port=${linked()}`,
      `--mysql-user=${DBA.user}`,
      `--mysql-password=${DBA.password}`,
      '--mysql-db=shop',
      '--tables=1',
      'cleanup',
    ]);
    expect(stdout + stderr).toContain('Interlock refused DROP TABLE shop.sbtest1');
    expect(stdout + stderr).toContain('1644');
    expect(code).not.toBe(0);
  });
});

function at(port: number): readonly string[] {
  return ['--no-defaults', ...loose(port)];
}

function loose(port: number): readonly string[] {
  const { user, password } = DBA;
  return ['--host=127.0.0.1', `--port=${port}`, `--user=${user}`, `--password=${password}`];
}

function sqlMigrateConfig(port: number, folder: string): string {
  const { user, password } = DBA;
  return [
    'development:',
    '  dialect: mysql',
    `  datasource: ${user}:${password}@tcp(127.0.0.1:${port})/shop?parseTime=true`,
    `  dir: ${folder}`,
    '',
  ].join('\n');
}

/** A dump's files but for the one that holds its own times. */
async function contents(folder: string): Promise<readonly (readonly [string, string])[]> {
  const names = (await readdir(folder)).filter((name) => name !== 'metadata').sort();
  return Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
  );
}

/** Without times of day, and the row count that the server only estimates. */
function timeless({ code, stdout, stderr }: Awaited<ReturnType<typeof say>>): unknown {
  const plain = (text: string): string =>
    text.replace(/^\d{4}-\d\d-\d\dT[\d:]+/gm, 'TIME').replace(/approximately \d+/, 'about some');
  return { code, stdout: plain(stdout), stderr: plain(stderr) };
}
