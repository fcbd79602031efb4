// What a campaign found survives its end, however it ends, and is never mixed with another build's.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildDigest } from '../../conformance/build.js';
import { openJournal } from '../../conformance/journal.js';

const SUBJECT = { server: 'mariadb-10.11 10.11.19', build: 'abc' };
const SAME = { kind: 'same', tookMs: 5 } as const;
const DIFFERENT = { kind: 'different', why: 'line 3' } as const;

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  file = join(folder, 'results.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('openJournal', () => {
  it('goes on where an earlier run ended', () => {
    openJournal(file, SUBJECT).add({ name: 'alias', finding: SAME });
    const journal = openJournal(file, SUBJECT);
    journal.add({ name: 'bigint', finding: DIFFERENT });
    const known = [
      { name: 'alias', finding: SAME },
      { name: 'bigint', finding: DIFFERENT },
    ];
    expect(journal.results()).toEqual(known);
    expect(openJournal(file, SUBJECT).results()).toEqual(known);
  });

  it.each([
    { ...SUBJECT, build: 'def' },
    { ...SUBJECT, server: 'mysql-9 9.7.4' },
  ])('takes no findings about another build or server: %o', (other) => {
    openJournal(file, SUBJECT).add({ name: 'alias', finding: SAME });
    expect(() => openJournal(file, other)).toThrow(/is about .*abc.*: name another file/);
    expect(openJournal(file, SUBJECT).results()).toHaveLength(1);
  });

  it('forgets a line that was being written when the run was killed, and nothing else', () => {
    openJournal(file, SUBJECT).add({ name: 'alias', finding: SAME });
    appendFileSync(file, '{"name":"big');
    openJournal(file, SUBJECT).add({ name: 'bigint', finding: SAME });
    const names = openJournal(file, SUBJECT).results();
    expect(names.map(({ name }) => name)).toEqual(['alias', 'bigint']);
    expect(readFileSync(file, 'utf8')).not.toContain('"big{');
  });

  it('remembers that a test was different once, and counts it once', () => {
    const journal = openJournal(file, SUBJECT);
    for (const finding of [DIFFERENT, SAME, SAME]) journal.add({ name: 'kill', finding });
    expect(journal.results()).toEqual([
      { name: 'kill', finding: { kind: 'unsteady', why: 'line 3' } },
    ]);
  });

  it('takes the later finding where the first was no difference', () => {
    const journal = openJournal(file, SUBJECT);
    journal.add({ name: 'slow', finding: { kind: 'fails', why: 'not finished' } });
    journal.add({ name: 'slow', finding: SAME });
    expect(journal.results()).toEqual([{ name: 'slow', finding: SAME }]);
  });
});

describe('buildDigest', () => {
  it('changes with any byte and any name, and with nothing else', async () => {
    const digests = new Set<string>();
    for (const [name, text] of [
      ['a.js', '1'],
      ['a.js', '2'],
      ['b.js', '2'],
      ['a.js', '1'],
    ] as const) {
      rmSync(join(folder, 'a.js'), { force: true });
      rmSync(join(folder, 'b.js'), { force: true });
      writeFileSync(join(folder, name), text);
      digests.add(await buildDigest(folder));
    }
    expect(digests.size).toBe(3);
  });
});
