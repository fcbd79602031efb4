import { describe, expect, it } from 'vitest';
import { readText } from '../../src/sql/statement-facts.js';
import { effectsOf, KNOWN, MARIADB, MYSQL9, MYSQL56, onLine } from './read-as.js';

describe('version comments', () => {
  const cases: readonly (readonly [string, string, string, string])[] = [
    // text, MariaDB 10.11.19, MySQL 9.7.4, MySQL 5.6.24
    ['/*!50624 DROP TABLE t */', 'yes', 'yes', 'yes'],
    ['/*!50625 DROP TABLE t */', 'yes', 'yes', 'no'],
    ['/*!50699 DROP TABLE t */', 'yes', 'yes', 'no'],
    ['/*!50700 DROP TABLE t */', 'no', 'yes', 'no'],
    ['/*!80000 DROP TABLE t */', 'no', 'yes', 'no'],
    ['/*!90704 DROP TABLE t */', 'no', 'yes', 'no'],
    ['/*!90705 DROP TABLE t */', 'no', 'no', 'no'],
    ['/*!99999 DROP TABLE t */', 'no', 'no', 'no'],
    ['/*!090704 DROP TABLE t */', 'no', 'yes', 'garbled'],
    ['/*!090705 DROP TABLE t */', 'no', 'no', 'garbled'],
    ['/*!100100 DROP TABLE t */', 'yes', 'no', 'garbled'],
    ['/*!100100DROP TABLE t */', 'yes', 'no', 'no'],
    ['/*!101119 DROP TABLE t */', 'yes', 'no', 'garbled'],
    ['/*!101120 DROP TABLE t */', 'no', 'no', 'garbled'],
    ['/*M! DROP TABLE t */', 'yes', 'no', 'no'],
    ['/*M!50701 DROP TABLE t */', 'yes', 'no', 'no'],
    ['/*M!101120 DROP TABLE t */', 'no', 'no', 'no'],
    ['/*M!999999\\- enable the sandbox mode */', 'no', 'no', 'no'],
    ['/*!1234 DROP TABLE t */', 'garbled', 'garbled', 'garbled'],
  ];
  const said = { yes: 'drop-table app.t', no: '', garbled: 'unreadable app.t' } as const;

  it.each(cases)('%s: MariaDB %s, MySQL 9 %s, MySQL 5.6 %s', (sql, mariadb, mysql9, mysql56) => {
    const answers = [MARIADB, MYSQL9, MYSQL56].map((dialect) => effectsOf(sql, onLine(dialect)));
    expect(answers).toEqual([mariadb, mysql9, mysql56].map((key) => Reflect.get(said, key)));
  });

  it('counts both when the server is not known, and says what it hangs on', () => {
    const { dialect: _unknown, ...context } = KNOWN;
    const facts = readText(Buffer.from('/*!80000 DROP TABLE t */'), context);
    expect(facts.effects.map(({ effect }) => effect)).toEqual(['drop-table']);
    expect(facts.ambiguity).toContain('flavour');
  });

  it('reads the mark that Galera nodes run both ways on MariaDB', () => {
    expect(effectsOf('/*!99997 DROP TABLE t */')).toBe('drop-table app.t');
    expect(effectsOf('/*!99997 DROP TABLE t */', onLine(MYSQL9))).toBe('');
  });
});
