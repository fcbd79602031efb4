import { expect, it } from 'vitest';
import { isRuleFileName, stampOf, unreadableStamp } from '../../src/config/rule-stamp.js';

const STATE = { mtimeMs: 1, ctimeMs: 2, size: 3, ino: 4 };

it('differs when anything of a file does', () => {
  const before = stampOf('/a.yaml', STATE);
  expect(stampOf('/a.yaml', { ...STATE })).toBe(before);
  for (const changed of ['mtimeMs', 'ctimeMs', 'size', 'ino'] as const) {
    expect(stampOf('/a.yaml', { ...STATE, [changed]: 9 }), changed).not.toBe(before);
  }
  expect(stampOf('/b.yaml', STATE)).not.toBe(before);
});

it('is the system’s word for what cannot be read', () => {
  expect(unreadableStamp('/a', Object.assign(new Error('no'), { code: 'ENOENT' }))).toBe(
    '/a ENOENT\n',
  );
  expect(unreadableStamp('/a', 7)).toBe('/a unreadable\n');
});

it('takes no editor’s file for a rule file', () => {
  const names = ['a.yaml', 'b.yml', '.a.yaml', '.#a.yaml', 'a.yaml~', 'a.yaml.swp', '4913'];
  expect(names.filter(isRuleFileName)).toEqual(['a.yaml', 'b.yml']);
});
