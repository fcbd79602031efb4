// Statements that reach every row, and conditions that name no column, each once in every form of the languages' grammars in which a bare
// word or name stands that is none either: units, types, character sets, parts of functions.

const UNITS = ['year', 'day', 'hour', 'microsecond', 'day_hour', 'quarter', 'week', 'sql_tsi_day'];
const TYPES = [
  'signed',
  'unsigned',
  'char',
  'date',
  'datetime',
  'time',
  'binary',
  'decimal',
  'json',
  'char(9)',
  'nchar',
  'real',
  'double',
  'float',
  'year',
  'signed integer',
  'decimal(9,2)',
  'varchar(9)',
  'interval day_second(9)',
  'int',
  'inet6',
];

const FORMS = [
  'play.f(1) = 1',
  '`play` . f(1)',
  "EXTRACT(year FROM '2020-01-01') > 0",
  "GET_FORMAT(date, 'USA') IS NOT NULL",
  "GET_FORMAT(datetime, 'USA') = '%Y-%m-%d %H.%i.%s'",
  "GET_FORMAT(timestamp, 'USA') > ''",
  "TRIM(both ' ' FROM ' a ') = 'a'",
  "TRIM(leading FROM ' a') = 'a'",
  "TRIM(trailing 'x' FROM 'ax') = 'a'",
  "POSITION('a' IN 'a') = 1",
  "SUBSTRING('abc' FROM 1 FOR 1) = 'a'",
  "MID('abc' FROM 1) > ''",
  "CHAR(65 USING utf8) = 'A'",
  "CONVERT('a' USING latin1) = 'a'",
  "'a' COLLATE latin1_swedish_ci > ''",
  "_latin1 'a' > ''",
  "_latin1 x'41' > ''",
  "_latin1 0x41 > ''",
  "_latin1 b'1000001' > ''",
  "_utf8'1'",
  '_binary 0x31',
  "_binary x'31'",
  '_latin1 0x31',
  "_latin1 x'31'",
  "_latin1 b'00110001'",
  '_latin1 0b00110001',
  "N'1'",
  "x'31'",
  '{x 1}',
  "{d '2020-01-01'} > 0",
  "{ts '2020-01-01 00:00:00'} > 0",
  '{fn now()} > 0',
  '{`x` 1}',
  '{x 1} = 1',
  "date '2020-01-01' > 0",
  "timestamp '2020-01-01 00:00:00' > 0",
  "time '10:00:00' > 0",
  'NOW() + INTERVAL 1 DAY > 0',
  'INTERVAL(1, 2) = 0',
  'NEXT VALUE FOR s > 0',
  'NEXT VALUE FOR play.s > 0',
  'PREVIOUS VALUE FOR s IS NULL OR PREVIOUS VALUE FOR s > 0',
  'NEXTVAL(s) > 0',
  'NEXTVAL(play.s) > 0',
  'NEXTVAL(`s`) > 0',
  'SETVAL(s, 100000) > 0',
  'LASTVAL(s) IS NULL OR LASTVAL(s) > 0',
  'LASTVAL(s) > 0',
  's.nextval > 0',
  's.currval > 0',
  'play.s.nextval > 0',
  'rownum > 0',
  'rownum() > 0',
  'ROWNUM <= 100',
  'rownum < 100 AND 1',
  'sysdate > 0',
  'sysdate() > 0',
  'SQL%ROWCOUNT >= -1',
  'SQL%ROWCOUNT IS NOT NULL',
  'sqlcode = 0',
  'sqlcode >= 0',
  'sqlerrm IS NOT NULL',
  'current_role IS NULL',
  'current_role() IS NULL',
  'current_user IS NOT NULL',
  'session_user() IS NOT NULL',
  'session_user IS NOT NULL',
  'system_user() IS NOT NULL',
  'system_user IS NOT NULL',
  'user IS NOT NULL',
  'uuid() IS NOT NULL',
  'localtime > 0',
  'localtimestamp > 0',
  'localtime() > 0',
  'utc_date > 0',
  'utc_time >= 0',
  'utc_timestamp > 0',
  'current_date > 0',
  'current_time >= 0',
  'current_timestamp > 0',
  'current_timestamp(3) > 0',
  'curdate() > 0',
  'curtime() >= 0',
  'VALUES(id) IS NULL',
  'VALUES(a) IS NULL',
  'VALUE(a) IS NULL',
  'VALUE(id) IS NULL',
  'ISNULL(VALUES(a))',
  'DEFAULT(a) IS NULL',
  'ISNULL(DEFAULT(a))',
  "JSON_VALUE('{\"a\":1}', '$.a' RETURNING signed) = 1",
  "JSON_VALUE('{\"a\":1}', '$.a') = 1",
  "1 MEMBER OF ('[1]')",
  "1 MEMBER OF('[1]')",
  "WEIGHT_STRING('a' AS char(3)) > ''",
  "WEIGHT_STRING('a') > ''",
  "WEIGHT_STRING('a' LEVEL 1) > ''",
  "'a' SOUNDS LIKE 'a'",
  "'a' LIKE 'a' ESCAPE '!'",
  '1 DIV 1',
  '5 MOD 2',
  'ROW(1,2) = ROW(1,2)',
  '(1,2) = (1,2)',
  '1 IS NOT UNKNOWN',
  'NULL IS UNKNOWN',
  'TRUE IS TRUE',
  'NOT FALSE',
  'NOT 0',
  '! 0',
  '1 ^ 0',
  '~ 0',
  '- 1',
  '+ 1',
  'BINARY 1',
  "BINARY 'a' = 'a'",
  '1 <=> 1',
  '1 BETWEEN 0 AND 2',
  '1 IN (1, 2)',
  '1 NOT IN (2)',
  "'a' REGEXP 'a'",
  "'a' RLIKE 'a'",
  "'a' || 'b' = 'ab' OR 1",
  'CASE 1 WHEN 1 THEN 1 ELSE 0 END',
  'CASE WHEN TRUE THEN TRUE END',
  'IF(1, 1, 0)',
  'COALESCE(NULL, 1)',
  "@@version > ''",
  "@@global.version > ''",
  '@@session.sql_mode IS NOT NULL',
  '@@local.sql_mode IS NOT NULL',
  '@x IS NULL',
  '@`x` IS NULL',
  "@'x' IS NULL",
  '@x := 1',
  '(@x := 1) = 1',
  'DATABASE() IS NOT NULL',
  'SCHEMA() IS NOT NULL',
  'LAST_INSERT_ID() >= 0',
  'RAND() >= 0',
  'EXISTS (SELECT 1)',
  'EXISTS (SELECT id FROM t AS u WHERE u.id > 0)',
  '(SELECT 1) = 1',
  '1 = ANY (SELECT 1)',
  '1 = SOME (SELECT 1)',
  '1 = ALL (SELECT 1)',
  '1 IN (SELECT 1)',
  'NOT EXISTS (SELECT 1 FROM DUAL WHERE 1=0)',
  'EXISTS (TABLE mysql.user)',
  'EXISTS (VALUES ROW(1))',
  'EXISTS (VALUES (1))',
  '(VALUES (1)) = 1',
  'EXISTS (WITH q AS (SELECT 1) SELECT * FROM q)',
  'EXISTS ((SELECT 1))',
  'EXISTS (((SELECT 1 AS id)))',
  '1 IN ((SELECT 1 AS id))',
  '1 IN ((SELECT id FROM t AS u WHERE id = 1))',
  '((SELECT id FROM mysql.user LIMIT 1)) OR 1',
  '(SELECT COUNT(id) FROM mysql.user AS u) IS NULL OR 1',
  "JSON_OBJECT('a', 1) IS NOT NULL",
  "JSON_EXTRACT('{\"a\":1}', '$.a') = 1",
  "CHARSET('a') IS NOT NULL",
  "ST_GeomFromText('POINT(1 1)') IS NOT NULL",
  'POINT(1,1) IS NOT NULL',
  "TIMESTAMP('2020-01-01') > 0",
  "PASSWORD('a') > ''",
  "USER() > ''",
  "VERSION() > ''",
  'TRUNCATE(1.5, 0) = 1',
  "REPLACE('a', 'b', 'c') = 'a'",
  "INSERT('a', 1, 1, 'c') = 'c'",
  'MOD(1, 2) = 1',
  "FORMAT(1, 2, 'de_DE') > ''",
  "WEEK('2020-01-01', 1) >= 0",
  'ROW_COUNT() IS NOT NULL',
  'FOUND_ROWS() >= 0',
  "COLLATION('a') > ''",
  'INTERVAL(1,2) + 1',
  "ADDDATE('2020-01-01', 1) > 0",
  "ADDDATE('2020-01-01', INTERVAL 1 day) > 0",
  "SUBDATE('2020-01-01', INTERVAL 1 day) > 0",
  "DATE_ADD('2020-01-01', INTERVAL 1 year) > 0",
  "DATE_SUB('2020-01-01', INTERVAL 1 year) > 0",
  "DATE_ADD('2020-01-01', INTERVAL (1) year) > 0",
  "DATE_ADD('2020-01-01', INTERVAL '1' year) > 0",
  "DATE_ADD('2020-01-01', INTERVAL -1 year) > 0",
  "DATE_ADD('2020-01-01', INTERVAL @x year) IS NULL",
  "DATE_ADD('2020-01-01', INTERVAL ? year) IS NULL",
  "DATE_ADD('2020-01-01', INTERVAL 1+1 year) > 0",
  "DATE_ADD('2020-01-01', INTERVAL CASE WHEN 1 THEN 1 END year) > 0",
  '(SELECT MAX(1) OVER (PARTITION BY 1)) = 1',
  "(SELECT GROUP_CONCAT(1 SEPARATOR ',')) = 1",
  '\\N IS NULL',
  '1e0',
  '.5 > 0',
  '1.',
  '0x31',
  '0b1',
  "b'1'",
  'true',
  "'1' '1'",
  '1 -- x\n',
  '1 AND rownum > 0',
  'ANY_VALUE(1)',
  "NAME_CONST('a', 1) = 1",
  "NAME_CONST('a', 1)",
  'SLEEP(0) = 0',
  "REGEXP_LIKE('a', 'a')",
  "REGEXP_LIKE('a', 'a', 'c')",
  "DECODE('a', 'b') IS NOT NULL",
  'DECODE(1, 1, 1)',
  'NVL(NULL, 1)',
  'NVL2(1, 1, 0)',
  "TO_CHAR('2020-01-01') > ''",
  "JSON_CONTAINS('[1]', '1')",
  '1 < ALL (SELECT 2)',
  '1 IS DISTINCT FROM 2 OR 1',
  'CAST(1 AS signed) = ALL (SELECT 1)',
  '(1)',
  '((1) = (1))',
  '(SELECT 1 FROM (SELECT 1 AS id) AS q WHERE q.id = 1)',
  '(SELECT t.id FROM (SELECT 1 AS id) AS t)',
  'EXISTS (SELECT 1 FROM (SELECT 1 AS id) AS t WHERE t.id = 1)',
  'EXISTS (SELECT t.id FROM t)',
  '(SELECT COUNT(t.id) FROM t AS t) >= 0',
];

