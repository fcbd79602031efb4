import { describe, expect, it } from 'vitest';
import { type ExplainOptions, explainCommand } from '../../src/cli/explain.js';
import { EXIT } from '../../src/cli/terminal.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

async function explain(sql: string, options: Partial<ExplainOptions> = {}) {
  const terminal = recordedTerminal();
  const common = { config: '/nowhere/interlock.yaml', configGiven: false, json: false };
  const code = await explainCommand(sql, { user: 'somebody', ...common, ...options }, terminal);
  return { code, ...terminal.said };
}

describe('interlock explain', () => {
  it('answers by the shipped rules where there is no configuration, and says what it assumed', async () => {
    const { code, out } = await explain('DROP TABLE app.t');
    expect(code).toBe(EXIT.notOk);
    expect(out).toContain('drop-table  DROP TABLE app.t');
    expect(out).toContain('require-approval by no-drop-while-linked');
    expect(out).toContain('assumed: links: live');
    expect(out).toContain('Interlock refused DROP TABLE app.t');
  });

  it.each([
    ['live', EXIT.notOk],
    ['armed', EXIT.notOk],
    ['unknown', EXIT.notOk],
    ['severed', EXIT.ok],
  ] as const)('judges as if the link were %s', async (links, expected) => {
    const { code, out } = await explain('DROP TABLE app.t', { links });
    expect(code).toBe(expected);
    expect(out).not.toContain('assumed');
  });

  it('permits what destroys nothing, and says that no rule was asked', async () => {
    const { code, out } = await explain("SELECT 'DROP TABLE app.t'");
    expect(code).toBe(EXIT.ok);
    expect(out).toContain('none: it passes');
    expect(out).toContain('nothing guarded in it');
  });

  it('shows the split of what destroys nothing too', async () => {
    const { out } = await explain("SELECT 'a;b'; SELECT 2 -- ; 3");
    expect(out).toContain("  SELECT 'a;b'\n  SELECT 2 -- ; 3\n");
  });

  it('reads as the server would that it is told of', async () => {
    const sql = '/*!80000 DROP TABLE app.t */';
    const on = (flavour: 'mariadb' | 'mysql', version: string) =>
      explain(sql, { links: 'live', flavour, version });
    expect((await on('mysql', '9.7')).code).toBe(EXIT.notOk);
    expect((await on('mysql', '5.6.24')).code).toBe(EXIT.ok);
    expect((await on('mariadb', '10.11')).code).toBe(EXIT.ok);
  });

  it('reads as the session would', async () => {
    const sql = "SELECT '\\'; DROP TABLE app.t; -- '";
    const under = (sqlMode: string) => explain(sql, { links: 'live', charset: 'utf8mb4', sqlMode });
    expect((await under('')).code).toBe(EXIT.ok);
    expect((await under('NO_BACKSLASH_ESCAPES')).code).toBe(EXIT.notOk);
    expect((await explain(sql, { links: 'live' })).code).toBe(EXIT.notOk);
  });

  it('takes no mode that no server has, and no address that is none', async () => {
    const slip = await explain('DO 1', { sqlMode: 'ANSI_QUOTE' });
    expect(slip.code).toBe(EXIT.usage);
    expect(slip.err).toContain('did you mean "ANSI_QUOTES"?');
    expect((await explain('DO 1', { client: 'nowhere' })).code).toBe(EXIT.usage);
    expect((await explain('DO 1', { client: 'localhost' })).code).toBe(EXIT.ok);
  });

  it('judges as if the session logged it, or did not', async () => {
    const { code, out } = await explain('DROP TABLE app.t', { links: 'live', logged: 'no' });
    expect(code).toBe(EXIT.ok);
    expect(out).toContain('no other server: the session does not log it');
    const logged = 'no' as const;
    expect((await explain('DROP TABLE app.t', { links: 'live', logged: 'yes' })).code).toBe(1);
    const packet = 'SET sql_log_bin = 1; DROP TABLE app.t';
    expect((await explain(packet, { links: 'live', logged })).code).toBe(EXIT.notOk);
    const routine = 'CREATE PROCEDURE app.p() DROP TABLE app.t';
    expect((await explain(routine, { links: 'live', logged })).code).toBe(EXIT.notOk);
    expect((await explain('RESET MASTER', { links: 'live', logged })).code).toBe(EXIT.notOk);
  });

  it('resolves bare names against the default schema', async () => {
    expect((await explain('DROP TABLE t', { database: 'shop' })).out).toContain('shop.t');
  });

  it('says everything about one rule, and which one was meant', async () => {
    const asked = { links: 'severed', rule: 'no-drop-while-linked' } as const;
    const { out } = await explain('DROP TABLE app.t', asked);
    expect(out).toContain(
      'no-drop-while-linked (Dropping data while another server would follow): missed for drop-table',
    );
    expect(out).toContain(
      '✔ effect: wanted drop-database, drop-table, truncate-table, is drop-table',
    );
    expect(out).toContain('✘ links: wanted linked, is severed');
    const wrong = await explain('DROP TABLE app.t', { rule: 'no-drop-while-linkd' });
    expect(wrong.code).toBe(EXIT.usage);
    expect(wrong.err).toContain('did you mean "no-drop-while-linked"?');
  });

  it('says the same as JSON', async () => {
    const { code, out } = await explain('DROP TABLE app.t', { json: true, links: 'armed' });
    expect(code).toBe(EXIT.notOk);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'require-approval',
      rule: 'no-drop-while-linked',
      effects: [{ effect: 'drop-table', objects: ['app.t'] }],
      reach: [{ server: 'another-server', state: 'armed' }],
    });
  });

  it('permits in shadow mode and says what would have been', async () => {
    const options = await optionsWith(`${GOOD_CONFIG}mode: shadow\n`);
    const { code, out } = await explain('DROP TABLE app.t', options);
    expect(code).toBe(EXIT.ok);
    expect(out).toContain('in shadow: would be require-approval');
  });

  it.each([
    { given: { server: 'db1', links: 'live' }, says: '--server asks the real one' },
    { given: { version: 'ten' }, says: 'expected a number like 10.11' },
    { given: { server: 'db9' }, says: 'no server db9' },
    { given: { server: 'db1' }, says: 'MONITOR_PASSWORD' },
  ] as const)('is a usage error that says why: $says', async ({ given, says }) => {
    const { code, err, out } = await explain('SELECT 1', {
      ...(await optionsWith(GOOD_CONFIG)),
      ...given,
    });
    expect(code).toBe(EXIT.usage);
    expect(err).toContain(says);
    expect(out).toBe('');
  });

  it('is a usage error when the configuration asked for is wrong', async () => {
    const options = await optionsWith(GOOD_CONFIG.replace('servers', 'server'));
    const { code, err } = await explain('SELECT 1', options);
    expect(code).toBe(EXIT.usage);
    expect(err).toContain('error:');
  });
});
