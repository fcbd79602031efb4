import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeDurably } from '../../src/approval/durable-file.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-durable-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('puts a file in the place of another, for its own account only', () => {
  const file = join(folder, 'marks');
  writeDurably(file, 'one, and longer\n');
  writeDurably(file, 'two\n');
  expect(readFileSync(file, 'utf8')).toBe('two\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['marks']);
});

it('leaves the old one where the new one cannot be written', () => {
  expect(() => writeDurably(join(folder, 'nowhere', 'marks'), 'x')).toThrow(/ENOENT/);
  expect(readdirSync(folder)).toEqual([]);
});
