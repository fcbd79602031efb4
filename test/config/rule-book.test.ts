import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.js';
import { RuleBook } from '../../src/config/rule-book.js';

const GOOD =
  'rules: [{ id: no-drop, owner: dba, match: { effect: [drop-table] }, verdict: deny }]\n';
const BAD = 'rules: [{ id: no-drop, match: { effect: [drop-tabel] }, verdict: deny }]\n';

let folder: string;
let file: string;
let events: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlock-rule-book-'));
  file = join(folder, 'own.yaml');
  events = [];
});
afterEach(() => rm(folder, { recursive: true }));

function bookOf(): RuleBook {
  const config: Pick<Config, 'rules'> = { rules: [{ kind: 'path', path: file }] };
  return new RuleBook(config, {
    loaded: ({ rules }) => events.push(`loaded ${rules.map(({ id }) => id).join()}`),
    broken: (errors, isKept) => events.push(`broken ${errors.length}, kept: ${isKept}`),
  });
}

describe('the rule book', () => {
  it('has no rules before it has loaded any, nor after a set that is broken', async () => {
    const book = bookOf();
    expect(book.ruleSet).toBeUndefined();
    await writeFile(file, BAD);
    book.reload();
    expect(book.ruleSet).toBeUndefined();
    expect(events).toEqual(['broken 1, kept: false']);
  });

  it('keeps the rules in force when the new ones are broken, and says so', async () => {
    const book = bookOf();
    await writeFile(file, GOOD);
    book.reload();
    const inForce = book.ruleSet;
    await writeFile(file, BAD);
    expect(book.reload()).toMatchObject({
      result: 'broken',
      revision: inForce?.revision,
      rules: 1,
      diagnostics: [{ line: 1, column: 42 }],
    });
    expect(book.ruleSet).toBe(inForce);
    expect(events).toEqual(['loaded no-drop', 'broken 1, kept: true']);
  });

  it('keeps them too when their file is gone', async () => {
    const book = bookOf();
    await writeFile(file, GOOD);
    book.reload();
    await rm(file);
    book.reload();
    expect(book.ruleSet?.rules).toHaveLength(1);
    expect(events.at(-1)).toBe('broken 1, kept: true');
  });

  it('takes new rules whole, with another revision', async () => {
    const book = bookOf();
    await writeFile(file, GOOD);
    book.reload();
    const before = book.ruleSet?.revision;
    await writeFile(file, GOOD.replace('no-drop', 'no-drop-at-all'));
    book.reload();
    expect(book.ruleSet?.rules.map(({ id }) => id)).toEqual(['no-drop-at-all']);
    expect(book.ruleSet?.revision).not.toBe(before);
    expect(book.reload()).toMatchObject({ result: 'loaded', revision: book.ruleSet?.revision });
  });
});
