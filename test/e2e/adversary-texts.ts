// Makes texts that may destroy something: a loss, dressed in noise between its tokens, wrapped in
// what has fooled guards, several times over. The same seed makes the same texts.
import { WRAPPERS } from './reading-wrappers.js';

/** A text and the session it is sent in. One character is one byte. */
export interface Attack {
  readonly sql: string;
  readonly sqlMode: string;
  readonly charset: string;
}

export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  one<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to choose from');
    return item;
  }

  chance(inHundred: number): boolean {
    return this.below(100) < inHundred;
  }
}

const MODES = [
  ...['', '', '', 'ANSI_QUOTES', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'],
  ...['PIPES_AS_CONCAT', 'IGNORE_SPACE', 'ANSI', 'HIGH_NOT_PRECEDENCE', 'ORACLE'],
];
const CHARSETS = ['utf8', 'utf8', 'utf8mb4', 'latin1', 'gbk', 'sjis', 'big5', 'cp1251', 'latin2'];

const CORES = [
  ...[
    'DROP TABLE victim',
    'TRUNCATE victim',
    'DROP TABLE IF EXISTS victim',
    'TRUNCATE TABLE victim',
  ],
  ...['ALTER TABLE victim DROP COLUMN b', 'ALTER TABLE victim ADD c INT , DROP b'],
  ...[
    'ALTER TABLE victim RENAME gone',
    'RENAME TABLE victim TO gone',
    'DROP VIEW IF EXISTS victim',
  ],
  ...['ALTER IGNORE TABLE victim ADD UNIQUE ( c )', 'ALTER TABLE victim ENGINE = BLACKHOLE'],
  ...['CREATE OR REPLACE TABLE victim ( a INT )', 'ALTER TABLE victim TRUNCATE PARTITION p0'],
  ...['ALTER TABLE victim DROP PARTITION p0', 'DROP TEMPORARY TABLE victim'],
  ...['ALTER TABLE victim EXCHANGE PARTITION p0 WITH TABLE spare', 'DROP DATABASE play'],
  ...['ALTER TABLE victim ADD d INT , DROP COLUMN c', 'CREATE OR REPLACE SEQUENCE victim'],
];

/** What loses rows without saying so: adversary-judge.ts keeps this code in the server. */
const KEPT = [
  ...['CALL wipe()', 'CALL play . wipe ()', 'CALL outer_p ( 1 )', 'CALL by_text()', 'CALL fire()'],
  ...['SELECT wipe_f ()', 'DO wipe_f ()', 'SET @x = wipe_f ()', 'SELECT 1 WHERE twice_f () > 0'],
  ...[
    'SELECT play . `WIPE_F` ()',
    'SELECT w\xedpe_f ()',
    'SELECT * FROM ( SELECT wipe_f () ) AS x',
  ],
  ...['SHOW TABLES WHERE wipe_f ()', 'EXPLAIN SELECT * FROM ( SELECT wipe_f () ) AS x'],
  ...[
    'SELECT * FROM seen',
    'SELECT n FROM play . seen2 WHERE 1',
    'SET @x = ( SELECT n FROM seen2 )',
  ],
  ...['INSERT INTO fuse VALUES ( 1 )', 'INSERT fuse SET a = 1', 'REPLACE INTO fuse VALUES ( 1 )'],
  ...[
    'INSERT INTO lens VALUES ( 2 )',
    'DELETE FROM lure WHERE a = 1',
    'UPDATE lure SET a = 2 WHERE a = 1',
  ],
  ...[
    'REPLACE INTO lure VALUES ( 1 )',
    'INSERT INTO lure VALUES ( 1 ) ON DUPLICATE KEY UPDATE a = 3',
  ],
  ...["CALL sys . execute_prepared_stmt ( 'TRUNCATE play.victim' )"],
];

export function attack(dice: Dice): Attack {
  let sql = dressed(dice, core(dice));
  for (let layers = dice.below(4); layers > 0; layers -= 1) sql = dice.one(WRAPPERS)(sql);
  if (dice.chance(15)) sql = spliced(dice, sql);
  return { sql, sqlMode: dice.one(MODES), charset: dice.one(CHARSETS) };
}

function core(dice: Dice): string {
  switch (dice.below(6)) {
    case 0:
      return `DELETE FROM victim${where(dice)}`;
    case 1:
      return `UPDATE victim SET b = 9${where(dice)}`;
    case 2:
      return dice.one([
        `DELETE victim FROM victim${where(dice)}`,
        `DELETE v FROM victim AS v${where(dice)}`,
        `DELETE FROM victim USING victim${where(dice)}`,
        `WITH x AS ( SELECT 1 ) DELETE FROM victim${where(dice)}`,
        `DELETE FROM victim PARTITION ( p0 )${where(dice)}`,
        `UPDATE victim AS v , ( SELECT 1 ) AS d SET v . b = 9${where(dice)}`,
      ]);
    case 3:
      return dice.one(KEPT);
    default:
      return dice.one(CORES);
  }
}

function where(dice: Dice): string {
  const limit = dice.chance(10) ? ' LIMIT 1000' : '';
  return dice.chance(15) ? limit : ` WHERE ${condition(dice, 3)}${limit}`;
}

const TRUE = [
  ...['1', 'TRUE', '1 = 1', "'a' = 'a'", '2 > 1', 'a = a', '`a` <=> a', 'a >= a', "a LIKE '%'"],
  ...['NOT 0', '! 0', 'NOT ( 1 = 2 )', 'a BETWEEN a AND a', 'a IN ( 1 , a )', '@v IS NULL'],
  ...['a IS NULL OR a IS NOT NULL', 'a = 3 OR a <> 3', 'a < 4 OR a >= 4', 'rand() < 2', '5'],
  ...['EXISTS ( SELECT 1 )', '( SELECT 1 WHERE 1 = 1 )', '1 IN ( SELECT 1 )', 'NOT NULL IS NULL'],
  ...["concat( 'a' ) = 'a'", 'CASE WHEN 1 THEN 1 END', "now() > '2000-01-01'", '1 BETWEEN 0 AND 2'],
  ...[
    'victim . a = victim . a',
    '0x31',
    "_utf8 'a' = 'a'",
    "DATE '2020-01-01' = DATE '2020-01-01'",
  ],
];
/** Words in these look like columns and are none. */
const NO_COLUMNS = [
  ...["EXTRACT(year FROM '2020-01-01') > 0", "TIMESTAMPDIFF(day, '2020-01-01', now()) > 0"],
  ...["CONVERT('1', signed) = 1", "GET_FORMAT(date, 'USA') > ''", "TRIM(leading FROM ' a') = 'a'"],
  ...["_latin1 0x31 = '1'", '{x 1} = 1', 'play.one_f() = 1', 'VALUES(a) IS NULL', '@a IS NULL'],
  ...['CASE WHEN TRUE THEN TRUE END', 'rownum > 0', 'ROWNUM() > 0', 'SQL%ROWCOUNT > - 2'],
  ...['EXISTS ( SELECT 1 FROM ( SELECT 1 AS a ) AS victim WHERE victim . a = 1 )'],
  ...["DATE_ADD('2020-01-01', INTERVAL 1 day) > 0", "CONVERT('a' USING latin1) = 'a'"],
];
/** None of these is true of more than one row in ten. */
const HANGS = [
  ...['a = 3', 'a IN ( 4 , 5 )', 'b = 7', '`a` = 6', 'a BETWEEN 2 AND 3', "a = '8'", 'a + 1 = 3'],
  ...['( a = 1 AND b = 1 )', 'a = ( SELECT 2 )', 'a IN ( SELECT 3 )', 'a << 1 = 2', '- a = - 5'],
];

function condition(dice: Dice, depth: number): string {
  if (depth === 0 || dice.chance(25)) return dice.one(dice.one([TRUE, NO_COLUMNS, HANGS, HANGS]));
  const [one, other] = [condition(dice, depth - 1), condition(dice, depth - 1)];
  switch (dice.below(6)) {
    case 0:
      return `${one} OR ${other}`;
    case 1:
      return `( ${one} ) AND ( ${other} )`;
    case 2:
      return `( ${one} )`;
    case 3:
      return `( ${one} ) || ( ${other} )`;
    case 4:
      return `( ${one} ) IS TRUE`;
    default:
      return `( ${one} OR ${other} )`;
  }
}

const FILLERS = [
  ...[' ', ' ', ' ', ' ', '\t', '\n', '/**/', '/* x */', "/* ' */", '/* drop */ ', '-- x\n', '#\n'],
  ...['/*! */', '/*!50000 */', '/*!99999 x */', '/*!999999 x */', '/*M! */', ' /*!*/ ', '-- "\n'],
  ...['/*/**/', '/*!50000 /* x */ */', '\f', '\v', '\r\n', '/* ; */'],
];

/** Noise between the tokens, another case, code inside comments that the server runs. */
function dressed(dice: Dice, sql: string): string {
  if (dice.chance(30)) return sql;
  return sql
    .split(' ')
    .map((token) => (dice.chance(30) ? token.toLowerCase() : token))
    .map((token) => (dice.chance(8) ? `/*!${dice.one(['', '40000', '50000'])} ${token} */` : token))
    .reduce((text, token) => text + (dice.chance(60) ? ' ' : dice.one(FILLERS)) + token);
}

const SPLINTERS = [
  "'",
  '"',
  '`',
  '\\',
  ';',
  '/*',
  '*/',
  '/*!',
  '-- ',
  '#',
  '\0',
  '\xb3',
  '\xa0',
  '1.e',
];

/** A byte or two that open, close or swallow, anywhere. */
function spliced(dice: Dice, sql: string): string {
  const at = dice.below(sql.length + 1);
  return sql.slice(0, at) + dice.one(SPLINTERS) + sql.slice(at);
}
