// Whatever is done to the files afterwards is found, with its place; and what is right is let be.
import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { type Head, headAt } from '../../src/audit/chain.js';
import { readHead } from '../../src/audit/head-file.js';
import { openSeal } from '../../src/audit/seal.js';
import { verifyFiles } from '../../src/audit/verify.js';
import { fc } from '../support/properties.js';
import { change, linesIn, problemsOf, sixRecords, write } from './chained-scene.js';
import { temporaryFolder } from './temporary-folder.js';

// Keys are made and many files read: a busy machine takes its time.
vi.setConfig({ testTimeout: 60_000 });

async function headOf(file: string): Promise<Head> {
  const left = await readHead(`${file}.head`);
  if (left === undefined) throw new Error('no head');
  return left.head;
}

describe('a file that nobody touched', () => {
  it('holds, with its head and its signatures', async () => {
    const file = await sixRecords();
    const { key } = await openSeal(`${file}.key`);
    const head = await headOf(file);
    const verified = await verifyFiles([file], { heads: [head], keys: [key], whole: true });
    expect(verified).toMatchObject({ problems: [], records: 6, checkpoints: 2, first: 1, head });
    expect(verified.notes).toEqual([]);
  });

  it('holds after a crash that cut a record off', async () => {
    const file = await sixRecords();
    appendFileSync(file, '{"v":1,"kind":"outc');
    expect((await verifyFiles([file])).notes[0]).toContain(':7 (byte');
    await write(file, ['R7']);
    const { problems, notes } = await verifyFiles([file], { heads: [await headOf(file)] });
    expect(problems).toEqual([]);
    expect(notes[0]).toMatch(/audit\.jsonl:7 .*20 bytes stand in no chain/);
  });

  it('holds over files that were rotated away, in whatever order they are named', async () => {
    const file = await sixRecords();
    renameSync(file, `${file}.2`);
    await write(file, ['R7']);
    renameSync(file, `${file}.1`);
    await write(file, ['R8']);
    const files = [file, `${file}.2`, `${file}.1`];
    expect(await problemsOf(files, { whole: true, heads: [await headOf(file)] })).toEqual([]);
    expect(await problemsOf([file, `${file}.1`])).toEqual([]);
    expect(await problemsOf([file, `${file}.1`], { whole: true })).toEqual(['beginning']);
    // The file between two others.
    expect(await problemsOf([file, `${file}.2`])).toEqual(['gap 1']);
  });

  it('begins behind lines of a time without chain, which its first record vouches for', async () => {
    const file = join(temporaryFolder(), 'audit.jsonl');
    writeFileSync(file, '{"v":1,"id":"R0"}\n');
    await write(file, ['R1']);
    expect(await problemsOf([file])).toEqual([]);
    change(file, (lines) => ['{"v":1,"id":"RX"}', ...lines.slice(1)]);
    expect(await problemsOf([file])).toEqual(['foreign 1']);
  });
});

