// The command on files: what it goes by, its words and its exit codes.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type AuditVerifyOptions, auditVerifyCommand } from '../../src/cli/audit-verify.js';
import { change, sixRecords, write } from '../audit/chained-scene.js';
import { recordedTerminal } from './recorded-terminal.js';

// Keys are made and many files read: a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });

async function verify(file: string, options: Partial<AuditVerifyOptions> = {}) {
  const terminal = recordedTerminal();
  const config = join(file, '../interlock.yaml');
  const all = {
    config,
    configGiven: true,
    json: false,
    files: [],
    head: [],
    key: [],
    whole: false,
  };
  const servers = 'servers: { db1: { address: 127.0.0.1:1 } }';
  writeFileSync(
    config,
    `${servers}\nmonitor: { user: m, passwordEnv: M }\naudit: { file: ./audit.jsonl }\n`,
  );
  const code = await auditVerifyCommand({ ...all, ...options }, terminal);
  return { code, ...terminal.said };
}

describe('interlock audit verify', () => {
  it('says that the chain holds, and its head', async () => {
    const { code, out, err } = await verify(await sixRecords());
    expect({ code, err }).toEqual({ code: 0, err: expect.not.stringContaining('error') });
    expect(out).toMatch(
      /6 records, 2 signatures, numbers 1 to 6; the chain holds\nhead 6:[0-9a-f]{64}/,
    );
    expect(out).not.toContain('note');
  });

  it('goes by the head and the key beside the file', async () => {
    const file = await sixRecords();
    change(file, (lines) => lines.slice(0, -1));
    expect(await verify(file)).toMatchObject({ code: 1, out: expect.stringContaining('cut off') });
    rmSync(`${file}.head`);
    const alone = await verify(file);
    expect(alone).toMatchObject({ code: 0, out: expect.stringContaining('only --head can tell') });
    const other = `${await sixRecords()}.key.pub`;
    const forged = await verify(file, { key: [other] });
    expect(forged).toMatchObject({
      code: 1,
      out: expect.stringContaining('none of the keys given'),
    });
    const mine = await verify(file, { key: [other, `${file}.key.pub`] });
    expect(mine.code).toBe(0);
  });

  it('finds rotated files by itself, and takes others by name', async () => {
    const file = await sixRecords();
    const { rename } = await import('node:fs/promises');
    await rename(file, `${file}.1`);
    await write(file, ['R7']);
    const found = await verify(file, { whole: true });
    expect(found).toMatchObject({ code: 0, out: expect.stringContaining('2 files: 7 records') });
    const named = await verify(file, { files: [`${file}.1`], json: true });
    expect(JSON.parse(named.out)).toMatchObject({ ok: true, records: 6, problems: [] });
  });

  it('says where it does not hold', async () => {
    const file = await sixRecords();
    change(file, (lines) => lines.toSpliced(1, 1));
    const { code, out } = await verify(file);
    expect(code).toBe(1);
    expect(out).toMatch(/gap: .*audit\.jsonl:2 \(byte \d+\): record 2 is missing behind .*:1 /);
    expect(out).toContain('does not hold in one place');
  });

  it('says what it could not read', async () => {
    const file = await sixRecords();
    expect((await verify(file, { files: ['/nowhere'] })).code).toBe(3);
    rmSync(file);
    expect(await verify(file)).toMatchObject({
      code: 3,
      err: expect.stringContaining('there is no'),
    });
  });
});
