// The key: made once, for its owner, and what it signs.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isSignedBy, openSeal, publicKeyIn, signed } from '../../src/audit/seal.js';
import { temporaryFolder } from './temporary-folder.js';

describe('the key', () => {
  it('is made at the first start, for its owner only, and kept', async () => {
    const path = join(temporaryFolder(), 'audit.jsonl.key');
    const first = await openSeal(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await openSeal(path)).key).toBe(first.key);
    expect(publicKeyIn(readFileSync(`${path}.pub`, 'utf8'))).toBe(first.key);
    expect(publicKeyIn(readFileSync(path, 'utf8'))).toBe(first.key);
  });

  it('is made anew where only half of one was written', async () => {
    const path = join(temporaryFolder(), 'audit.jsonl.key');
    writeFileSync(`${path}.new`, '-----BEGIN');
    const { key } = await openSeal(path);
    expect(publicKeyIn(readFileSync(path, 'utf8'))).toBe(key);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is not replaced when it cannot be read', async () => {
    const path = join(temporaryFolder(), 'audit.jsonl.key');
    writeFileSync(path, 'no key');
    await expect(openSeal(path)).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      message: expect.stringContaining(path),
    });
    expect(readFileSync(path, 'utf8')).toBe('no key');
  });
});

describe('a signature', () => {
  it('holds for its line and key, and for nothing else', async () => {
    const seal = await openSeal(join(temporaryFolder(), 'key'));
    const other = await openSeal(join(temporaryFolder(), 'key'));
    const line = signed('{"seq":1,"what":"DROP"}', seal);
    expect(JSON.parse(line)).toMatchObject({ seq: 1, what: 'DROP' });
    expect(isSignedBy(line, seal.key)).toBe(true);
    expect(isSignedBy(line, other.key)).toBe(false);
    expect(isSignedBy(line.replace('DROP', 'DRIP'), seal.key)).toBe(false);
    expect(isSignedBy(line.replace(/.{4}"}$/, 'AAA="}'), seal.key)).toBe(false);
    expect(isSignedBy(line, 'no key')).toBe(false);
    expect(isSignedBy('{"seq":1}', seal.key)).toBe(false);
  });
});
