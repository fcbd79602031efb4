// The command on files: filters, formats and exit codes.
import { describe, expect, it } from 'vitest';
import { type AuditShowOptions, auditShowCommand } from '../../src/cli/audit-show.js';
import { GOOD_CONFIG, optionsWith, recordedTerminal } from './recorded-terminal.js';

const record = (id: string, user: string) =>
  JSON.stringify({
    ...{ v: 1, kind: 'decision', id, time: '2026-11-27T22:30:00.000Z', server: 'db1', user },
    ...{ client: { address: '::1', port: 1 }, statement: 'DROP TABLE t', verdict: 'deny' },
    ...{ rule: 'r', revision: 'abc', effects: [], rules: [], links: [], reach: [] },
  });

async function show(options: Partial<AuditShowOptions> = {}) {
  const lines = [record('R1', 'dba'), record('R2', 'app'), record('R3', 'app'), ''];
  const files = { 'audit.jsonl': lines.join('\n'), 'audit.jsonl.1': `${record('R0', 'dba')}\n` };
  const common = await optionsWith(GOOD_CONFIG, files);
  const terminal = recordedTerminal();
  const code = await auditShowCommand({ ...common, ...options }, terminal);
  return { code, ...terminal.said };
}

describe('interlock audit show', () => {
  it('shows what matches, in the files that rotation left too', async () => {
    const { code, out } = await show({ user: 'dba' });
    expect(code).toBe(0);
    expect(out).toContain('R0');
    expect(out).toContain('R1');
    expect(out).not.toContain('R2');
  });

  it('is data with --json, and says how many are left out', async () => {
    const { out, err } = await show({ json: true, limit: 2 });
    expect(JSON.parse(out).map(({ id }: { id: string }) => id)).toEqual(['R2', 'R3']);
    expect(err).toContain('2 earlier records');
  });

  it('is the last 50 for people, and all for a program', async () => {
    const lines = Array.from({ length: 60 }, (_, number) => record(`R${number}`, 'dba'));
    const common = await optionsWith(GOOD_CONFIG, { 'audit.jsonl': `${lines.join('\n')}\n` });
    const ask = async (json: boolean) => {
      const terminal = recordedTerminal();
      await auditShowCommand({ ...common, json }, terminal);
      return terminal.said;
    };
    expect((await ask(false)).err).toContain('10 earlier records');
    const all = await ask(true);
    expect(JSON.parse(all.out)).toHaveLength(60);
    expect(all.err).toBe('');
  });

  it('shows one record whole, or says that it is not here', async () => {
    expect(await show({ id: 'r2' })).toMatchObject({
      code: 0,
      out: expect.stringContaining('who'),
    });
    expect(await show({ id: 'R9' })).toMatchObject({ code: 1, err: expect.stringContaining('R9') });
  });

  it('says which file it could not read', async () => {
    expect(await show({ file: ['/nowhere/audit.jsonl'] })).toMatchObject({
      code: 3,
      err: expect.stringContaining('/nowhere/audit.jsonl'),
    });
  });
});
