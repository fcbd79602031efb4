// What other guards were got round by, class by class, as far as reading a text answers it; each with
// what only looks like it. The classes that sessions, links and files answer name their tests at the end.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ReadContext } from '../../src/sql/dialect.js';
import { objectLabel } from '../../src/sql/effect.js';
import { readText } from '../../src/sql/statement-facts.js';

const MARIADB: ReadContext = { dialect: { flavour: 'mariadb', version: 101_119 }, database: 'app' };
const MYSQL: ReadContext = { dialect: { flavour: 'mysql', version: 90_704 }, database: 'app' };

function effectsOf(sql: string, context: ReadContext): string {
  const { effects } = readText(Buffer.from(sql, 'latin1'), context);
  return effects.map(({ effect, objects }) => `${effect} ${objects.map(objectLabel)}`).join('; ');
}

/** Under either flavour, unless it says which. */
function caught(sql: string, what: string, contexts: readonly ReadContext[] = [MARIADB, MYSQL]) {
  for (const context of contexts) expect(effectsOf(sql, context), sql).toContain(what);
}

function passes(sql: string, contexts: readonly ReadContext[] = [MARIADB, MYSQL]) {
  for (const context of contexts) expect(effectsOf(sql, context), sql).toBe('');
}

describe('class 1: comments that are run', () => {
  it('sees executable, version, nested, unterminated and made-up ones', () => {
    caught('/*! DROP TABLE t */', 'drop-table app.t');
    caught('DROP/*!50000 TABLE*/t', 'drop-table app.t');
    caught('/*!50000 /* x */ DROP TABLE t */', 'drop-table app.t');
    caught('/*! DROP TABLE t', 'drop-table app.t');
    caught('/*M! DROP TABLE t */', 'drop-table app.t', [MARIADB]);
    caught('/*!00000 DROP TABLE t */', 'drop-table app.t');
    caught('/*!80000 DROP TABLE t */', 'drop-table app.t', [MYSQL]);
  });
  it('skips what this server skips', () => {
    passes('/*!80000 DROP TABLE t */', [MARIADB]);
    passes('SELECT 1 /*!999999 ; DROP TABLE t */');
    passes('SELECT 1 /*M! DROP TABLE t */', [MYSQL]);
  });
});

describe('class 2: texts longer than a buffer', () => {
  it('reads behind a megabyte of comment', () => {
    caught(`/*${'x'.repeat(1 << 20)}*/ DROP TABLE t`, 'drop-table app.t');
    caught(`SELECT '${'a'.repeat(1 << 20)}'; DROP TABLE t`, 'drop-table app.t');
    passes(`SELECT '${"it''s drop ".repeat(1 << 16)}'`);
  });
});

describe('class 3: comments and strings in one another', () => {
  it('sees verbs behind comments, and between them', () => {
    caught('DROP/**/TABLE/**/t', 'drop-table app.t');
    caught("-- '\nDROP TABLE t -- '", 'drop-table app.t');
    caught("SELECT '/*'; DROP TABLE t; SELECT '*/'", 'drop-table app.t');
    caught("/* ' */ TRUNCATE t /* ' */", 'truncate-table app.t');
  });
  it('leaves what strings and comments hold', () => {
    passes("SELECT '; DROP TABLE t; -- '");
    passes('SELECT 1 /* ; DROP TABLE t */ -- DROP TABLE t');
  });
});

describe('class 4: modes and character sets that drift', () => {
  it('follows them inside one text, and takes the worst of what is not known', () => {
    caught(
      "SET sql_mode='NO_BACKSLASH_ESCAPES'; SELECT '\\'; DROP TABLE t; -- '",
      'drop-table app.t',
    );
    caught("SET NAMES gbk; SELECT '\xb3\\'; DROP TABLE t; -- '", 'drop-table app.t');
    caught("SELECT '\\'; DROP TABLE t; -- '", 'drop-table app.t');
    caught('SELECT "\'"; DROP TABLE t; -- "\'"', 'drop-table app.t');
  });
  it('reads one way where they are known', () => {
    const known = { sqlMode: '', charset: 'utf8mb4' };
    passes("SELECT '\\'; DROP TABLE t; -- '", [{ ...MARIADB, ...known }]);
  });
});

describe('class 5: several statements in one text', () => {
  it('finds every one, and what USE makes of bare names', () => {
    caught('SELECT 1; DROP TABLE t', 'drop-table app.t');
    caught('USE other; DROP TABLE t', 'drop-table other.t');
    caught('SELECT 1;;;TRUNCATE other.t;', 'truncate-table other.t');
  });
  it('leaves harmless ones', () => passes('SELECT 1; SELECT 2; DO 3;'));
});

