import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { StoreMarks } from '../../src/approval/store-marks.js';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interlock-marks-'));
  file = join(folder, 'marks');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('remembers the most it has seen of each store', () => {
  const marks = new StoreMarks(file);
  marks.remember('one', 5);
  marks.remember('other', 1);
  const before = marks.now;
  marks.remember('one', 4);
  expect(marks.now).toBe(before);
  marks.remember('one', 6);
  expect([...before]).toEqual([...new Map(Object.entries({ one: 5, other: 1 }))]);
  expect(marks.now.get('one')).toBe(6);
});

it('keeps what it knows for the next one, and nothing before it is told to', () => {
  const marks = new StoreMarks(file);
  marks.remember('one', 5);
  expect(new StoreMarks(file).now.size).toBe(0);
  marks.keep();
  marks.remember('one', 9);
  expect(new StoreMarks(file).now.get('one')).toBe(5);
  expect(readFileSync(file, 'utf8')).toBe('{"one":5}\n');
});

it('forgets the oldest of very many', () => {
  const marks = new StoreMarks(file);
  for (let n = 0; n < 100; n += 1) marks.remember(`store ${n}`, n);
  expect(marks.now.size).toBe(64);
  expect(marks.now.get('store 99')).toBe(99);
});

it.each(['', '[]', '{"one":-1}', '{"one":"5"}', '{'])(
  'takes no damaged file for a new one: %s',
  (text) => {
    writeFileSync(file, text);
    expect(() => new StoreMarks(file).now).toThrow(/marks is damaged: remove it/);
  },
);