/** Everywhere a unit or a type may stand. */
const UNIT_FORMS = UNITS.flatMap((unit) => [
  `EXTRACT(${unit} FROM '2020-01-01 10:00:00') >= 0`,
  `TIMESTAMPDIFF(${unit}, '2020-01-01', '2024-01-01') >= 0`,
  `TIMESTAMPADD(${unit}, 1, '2020-01-01') > 0`,
  `DATE_ADD('2020-01-01', INTERVAL 1 ${unit}) > 0`,
]);
const TYPE_FORMS = TYPES.flatMap((type) => [
  `CONVERT('1', ${type}) >= 0`,
  `CONVERT('1', ${type}) IS NOT NULL`,
  `CAST('1' AS ${type}) IS NOT NULL`,
  `JSON_VALUE('[1]', '$[0]' RETURNING ${type}) IS NOT NULL`,
  `CONVERT(1, ${type}) = 1`,
]);

export const CONSTANT_CONDITIONS: readonly string[] = [...FORMS, ...UNIT_FORMS, ...TYPE_FORMS];

/** Every row of t goes, or has 9 in a, whatever stands around its name. */
export const WHOLE_TABLES: readonly string[] = `
UPDATE t SET a = 9
UPDATE t USE INDEX FOR ORDER BY (PRIMARY) SET a = 9
UPDATE t FORCE INDEX FOR JOIN (PRIMARY) SET a = 9
UPDATE t IGNORE KEY FOR GROUP BY (PRIMARY) SET a = 9
UPDATE t USE INDEX () SET a = 9
UPDATE t x FORCE INDEX (PRIMARY) SET a = 9
UPDATE (t) SET a = 9
UPDATE (t, u) SET t.a = 9
UPDATE t NATURAL JOIN u SET t.a = 9
UPDATE t STRAIGHT_JOIN u SET t.a = 9
UPDATE t CROSS JOIN u SET t.a = 9
UPDATE t LEFT JOIN u USING (id) SET t.a = 9
UPDATE t JOIN (SELECT 1 AS x) q SET t.a = 9
UPDATE t, LATERAL (SELECT 1) q SET t.a = 9
UPDATE t JOIN JSON_TABLE('[1]', '$[*]' COLUMNS (x INT PATH '$')) j SET t.a = 9
UPDATE {OJ t LEFT JOIN u ON t.id = u.id} SET t.a = 9
UPDATE {x t} SET t.a = 9
UPDATE LOW_PRIORITY IGNORE t SET a = 9
UPDATE .t SET a = 9
UPDATE t SET a = 9 ORDER BY a
UPDATE t SET a = 9 LIMIT 100
UPDATE t SET a = (SELECT 9 FROM DUAL WHERE 1 = 1)
UPDATE t SET a = 9, b = 'where id = 5'
WITH q AS (SELECT 1) UPDATE t SET a = 9
WITH q AS (SELECT 1), r AS (SELECT 2 AS n) UPDATE t, r SET t.a = 9
SET STATEMENT max_statement_time=9 FOR UPDATE t SET a = 9
ANALYZE FORMAT=JSON UPDATE t SET a = 9
FOR i IN 1..1 DO UPDATE t SET a = 9; END FOR
DELETE FROM t
DELETE LOW_PRIORITY QUICK IGNORE FROM t
DELETE t.* FROM t
DELETE play.t.* FROM play.t
DELETE FROM .t
DELETE t FROM t USE INDEX FOR ORDER BY (PRIMARY)
DELETE t FROM {OJ t LEFT JOIN u ON t.id = u.id}
DELETE t FROM {x t}
DELETE t FROM t LEFT JOIN u USING (id)
DELETE FROM t USING t LEFT JOIN u USING (id)
DELETE FROM t USING {x t}
DELETE a FROM t a
DELETE a.* FROM t AS a
DELETE FROM a USING t AS a
DELETE FROM t AS a
DELETE FROM t ORDER BY (SELECT 1 FROM DUAL WHERE 1 = 0) LIMIT 9
WITH RECURSIVE q AS (SELECT 1) DELETE FROM t
SET STATEMENT max_statement_time=9 FOR DELETE FROM t
ANALYZE DELETE FROM t
IF 1 THEN DELETE FROM t; END IF
REPEAT DELETE FROM t; UNTIL 1 END REPEAT
FOR r IN (SELECT 1) DO DELETE FROM t; END FOR
BEGIN NOT ATOMIC DECLARE EXIT HANDLER FOR SQLEXCEPTION DELETE FROM t; SIGNAL SQLSTATE '45000'; END
EXECUTE IMMEDIATE 'DELETE FROM t'
EXECUTE IMMEDIATE 'DELETE ' 'FROM t'
EXECUTE IMMEDIATE N'DELETE FROM t'
TRUNCATE t WAIT 5
`
  .trim()
  .split('\n');
