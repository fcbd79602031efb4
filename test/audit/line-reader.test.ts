// Lines with their places, from plain and compressed files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { linesOf, recordIn, rotatedFiles } from '../../src/audit/line-reader.js';
import { temporaryFolder } from './temporary-folder.js';

const LONG = 'ü'.repeat(100_000);
const TEXT = `{"a":1}\n\n${LONG}\n7\n{"b":2}`;

describe('lines', () => {
  it.each(['audit.jsonl', 'audit.jsonl.1.gz'])('of %s come with line and byte', async (name) => {
    const file = join(temporaryFolder(), name);
    writeFileSync(file, name.endsWith('.gz') ? gzipSync(TEXT) : TEXT);
    const found = [];
    for await (const line of linesOf(file)) found.push(line);
    expect(found.map(({ bytes }) => bytes.toString())).toEqual(TEXT.split('\n'));
    expect(found.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
    expect(found.map(({ byte }) => byte)).toEqual([0, 8, 9, 200_010, 200_012]);
    expect(found.map(({ isWhole }) => isWhole)).toEqual([true, true, true, true, false]);
    expect(found.map(recordIn)).toEqual([{ a: 1 }, undefined, undefined, undefined, undefined]);
  });

  it('fail where there is no file, or what is no archive', async () => {
    const read = async (file: string): Promise<void> => {
      for await (const _ of linesOf(file));
    };
    const folder = temporaryFolder();
    await expect(read(join(folder, 'none'))).rejects.toThrow('ENOENT');
    await expect(read(join(folder, 'none.gz'))).rejects.toThrow('ENOENT');
    writeFileSync(join(folder, 'bad.gz'), 'plain');
    await expect(read(join(folder, 'bad.gz'))).rejects.toThrow();
  });
});

it('takes what rotation made for the past of a file, and nothing else', async () => {
  const folder = temporaryFolder();
  const past = ['audit.jsonl.1', 'audit.jsonl.2.gz', 'audit.jsonl-20261127', 'audit.jsonl'];
  const others = ['audit.jsonl.lock', 'audit.jsonl.key', 'audit.jsonl.key.pub', 'audit.jsonl.head'];
  for (const name of [...past, ...others, 'other.jsonl']) writeFileSync(join(folder, name), '');
  const found = await rotatedFiles(join(folder, 'audit.jsonl'));
  expect([...found].sort()).toEqual(past.map((name) => join(folder, name)).sort());
  expect(await rotatedFiles(join(folder, 'none.jsonl'))).toEqual([]);
});