describe('class 6: text that is run as a statement', () => {
  it('reads literals, and calls opaque what is computed', () => {
    caught("PREPARE s FROM 'DROP TABLE t'", 'drop-table app.t');
    caught("EXECUTE IMMEDIATE 'DR\\OP TABLE t'", 'drop-table app.t', [MARIADB]);
    caught("EXECUTE IMMEDIATE CONCAT('DROP ', 'TABLE t')", 'run-opaque', [MARIADB]);
    caught('PREPARE s FROM @v', 'run-opaque');
    caught("CALL sys.execute_prepared_stmt('DROP TABLE t')", 'drop-table app.t');
    caught('CALL sys.execute_prepared_stmt(@v)', 'run-opaque');
  });
  it('leaves harmless literals', () => {
    passes("PREPARE s FROM 'SELECT 1'");
    passes("CALL sys.execute_prepared_stmt('SELECT 1')");
  });
});

describe('class 7: code that is kept (its running: test/e2e/stored-code.test.ts)', () => {
  it('sees it made, blocks and events included', () => {
    caught('CREATE PROCEDURE p() DROP TABLE t', 'drop-table app.t');
    caught('CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO TRUNCATE t', 'truncate-table app.t');
    caught(
      'CREATE TRIGGER r AFTER INSERT ON u FOR EACH ROW DELETE FROM t',
      'delete-unbounded app.t',
    );
    caught('BEGIN NOT ATOMIC DROP TABLE t; END', 'drop-table app.t', [MARIADB]);
    caught('CALL p()', 'run-opaque app.p');
    caught('CREATE PROCEDURE other.p() DROP TABLE t', 'drop-table other.t');
  });
  it('leaves harmless bodies', () => passes('CREATE PROCEDURE p() SELECT 1'));
});

describe('class 8: verbs where nobody looks for them', () => {
  it('sees CTEs, joins, ALTER and partitions', () => {
    caught('WITH x AS (SELECT 1) DELETE FROM t', 'delete-unbounded app.t', [MYSQL]);
    caught('DELETE a FROM t AS a, u', 'delete-unbounded app.t');
    caught('ALTER TABLE t ADD a INT, DROP b', 'drop-column app.t');
    caught('ALTER TABLE t TRUNCATE PARTITION p0', 'drop-partition app.t');
  });
  it('leaves what loses nothing', () => passes('ALTER TABLE t ADD a INT DEFAULT 1'));
});

describe('class 9: a WHERE that restricts nothing', () => {
  it.each([
    '1',
    '1=1',
    'TRUE OR id = 5',
    "'a'='a'",
    '/* id = 5 */ 1',
    'EXISTS (SELECT 1 FROM u WHERE id = 5)',
    'id = id',
  ])('%s', (where) => caught(`DELETE FROM t WHERE ${where}`, 'delete-unbounded app.t'));
  it('sees LIMIT alone', () => caught('DELETE FROM t LIMIT 1000', 'delete-unbounded app.t'));
  it('leaves one that hangs on the row', () => passes("DELETE FROM t WHERE id = 5 AND a <> 'x'"));
});

describe('class 13: hints that a client controls', () => {
  it('lets none of them change a reading', () => {
    caught('/* interlock:off */ DROP TABLE t', 'drop-table app.t');
    caught('/*+ NO_GUARD */ DROP TABLE t', 'drop-table app.t');
    caught('/* hostgroup=1;fast_forward=1 */ TRUNCATE t', 'truncate-table app.t');
  });
});

/** Where the other classes have their named cases. */
const ELSEWHERE: readonly (readonly [string, string, RegExp])[] = [
  ['10: other command bytes', 'test/session/command-table.test.ts', /COM_DROP_DB|unknown/i],
  ['11: statement ids and pipelining', 'test/session/prepared-statements.test.ts', /it\(/],
  ['12: split packets, compression, query attributes', 'test/e2e/streamed.test.ts', /it\(/],
  ['14: links that change, stopped is not severed', 'test/e2e/guard.test.ts', /stopped|RESET/i],
  ['15: side doors of our own', 'test/admin/metrics-server.test.ts', /it\(/],
];

it.each(ELSEWHERE)('class %s: %s', (_class, file, named) => {
  expect(existsSync(file)).toBe(true);
  expect(readFileSync(file, 'utf8')).toMatch(named);
});
