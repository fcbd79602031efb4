// What the command makes of the running Interlock's answers; with a real one: test/e2e/reload.
import { expect, it, onTestFinished } from 'vitest';
import { createAdminServer } from '../../src/admin/admin-server.js';
import { reloadCommand } from '../../src/cli/reload.js';
import { EXIT } from '../../src/cli/terminal.js';
import { loadConfig } from '../../src/config/load.js';
import type { Reloaded } from '../../src/config/rule-book.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

const WRONG = {
  severity: 'error',
  file: '/etc/rules.yaml',
  line: 2,
  column: 3,
  message: 'unknown field "effekt"',
  excerpt: '  effekt: x',
} as const;

async function told(answer: Reloaded | string, json = false) {
  const options = { ...(await optionsWith(GOOD_CONFIG)), json };
  const loaded = loadConfig(options.config);
  if (loaded.kind === 'broken') throw new Error(JSON.stringify(loaded.errors));
  const actions = { '/rules/reload': () => answer };
  const { socket } = loaded.value.admin;
  const server = await createAdminServer({ socket, routes: {}, actions });
  onTestFinished(() => server.close());
  const terminal = recordedTerminal();
  const code = await reloadCommand(options, terminal);
  return { code, ...terminal.said };
}

it('says what is in force now', async () => {
  const answer = { result: 'loaded', revision: 'abc', rules: 13, diagnostics: [] } as const;
  expect(await told(answer)).toEqual({
    code: EXIT.ok,
    out: 'rules loaded: 13 rules, revision abc\n',
    err: '',
  });
  const json = await told(answer, true);
  expect(JSON.parse(json.out)).toEqual(answer);
});

it('points at what is wrong, and says what stays in force', async () => {
  const kept = { result: 'broken', revision: 'abc', rules: 13, diagnostics: [WRONG] } as const;
  expect(await told(kept)).toMatchObject({
    code: EXIT.notOk,
    out: 'not loaded; the rules in force stay: 13 rules, revision abc\n',
    err: expect.stringContaining('/etc/rules.yaml:2:3: error: unknown field "effekt"'),
  });
  const none = await told({ result: 'broken', rules: 0, diagnostics: [WRONG] });
  expect(none.out).toContain('every guarded statement is refused');
});

it('takes no other answer for a success', async () => {
  expect((await told('something')).code).toBe(EXIT.notOk);
});

it('says when nobody runs, or the configuration is wrong', async () => {
  const terminal = recordedTerminal();
  expect(await reloadCommand(await optionsWith(GOOD_CONFIG), terminal)).toBe(EXIT.unreachable);
  expect(terminal.said.err).toContain('No Interlock answers');
  const wrong = await optionsWith(GOOD_CONFIG.replace('address', 'adress'));
  expect(await reloadCommand(wrong, recordedTerminal())).toBe(EXIT.usage);
});
