import { expect, it } from 'vitest';
import { BEFORE_NAMES, isKeyword, isReserved } from '../../src/approval/keywords.js';

it('tells what can be no name from what only reads like a keyword', () => {
  expect(isReserved('TABLE')).toBe(true);
  // MariaDB takes these for the name of a table.
  expect(['DATABASE', 'SCHEMA', 'OPTION', 'USER'].filter(isReserved)).toEqual([]);
  expect(['DATABASE', 'VIEW', 'TRUNCATE'].every(isKeyword)).toBe(true);
  expect(isKeyword('USERS') || isReserved('USERS')).toBe(false);
  expect(BEFORE_NAMES.has('TABLE') && BEFORE_NAMES.has('FROM')).toBe(true);
});
