import { describe, expect, it } from 'vitest';
import {
  entriesNamed,
  type FiringEntry,
  firingNames,
  mayName,
} from '../../src/sql/firing-names.js';

const entry = (name: string): FiringEntry => ({
  kind: 'function',
  schema: 'app',
  name,
  effects: [],
});

function namesOf(...names: readonly string[]) {
  const found = firingNames(names.map(entry));
  if (found === undefined) throw new Error('there are none');
  return found;
}

describe('firingNames', () => {
  it('is nothing for nothing', () => {
    expect(firingNames([])).toBeUndefined();
  });

  it('finds texts in which a name may stand', () => {
    const names = namesOf('wipe', 'a`b', 'x.y+');
    const may = (text: string) => mayName(names, Buffer.from(text));
    for (const text of [
      'SELECT wipe()',
      'select WIPE ()',
      'SELECT app.`wipe`(1)',
      'SELECT wípe()',
      'SELECT wi\xb3pe\xb3()',
      'SELECT `a``b`()',
      'SELECT `x.y+`()',
      '/*!50000wipe()*/',
    ]) {
      expect({ text, may: may(text) }).toEqual({ text, may: true });
    }
    for (const text of ['SELECT swipe()', 'SELECT wiped()', 'SELECT xxyy', 'SELECT é']) {
      expect({ text, may: may(text) }).toEqual({ text, may: false });
    }
  });

  it('compares as servers do, without case and accents', () => {
    const names = namesOf('wipe', 'löschen');
    const named = (name: string) => entriesNamed(names, name).map((one) => one.name);
    expect(named('WIPE')).toEqual(['wipe']);
    expect(named('wípe')).toEqual(['wipe']);
    expect(named('wipe\xb3')).toEqual(['wipe']);
    expect(named('loschen')).toEqual(['löschen']);
    expect(named('LÖSCHEN')).toEqual(['löschen']);
    expect(named('wiped')).toEqual([]);
    // Where a name has other letters no text can be told apart from one that holds it.
    expect(mayName(names, Buffer.from('SELECT 1'))).toBe(true);
  });
});