describe('finds', () => {
  it.each<[string, (lines: string[]) => readonly string[], readonly string[]]>([
    ['a change', (l) => l.with(1, (l[1] ?? '').replace('"ok"', '"error"')), ['changed 2']],
    [
      'a change in a signed record',
      (l) => l.with(0, (l[0] ?? '').replace('R1', 'R9')),
      ['signature 1', 'changed 1'],
    ],
    ['a missing record', (l) => l.toSpliced(1, 1), ['gap 2']],
    ['a missing signed record', (l) => l.toSpliced(3, 1), ['gap 4']],
    ['a doubled record', (l) => l.toSpliced(1, 0, l[1] ?? ''), ['order 3']],
    [
      'two that changed places',
      (l) => l.with(4, l[5] ?? '').with(5, l[4] ?? ''),
      ['gap 5', 'order 6'],
    ],
    ['a line put in', (l) => l.toSpliced(5, 0, '{"v":1,"id":"RX"}'), ['foreign 6']],
    ['an empty line put in', (l) => l.toSpliced(5, 0, ''), ['foreign 6']],
    ['a line that is no JSON any more', (l) => l.with(4, 'x'), ['gap 6', 'foreign 5']],
    ['a cut beginning', (l) => l.slice(1), ['beginning 1']],
    ['a beginning cut up to a signed record', (l) => l.slice(3), ['beginning 1']],
  ])('%s', async (_, how, expected) => {
    const file = await sixRecords();
    change(file, how);
    expect(await problemsOf([file])).toEqual(expected);
  });

  it('names the file, the line and the byte', async () => {
    const file = await sixRecords();
    const before = linesIn(file);
    change(file, (lines) => lines.with(1, (lines[1] ?? '').replace('R2', 'R9')));
    const [problem] = (await verifyFiles([file])).problems;
    expect(problem).toMatchObject({ file, line: 2, byte: (before[0] ?? '').length + 1 });
  });

  it('an end that was cut off, by the head', async () => {
    const file = await sixRecords();
    const head = await headOf(file);
    change(file, (lines) => lines.slice(0, -1));
    expect(await problemsOf([file])).toEqual([]);
    expect(await problemsOf([file], { heads: [head] })).toEqual(['tail 5']);
    writeFileSync(file, '');
    expect(await problemsOf([file], { heads: [head] })).toEqual(['tail']);
  });

  it('an end that was cut off before more was written', async () => {
    const file = await sixRecords();
    change(file, (lines) => lines.slice(0, -2));
    await write(file, ['R7']);
    expect(await problemsOf([file])).toEqual(['gap 5']);
    expect(JSON.parse(linesIn(file)[4] ?? '').checkpoint).toMatchObject({ lost: 2 });
  });

  it('a last record that was changed, by the head or by what is written next', async () => {
    const file = await sixRecords();
    const head = await headOf(file);
    change(file, (lines) => lines.with(5, (lines[5] ?? '').replace('"ok"', '"error"')));
    expect(await problemsOf([file], { heads: [head] })).toEqual(['head']);
    await write(file, ['R7']);
    expect(await problemsOf([file])).toEqual(['changed 6']);
  });

  it('a file that was written anew with another key', async () => {
    const file = await sixRecords();
    const { key } = await openSeal(`${file}.key`);
    const head = await headOf(file);
    const forged = await sixRecords();
    copyFileSync(forged, file);
    expect(await problemsOf([file], { keys: [key] })).toEqual(['signature 1', 'signature 4']);
    expect(await problemsOf([file], { heads: [head] })).toEqual(['head']);
  });

  it('a head of before what is here', async () => {
    const file = await sixRecords();
    rmSync(file);
    await write(file, ['R7']);
    expect(await problemsOf([file], { heads: [headAt('', 3)] })).toEqual(['head']);
  });
});

it('finds any single byte that changed, or was cut or put in', async () => {
  const file = await sixRecords();
  const { key } = await openSeal(`${file}.key`);
  const options = { heads: [await headOf(file)], keys: [key], whole: true };
  const whole = readFileSync(file);
  const copy = join(temporaryFolder(), 'audit.jsonl');
  const place = fc.nat({ max: whole.length - 1 });
  await fc.assert(
    fc.asyncProperty(place, fc.nat({ max: 255 }), fc.nat({ max: 2 }), async (at, byte, how) => {
      const rest = whole.subarray(how === 2 ? at : at + 1);
      const put = how === 1 ? Buffer.alloc(0) : Buffer.from([byte]);
      const changed = Buffer.concat([whole.subarray(0, at), put, rest]);
      fc.pre(!changed.equals(whole));
      writeFileSync(copy, changed);
      const { problems, notes } = await verifyFiles([copy], options);
      // Without its last newline the last record is the same one.
      if (at === whole.length - 1 && problems.length === 0) expect(notes).not.toEqual([]);
      else expect(problems).not.toEqual([]);
    }),
    { numRuns: 300 },
  );
});
