import { describe, expect, it } from 'vitest';
import { checkCommand } from '../../src/cli/check.js';
import { EXIT } from '../../src/cli/terminal.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

const OWN_RULES = `rules:
  - id: no-drop-of-orders
    owner: dba
    match: { effect: [drop-table], table: [orders] }
    verdict: deny
tests:
  - { sql: "DROP TABLE shop.orders", links: severed, expect: deny, rule: no-drop-of-orders }
  - { sql: "DROP TABLE shop.other", links: severed, expect: permit, rule: no-drop-of-orders }
`;
const WITH_OWN = `${GOOD_CONFIG}rules: [default, ./own.yaml]\n`;

async function check(config: string, files: Readonly<Record<string, string>> = {}, json = false) {
  const terminal = recordedTerminal();
  const options = await optionsWith(config, files);
  const code = await checkCommand({ ...options, json, offline: true }, terminal);
  return { code, ...terminal.said };
}

describe('interlock check', () => {
  it('says that all is well, and what it looked at', async () => {
    const { code, out, err } = await check(GOOD_CONFIG);
    expect(code).toBe(EXIT.ok);
    expect(out).toMatch(/all is well, 0 warnings; 2 servers, \d+ rules, \d+ rule tests\n$/);
    expect(err).toBe('');
  });

  it('fails on a certificate for approvers that cannot be used', async () => {
    const admin = 'admin: { listen: 0.0.0.0:9708, tls: { certificate: ./c.pem, key: ./k.pem } }';
    const config = GOOD_CONFIG.replace(/admin: .*/, admin);
    const { code, err } = await check(`${config}approvals: { approvers: ./people.json }\n`);
    expect(code).toBe(EXIT.notOk);
    expect(err).toContain('admin.tls.certificate: cannot read');
  });

  it('fails on certificates that a start would fail on, and offline only says so', async () => {
    const tls = 'tls: { certificate: ./c.pem, key: ./k.pem }\n';
    const offline = await check(`${GOOD_CONFIG}${tls}`);
    expect(offline.code).toBe(EXIT.ok);
    expect(offline.err).toMatch(/warning: tls\.certificate: cannot read .*: there is no such file/);
    const terminal = recordedTerminal();
    const options = await optionsWith(`${GOOD_CONFIG}${tls}`);
    expect(await checkCommand({ ...options, offline: false }, terminal)).toBe(EXIT.notOk);
    expect(terminal.said.err).toMatch(/error: tls\.certificate: cannot read/);
  });

  it('runs the tests beside one’s own rules, with the shipped ones', async () => {
    const alone = /(\d+) rules, (\d+) rule tests/.exec((await check(GOOD_CONFIG)).out);
    const both = /(\d+) rules, (\d+) rule tests/.exec(
      (await check(WITH_OWN, { 'own.yaml': OWN_RULES })).out,
    );
    expect(Number(both?.[1])).toBe(Number(alone?.[1]) + 1);
    expect(Number(both?.[2])).toBe(Number(alone?.[2]) + 2);
  });

  it('fails on a rule’s test that fails, with its place', async () => {
    const wrong = OWN_RULES.replace('shop.other', 'shop.orders');
    const { code, out, err } = await check(WITH_OWN, { 'own.yaml': wrong });
    expect(code).toBe(EXIT.notOk);
    expect(err).toMatch(/own\.yaml:8:\d+: error:/);
    expect(out).toContain('1 wrong');
  });

  it('fails on rules that cannot be read, with the nearest right word', async () => {
    const wrong = OWN_RULES.replace('[drop-table]', '[drop-tabel]');
    const { code, err } = await check(WITH_OWN, { 'own.yaml': wrong });
    expect(code).toBe(EXIT.notOk);
    expect(err).toMatch(/own\.yaml:4:\d+: error:/);
    expect(err).toContain('drop-table');
  });

  it('fails on a configuration that is wrong, with every error at once', async () => {
    const config = `${GOOD_CONFIG.replace('listen:', 'lisen:')}mode: enforced\n`;
    const { code, err } = await check(config);
    expect(code).toBe(EXIT.notOk);
    expect(err.match(/error:/g)).toHaveLength(2);
  });

  it('says all that as JSON, with places as numbers', async () => {
    const wrong = OWN_RULES.replace('shop.other', 'shop.orders');
    const { code, out, err } = await check(WITH_OWN, { 'own.yaml': wrong }, true);
    expect(code).toBe(EXIT.notOk);
    expect(err).toBe('');
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      errors: 1,
      diagnostics: [{ severity: 'error', line: 8, message: expect.any(String) }],
    });
  });

  it('only warns when the monitor’s password is not known where it runs', async () => {
    const terminal = recordedTerminal();
    const options = await optionsWith(GOOD_CONFIG);
    const code = await checkCommand({ ...options, offline: false }, terminal);
    expect(code).toBe(EXIT.ok);
    expect(terminal.said.err).toContain('warning:');
    expect(terminal.said.err).toContain('MONITOR_PASSWORD');
  });
});
