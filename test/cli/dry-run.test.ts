// A start that is only tried: what it says, its exit codes, and that it leaves nothing behind.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.js';
import type { Terminal } from '../../src/cli/terminal.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

// Keys are made and many files read: a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });

const env = { MONITOR_PASSWORD: 'hunter2' };

async function dry(config = GOOD_CONFIG, changes: Partial<Terminal> = { env }, json = false) {
  const options = await optionsWith(config);
  const terminal = recordedTerminal(changes);
  const argv = ['run', '--dry-run', '--config', options.config, ...(json ? ['--json'] : [])];
  const code = await runProgram(argv, terminal, '0');
  return { code, folder: options.folder, ...terminal.said };
}

describe('interlock run --dry-run', () => {
  it('says what it would do, which server is not there, and writes nothing', async () => {
    const { code, out, folder } = await dry();
    expect(code).toBe(3);
    expect(out).toMatch(/ok +rules +\d+ rules, revision \w+/);
    expect(out).toMatch(/ok +audit .*audit.jsonl can be written/);
    expect(out).toMatch(/unreachable server/);
    expect(out).toContain('would listen on 127.0.0.1:0 for db1');
    expect(out).toContain('Interlock would start. Nothing was opened.');
    expect(out).not.toContain('hunter2');
    expect(readdirSync(folder)).toEqual(['interlock.yaml']);
  });

  it('names what would keep it from starting or guarding', async () => {
    const secret = await dry(GOOD_CONFIG, { env: {} });
    expect(secret.code).toBe(1);
    expect(secret.out).toMatch(/wrong +secrets .*MONITOR_PASSWORD/);
    const rules = await dry(`${GOOD_CONFIG}rules: ./none.yaml\n`);
    expect(rules).toMatchObject({
      code: 1,
      out: expect.stringMatching(/wrong +rules .*none.yaml/),
    });
    const tls = await dry(`${GOOD_CONFIG}tls: { certificate: ./no.pem, key: ./no.key }\n`);
    expect(tls).toMatchObject({ code: 1, out: expect.stringMatching(/wrong +tls .*no.pem/) });
    const approvals = await dry(`${GOOD_CONFIG}approvals: { approvers: ./nobody }\n`);
    expect(approvals).toMatchObject({ code: 1, out: expect.stringMatching(/wrong +approvals/) });
  });

  it('looks at the certificate that approvers would see', async () => {
    const people = `${GOOD_CONFIG}approvals: { approvers: ./, store: ./s.db }\n`.replace(
      'socket: ./admin.sock',
      'socket: ./admin.sock, listen: 127.0.0.1:9708',
    );
    expect((await dry(people)).out).toContain('would answer approvers on https://127.0.0.1:9708');
    const broken = await dry(people.replace('9708', '9708, tls: { certificate: c, key: k }'));
    expect(broken).toMatchObject({
      code: 1,
      out: expect.stringMatching(/wrong +listen +admin\.tls\.certificate: cannot read/),
    });
  });

  it('is data with --json', async () => {
    const { out } = await dry(GOOD_CONFIG, { env }, true);
    const said = JSON.parse(out);
    expect(said.ok).toBe(false);
    expect(said.findings).toContainEqual({
      ...{ part: 'secrets', result: 'ok' },
      message: 'every monitor password is there',
    });
  });

  it('says where the audit file cannot be', async () => {
    const options = await optionsWith(GOOD_CONFIG.replace('./audit.jsonl', './file/audit.jsonl'));
    writeFileSync(`${options.folder}/file`, '');
    mkdirSync(`${options.folder}/unused`);
    const terminal = recordedTerminal({ env });
    expect(await runProgram(['run', '--dry-run', '-c', options.config], terminal, '0')).toBe(1);
    expect(terminal.said.out).toMatch(/wrong +audit .*file is no folder/);
    const folder = await dry(GOOD_CONFIG.replace('./audit.jsonl', './'));
    expect(folder.out).toMatch(/wrong +audit .* is a folder/);
  });

  it('says whether the store of approvals can be written, and makes none', async () => {
    const stored = (at: string) =>
      dry(`${GOOD_CONFIG}approvals: { approvers: ./, store: ${at} }\n`);
    const good = await stored('./s.db');
    expect(good.out).toMatch(/ok +approvals the store .*s\.db can be written/);
    expect(readdirSync(good.folder)).toEqual(['interlock.yaml']);
    const bad = await stored('./interlock.yaml/s.db');
    expect(bad).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /wrong +approvals the store .* cannot be written: .* is no folder/,
      ),
    });
  });
});
