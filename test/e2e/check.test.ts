// `interlock check` as people run it: what is wrong, at which line and column, in configuration
// and rules, all at once; and what the servers themselves say against it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { surroundings } from '../../src/lab/surroundings.js';
import { interlock } from '../support/interlock.js';

const RIGHT = `servers:
  db1: { address: 127.0.0.1:1, listen: 127.0.0.1:3307 }
monitor: { user: interlock, passwordEnv: NOBODY_SET_THIS }
rules: [default, ./rules.yaml]
`;
const RULE = `rules:
  - id: no-view-drop
    title: Dropping views
    owner: security
    match: { effect: [drop-view] }
    verdict: deny
tests:
  - { sql: "DROP VIEW app.v", links: live, expect: deny, rule: no-view-drop }
`;

describe('interlock check', () => {
  let folder = '';
  const check = async (files: Readonly<Record<string, string>>, ...more: readonly string[]) => {
    const here = await mkdtemp(join(folder, 'case-'));
    for (const [name, text] of Object.entries({ 'rules.yaml': RULE, ...files })) {
      await writeFile(join(here, name), text);
    }
    return interlock(['check', '--config', join(here, 'interlock.yaml'), ...more]);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(surroundings().temporaryFolder, 'interlock-check-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('exits with 0 when all is well, and says what it looked at', async () => {
    const ended = await check({ 'interlock.yaml': RIGHT }, '--offline');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/all is well.*1 servers, 1\d rules, \d+ rule tests/);
  });

  it('reports every fault of a configuration at its place, and exits with 1', async () => {
    const text = RIGHT.replace('listen:', 'listn:').replace(
      'rules:',
      'links: { deadline: 2 }\nrules:',
    );
    const { code, stderr } = await check({ 'interlock.yaml': text }, '--offline');
    expect(code).toBe(1);
    expect(stderr).toMatch(/interlock\.yaml:2:32: error: .*listn/);
    expect(stderr).toMatch(/interlock\.yaml:4:20: error: .*deadline/);
    expect(stderr).toContain(' 2 |   db1: { address: 127.0.0.1:1, listn: 127.0.0.1:3307 }');
  });

  it('reports text that is no YAML', async () => {
    const { code, stderr } = await check({ 'interlock.yaml': 'servers: { db1: [\n' }, '--offline');
    expect(code).toBe(1);
    expect(stderr).toMatch(/interlock\.yaml:\d+:\d+: error: /);
  });

  it('reports a fault of a rule at its place', async () => {
    const rules = RULE.replace('drop-view', 'drop-vew');
    const { code, stderr } = await check(
      { 'interlock.yaml': RIGHT, 'rules.yaml': rules },
      '--offline',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(/rules\.yaml:5:23: error: .*effect/);
    expect(stderr).toContain('hint: did you mean "drop-view"?');
  });

  it('runs the tests beside the rules, and reports the one that fails', async () => {
    const rules = RULE.replace('expect: deny', 'expect: permit');
    const files = { 'interlock.yaml': RIGHT, 'rules.yaml': rules };
    const { code, stdout } = await check(files, '--offline', '--json');
    expect(code).toBe(1);
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({ ok: false, errors: 1, rules: expect.any(Number) });
    expect(told.diagnostics).toMatchObject([
      { severity: 'error', file: expect.stringContaining('rules.yaml'), line: 8 },
    ]);
  });

  it('warns when the password is not known where it is run, and does not fail for it', async () => {
    const { code, stderr } = await check({ 'interlock.yaml': RIGHT });
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: .*NOBODY_SET_THIS/);
  });

  it('warns of a server that does not answer, and does not fail for it', async () => {
    const monitor = 'monitor: { user: interlock, passwordFile: ./password }';
    const text = RIGHT.replace(/^monitor.*$/m, monitor);
    const { code, stderr } = await check({ 'interlock.yaml': text, password: 'x' });
    expect(code).toBe(0);
    expect(stderr).toMatch(/warning: .*db1 \(127\.0\.0\.1:1\) refused the connection/);
  });
});
