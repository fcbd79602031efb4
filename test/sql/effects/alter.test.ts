import { describe, expect, it } from 'vitest';
import { effectsOf } from '../read-as.js';

describe('ALTER TABLE and RENAME', () => {
  it.each([
    ['ALTER TABLE t DROP COLUMN c', 'drop-column app.t'],
    ['ALTER TABLE t DROP c', 'drop-column app.t'],
    ['ALTER TABLE t DROP `c`', 'drop-column app.t'],
    ['ALTER TABLE t DROP IF EXISTS c', 'drop-column app.t'],
    ['ALTER ONLINE IGNORE TABLE IF EXISTS a.t ADD x INT, DROP c', 'drop-column a.t'],
    ['ALTER TABLE t WAIT 5 DROP COLUMN c', 'drop-column app.t'],
    ['ALTER TABLE t DROP period', 'drop-column app.t'],
    ['ALTER TABLE t DROP INDEX i', 'drop-index app.t'],
    ['ALTER TABLE t DROP KEY i, DROP PRIMARY KEY', 'drop-index app.t; drop-index app.t'],
    ['ALTER TABLE t DROP CONSTRAINT k', 'drop-index app.t'],
    ['ALTER TABLE t DROP PARTITION p0, p1', 'drop-partition app.t'],
    ['ALTER TABLE t ALGORITHM=INPLACE, DROP PARTITION p0', 'drop-partition app.t'],
    ['ALTER TABLE t TRUNCATE PARTITION ALL', 'drop-partition app.t'],
    ['ALTER TABLE t EXCHANGE PARTITION p WITH TABLE a.u', 'drop-partition app.t, a.u'],
    ['ALTER TABLE t CONVERT PARTITION p TO TABLE u', 'drop-partition app.t'],
    ['ALTER TABLE t CONVERT TABLE u TO PARTITION p VALUES IN (1)', 'rename-table app.t, app.u'],
    [
      'ALTER TABLE t REORGANIZE PARTITION p INTO (PARTITION q VALUES IN (1), PARTITION r VALUES IN (2))',
      'drop-partition app.t',
    ],
    [
      'ALTER IGNORE TABLE t REORGANIZE PARTITION p INTO (PARTITION q VALUES LESS THAN (9))',
      'drop-partition app.t',
    ],
    ['ALTER IGNORE TABLE t ADD UNIQUE (a)', 'replace-table app.t'],
    ['ALTER ONLINE IGNORE TABLE t ADD PRIMARY KEY (a)', 'replace-table app.t'],
    [
      'ALTER IGNORE TABLE t PARTITION BY RANGE (a) (PARTITION p VALUES LESS THAN (1))',
      'replace-table app.t',
    ],
    ['ALTER TABLE t DROP SYSTEM VERSIONING', 'drop-partition app.t'],
    ['ALTER TABLE t DISCARD TABLESPACE', 'drop-tablespace app.t'],
    ['ALTER TABLE t DISCARD PARTITION p TABLESPACE', 'drop-tablespace app.t'],
    ['ALTER TABLE t IMPORT TABLESPACE', 'replace-table app.t'],
    ['ALTER TABLE t ENGINE=BLACKHOLE', 'replace-table app.t'],
    ["ALTER TABLE t ENGINE 'blackhole'", 'replace-table app.t'],
    ['ALTER TABLE t RENAME TO u', 'rename-table app.t, app.u'],
    ['ALTER TABLE t RENAME AS a.u', 'rename-table app.t, a.u'],
    ['ALTER TABLE t RENAME u', 'rename-table app.t, app.u'],
    ['ALTER TABLE t RENAME = u', 'rename-table app.t, app.u'],
    ["ALTER TABLESPACE s DROP DATAFILE 'f'", 'drop-tablespace s'],
    ['RENAME TABLE a TO b', 'rename-table app.a, app.b'],
    ['RENAME TABLES a TO x.b, c WAIT 5 TO d', 'rename-table app.a, x.b, app.c, app.d'],
    ['BEGIN NOT ATOMIC ALTER TABLE t DROP COLUMN c; END', 'drop-column app.t'],
    ['CREATE PROCEDURE p() RENAME TABLE a TO b', 'later:rename-table app.a, app.b'],
    ['ALTER TABLE /*!50000 t DROP */ c', 'drop-column app.t'],
  ])('finds the effect of %s', (sql, expected) => {
    expect(effectsOf(sql)).toBe(expected);
  });

  it.each([
    'ALTER TABLE t ADD COLUMN c INT',
    'ALTER TABLE t ALTER COLUMN c DROP DEFAULT',
    'ALTER TABLE t DROP FOREIGN KEY k',
    'ALTER TABLE t DROP CHECK k',
    'ALTER TABLE t DROP PERIOD FOR SYSTEM_TIME',
    'ALTER TABLE t REMOVE PARTITIONING',
    'ALTER TABLE t COALESCE PARTITION 2',
    'ALTER TABLE t ADD PARTITION (PARTITION p9 VALUES LESS THAN (9))',
    'ALTER TABLE t REORGANIZE PARTITION p INTO (PARTITION q VALUES LESS THAN (9))',
    'ALTER TABLE t REORGANIZE PARTITION',
    'ALTER TABLE t ADD UNIQUE (a)',
    'ALTER IGNORE TABLE t ADD INDEX (a)',
    'ALTER TABLE t ENGINE=InnoDB',
    'ALTER TABLE t RENAME COLUMN a TO b',
    'ALTER TABLE t RENAME INDEX a TO b',
    'ALTER TABLE t CONVERT TO CHARACTER SET utf8',
    "ALTER TABLE t COMMENT 'DROP COLUMN c'",
    'ALTER TABLE t CHANGE `drop` b INT',
    'ALTER TABLE t DISABLE KEYS',
    'RENAME USER a TO b',
    'ALTER DATABASE a CHARACTER SET utf8',
    'ALTER USER a ACCOUNT LOCK',
    "ALTER TABLESPACE s ADD DATAFILE 'f'",
    'ALTER EVENT e RENAME TO f',
  ])('finds nothing in %s', (sql) => {
    expect(effectsOf(sql)).toBe('');
  });
});
