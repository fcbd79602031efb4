// What fires of the code that a server keeps, and what only looks like it: names, both ways.
import { type FiringEntry, firingNames } from '../../src/sql/firing-names.js';

const does = (name: string) =>
  [
    {
      effect: 'delete-unbounded',
      verb: 'DELETE',
      objects: [{ schema: 'app', name }],
      deferred: false,
    },
  ] as const;

const ENTRIES: readonly FiringEntry[] = [
  { kind: 'function', schema: 'app', name: 'wipe', effects: does('by_function') },
  { kind: 'package', schema: 'app', name: 'pkg', effects: does('by_package') },
  { kind: 'view', schema: 'app', name: 'v', effects: does('by_view') },
  { kind: 'table', schema: 'app', name: 'i', events: ['insert'], effects: does('by_insert') },
  { kind: 'table', schema: 'app', name: 'u', events: ['update'], effects: does('by_update') },
  { kind: 'table', schema: 'app', name: 'd', events: ['delete'], effects: does('by_delete') },
];

export const NAMES = firingNames(ENTRIES);

/** [statement, what it fires]. */
export const FIRES: readonly (readonly [string, string])[] = [
  ['SELECT wipe()', 'by_function'],
  ['SELECT 1 + `WIPE` /* x */ (1)', 'by_function'],
  ['DO app . wipe()', 'by_function'],
  ['SET @a = wipe()', 'by_function'],
  ['SHOW TABLES WHERE wipe()', 'by_function'],
  ['CALL p(wipe())', 'by_function'],
  ['PURGE BINARY LOGS BEFORE wipe()', 'by_function'],
  ['EXPLAIN SELECT * FROM (SELECT wipe()) x', 'by_function'],
  ["PREPARE s FROM 'SELECT wipe()'", 'by_function'],
  // Escapes keep the name out of the text around it (measured: it is called all the same).
  ["PREPARE s FROM 'SELECT w\\ipe()'", 'by_function'],
  ["PREPARE s FROM 'INSERT INTO \\i VALUES (1)'", 'by_insert'],
  [`PREPARE s FROM 'EXECUTE IMMEDIATE "SELECT w\\\\ipe()"'`, 'by_function'],
  [
    `PREPARE s FROM 'EXECUTE IMMEDIATE "SELECT w\\\\ipe()"';
     PREPARE s FROM 'EXECUTE IMMEDIATE "SELECT wipe()"'`,
    'by_function',
  ],
  ['INSERT INTO x SELECT 1 WHERE wipe() = 1', 'by_function'],
  ['CREATE TABLE x AS SELECT wipe()', 'by_function'],
  ['SELECT pkg.f()', 'by_package'],
  ['SELECT * FROM v', 'by_view'],
  ['SELECT * FROM app.v AS x WHERE 1', 'by_view'],
  ['TABLE v', 'by_view'],
  // A dot before a table's only name stands for the default schema.
  ['SELECT * FROM . v WHERE 1', 'by_view'],
  ['SELECT * FROM x JOIN . v', 'by_view'],
  ['SELECT * FROM x, .v', 'by_view'],
  ['INSERT INTO . i VALUES (1)', 'by_insert'],
  ['INSERT . i SET a = 1', 'by_insert'],
  ['SELECT * FROM (SELECT 1) AS `q`, v', 'by_view'],
  ['UPDATE x, v SET x.a = 1 WHERE x.b = 1', 'by_view'],
  ['SHOW TABLES WHERE (SELECT a FROM v)', 'by_view'],
  ['INSERT INTO i VALUES (1)', 'by_insert'],
  ['INSERT i SET a = 1', 'by_insert'],
  ['INSERT IGNORE app.i (a) VALUES (1)', 'by_insert'],
  ['REPLACE LOW_PRIORITY i VALUES (1)', 'by_insert'],
  ["LOAD DATA INFILE 'x' INTO TABLE i", 'by_insert'],
  ['/*!40000 insert */ i/*!999999 x */SET a = /*! 1 */', 'by_insert'],
  ['SET STATEMENT max_statement_time=1 FOR INSERT INTO i VALUES (1)', 'by_insert'],
  ['SET STATEMENT lock_wait_timeout=(SELECT 5) FOR UPDATE u SET a = 1 WHERE a = 2', 'by_update'],
  ['SELECT 1; DELETE FROM d WHERE a = 1', 'by_delete'],
  ['UPDATE u SET a = 1 WHERE a = 2', 'by_update'],
  ['UPDATE x JOIN u ON x.a = u.a SET u.b = 1 WHERE u.a = 1', 'by_update'],
  ['INSERT INTO u VALUES (1) ON DUPLICATE KEY UPDATE a = 1', 'by_update'],
  ['DELETE FROM d WHERE a = 1', 'by_delete'],
  ['DELETE x FROM d AS x WHERE x.a = 1', 'by_delete'],
  ['REPLACE INTO d VALUES (1)', 'by_delete'],
  ['USE app; DELETE FROM d WHERE a = 1', 'by_delete'],
  ['/*!50000 DELETE */ FROM d WHERE a = 1', 'by_delete'],
];

export const LATER: readonly (readonly [string, string])[] = [
  ['CREATE VIEW x AS SELECT wipe()', 'by_function'],
  ['CREATE OR REPLACE ALGORITHM = MERGE DEFINER = a@b VIEW x AS SELECT * FROM v', 'by_view'],
  ['CREATE PROCEDURE x() DELETE FROM d WHERE a = 1', 'by_delete'],
  ['CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO INSERT INTO i VALUES (1)', 'by_insert'],
  ['ALTER EVENT e DO SELECT wipe()', 'by_function'],
];

export const HARMLESS: readonly string[] = [
  'SELECT \'wipe()\', "v" -- wipe()',
  'SELECT wipe FROM x',
  'SELECT other.wipe()',
  'SELECT a AS v, b AS i, u, d FROM x',
  'SELECT * FROM other.v',
  'USE other; SELECT * FROM v',
  'SELECT * FROM i',
  'SELECT * FROM u FOR UPDATE',
  'SELECT REPLACE(a, 1, 2) FROM d',
  'INSERT INTO x SELECT * FROM i',
  'INSERT INTO d VALUES (1)',
  'INSERT INTO u VALUES (1)',
  'UPDATE d SET a = 1 WHERE a = 2',
  'DELETE FROM u WHERE a = 1',
  'SHOW CREATE VIEW v',
  'SHOW CREATE FUNCTION wipe',
  'DESCRIBE v',
  'GRANT SELECT ON v TO x',
  'GRANT DELETE ON d TO x',
  'LOCK TABLES d WRITE',
  'CREATE INDEX x ON d (a)',
  'ALTER TABLE d ADD COLUMN z INT',
];
