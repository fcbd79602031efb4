import { describe, expect, it } from 'vitest';
import { variableMeant } from '../../src/sql/variable-names.js';

describe('the variable that a name may stand for', () => {
  it.each([
    ['SQL_Mode', 'sql_mode'],
    ['sql_mòde', 'sql_mode'],
    ['ınıt_cónnect', 'init_connect'],
    ['\u212Ail', '\u212Ail'.toLowerCase()],
    // Bytes that are not UTF-8 are shown as Latin-1; their letters are fewer than they seem.
    ['sql_m\xa8\xb0de', 'sql_mode'],
    ['GTID_purgéd', 'gtid_purged'],
    // A byte that is no character is dropped.
    ['sql_mode\xb3', 'sql_mode'],
    ['été', 'été'],
    ['é', 'é'],
    ['a(é', 'a(é'],
  ])('is for %s: %s', (name, meant) => {
    expect(variableMeant(name)).toBe(meant);
  });
});
