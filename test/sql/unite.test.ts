import { describe, expect, it } from 'vitest';
import type { ReadContext } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { cpuMs } from '../support/cpu-time.js';
import { fc } from '../support/properties.js';
import { effectsOf, KNOWN, MARIADB, MYSQL9, MYSQL56, onLine } from './read-as.js';

const WORDS = [
  ...['DROP', 'TABLE', 't', 'TRUNCATE', ' ', '\n', ';', "'", '"', '`', '\\', '/*', '*/', '/*!'],
  ...['-- ', '#', 'BEGIN', 'END', 'IF', 'THEN', 'CASE', 'SET', 'sql_mode', '=', '@v', 'EXECUTE'],
  ...['PREPARE s FROM ', 'CALL p', 'CREATE PROCEDURE p()', '1.e', '\xb3', '\xa0', '\0', '$$', '('],
  ...[')', ',', '.', '50000', 'M!'],
];
const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }).map((words) => words.join(' '));

function kinds(sql: string, context: ReadContext = KNOWN): Set<string> {
  const facts = readText(Buffer.from(sql, 'latin1'), context);
  return new Set(facts.effects.map(({ effect }) => effect));
}

describe('any text', () => {
  it('is read without a throw, whatever its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        readText(bytes, {});
        readText(Buffer.concat([Buffer.from('drop '), bytes]), {});
      }),
    );
    fc.assert(
      fc.property(soup, (sql) => {
        readText(Buffer.from(sql, 'latin1'), {});
      }),
    );
  });

  it('has no fewer effects the less is known of its session', () => {
    fc.assert(
      fc.property(soup, fc.constantFrom(MARIADB, MYSQL9, MYSQL56), (sql, dialect) => {
        const unknown = kinds(sql, { database: 'app' });
        if (unknown.has('unreadable')) return;
        // What ends inside a string is only unreadable where every reading has it end there.
        const known = [...kinds(sql, onLine(dialect))].filter((kind) => kind !== 'unreadable');
        for (const kind of known) expect(unknown).toContain(kind);
      }),
    );
  });

  const cores = [
    ...['DROP TABLE t', 'TRUNCATE t', 'DROP DATABASE app', 'CALL p()', 'EXECUTE s', 'RESET MASTER'],
    ...['DELETE FROM t', 'DELETE FROM t WHERE 1 = 1', 'UPDATE t SET a = 1', 'START SLAVE'],
    ...['ALTER TABLE t DROP COLUMN c', 'ALTER TABLE t RENAME u', 'RENAME TABLE t TO u'],
    ...[
      'ALTER TABLE t DROP PARTITION p',
      'PURGE BINARY LOGS BEFORE NOW()',
      'CHANGE MASTER TO a = 1',
    ],
    ...['CREATE OR REPLACE TABLE t (a INT)', "LOAD DATA INFILE 'f' REPLACE INTO TABLE t"],
  ];
  const fillers = [' ', '\t', '\n', '/**/', '/* drop */', '-- x\n', '#\n', '/*!*/', '/*! */ '];

  it('keeps its effects under comments, white space and case', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...cores),
        fc.array(fc.constantFrom(...fillers), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (core, filler, upper) => {
          const between = filler.join('');
          const wrapped = between + core.replaceAll(' ', between) + between;
          expect(kinds(upper ? wrapped.toUpperCase() : wrapped.toLowerCase())).toEqual(kinds(core));
        },
      ),
    );
  });

  it('keeps its effects when a harmless statement stands before or after it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...cores),
        fc.constantFrom('SELECT 1', "SELECT 'a;b'", 'BEGIN', 'SET @a = 1', '/* x */', 'COMMIT'),
        (core, harmless) => {
          expect(kinds(`${core}; ${harmless}`)).toEqual(kinds(core));
          expect(kinds(`${harmless}; ${core}`)).toEqual(kinds(core));
        },
      ),
    );
  });
});

describe('a text whose modes are not known', () => {
  const { sqlMode: _mode, charset: _charset, ...unknown } = KNOWN;

  it.each([
    "UPDATE t SET a = 'it\\'s' WHERE id = 5",
    "DELETE FROM t WHERE a = 'it\\'s'",
    "DELETE FROM t WHERE a = 1 OR b = 'it\\'s' AND c = 2",
    "INSERT INTO t VALUES (1,'it\\'s use and delete'),(2,'he said \\'drop table x\\'; ok')",
  ])('is not guarded where one reading of it is no statement: %s', (sql) => {
    expect(kinds(sql, unknown)).toEqual(new Set());
  });
});

describe('the work', () => {
  const adversarial = [
    ...['(', '/*', '*/', "''", ';', '-- \n', '/*!', '/*!99999 /* */ */', '.', '1.e', 'a:'],
    ...['BEGIN ', 'CASE ', 'SET sql_mode=@a;', 'CALL p;', 'CREATE PROCEDURE p() ', 'ANALYZE '],
    ...['SET STATEMENT a=1 FOR ', "EXECUTE IMMEDIATE '", 'DROP TABLE t,', 'IF ', "x'", '\xb3\\'],
    ...[
      'BEGIN NOT ATOMIC update ',
      'BEGIN NOT ATOMIC delete a,',
      'UPDATE t SET a=(',
      'ALTER TABLE ',
    ],
    ...['DELETE FROM t WHERE (', 'DELETE FROM t WHERE NOT ', 'DELETE FROM t WHERE a OR ', '(a OR '],
    ...['/*+ ` */ ', 'DROP USER a,', 'EXECUTE ', '$a$', 'DECLARE a HANDLER FOR begin '],
  ];

  function elapsed(unit: string, times: number): number {
    const texts = [`drop ${unit.repeat(times)}`, `${unit.repeat(times)}drop`];
    const bytes = texts.map((text) => Buffer.from(text, 'latin1'));
    const runs = [1, 2, 3].map(() => {
      const start = cpuMs();
      for (const text of bytes) readText(text, KNOWN);
      return cpuMs() - start;
    });
    return Math.min(...runs);
  }

  it.each(adversarial)(
    'grows no faster than the text with %s',
    (unit) => {
      elapsed(unit, 1_000);
      // Sixteen times the text: a quadratic reader would take 256 times as long.
      expect(elapsed(unit, 32_000)).toBeLessThan(100 * elapsed(unit, 2_000) + 20);
    },
    60_000,
  );

  it('does not end in harmless when a text changes its own modes without end', () => {
    const sql = `${"SET sql_mode=@a; SELECT '\\';".repeat(3_000)} DROP TABLE t`;
    expect(kinds(sql).size).toBeGreaterThan(0);
  }, 60_000);

  it('is unreadable when too many statements wrap one another', () => {
    expect(effectsOf(`${'ANALYZE '.repeat(100_000)}DROP TABLE t`)).toBe('unreadable');
  });
});
