// How fast texts are read: short ones, a dump's long INSERT, and what was made to be slow. Prints
// each figure beside the goal it has; nothing here needs a server.
import { stdout } from 'node:process';
import type { ReadContext } from '../src/sql/dialect.js';
import { readText } from '../src/sql/statement-facts.js';

export interface ReadingFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'µs' | 'MB/s' | 's';
  readonly goal: number;
}

const MARIADB: ReadContext = {
  dialect: { flavour: 'mariadb', version: 101_119 },
  sqlMode: 'STRICT_TRANS_TABLES',
  charset: 'utf8mb4',
  database: 'app',
};

const SHORT = [
  'SELECT c FROM sbtest1 WHERE id=5031',
  'SELECT SUM(k) FROM sbtest1 WHERE id BETWEEN 4987 AND 5086',
  'SELECT DISTINCT c FROM sbtest1 WHERE id BETWEEN 4987 AND 5086 ORDER BY c',
  "INSERT INTO sbtest1 (id, k, c, pad) VALUES (5013, 4996, '83868641912-28773972837', '6784')",
  'COMMIT',
];

/** What else an application sends: guarded words stand in it, and nothing is guarded. */
const APPLICATION = [
  'BEGIN',
  'SELECT c FROM sbtest1 WHERE id=5031 FOR UPDATE',
  'UPDATE sbtest1 SET k=k+1 WHERE id=5033',
  "UPDATE `users` SET `name` = 'Bob', `updated_at` = NOW() WHERE `users`.`id` = 5",
  "UPDATE jobs SET state = 'taken' WHERE state IN ('new', 'again') ORDER BY id LIMIT 10",
  'UPDATE items SET stock = stock - 1 WHERE id = 7 AND stock > 0',
  'DELETE FROM sbtest1 WHERE id=5013',
  "DELETE FROM app.sessions WHERE expires < '2024-01-01' LIMIT 1000",
  'DELETE FROM cart WHERE user_id = ? AND (item = ? OR item IS NULL)',
  "INSERT INTO t (a, b) VALUES (1, 'x') ON DUPLICATE KEY UPDATE b=VALUES(b), c=c+1",
  "REPLACE INTO t (a, b) VALUES (1, 'x')",
  "INSERT INTO notes (id, text) VALUES (5, 'please update the order')",
];

/** What dumps and drivers send around their rows. */
const AROUND = [
  'SET NAMES utf8mb4',
  'SET autocommit=1',
  'START TRANSACTION',
  'ROLLBACK',
  'SAVEPOINT a',
  "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */",
  '/*!40000 ALTER TABLE `t` DISABLE KEYS */',
  'LOCK TABLES `t` WRITE',
  'UNLOCK TABLES',
];

/** Nesting and floods: what takes long here could hold up everybody who shares the process. */
const ADVERSARIAL = [
  ...['(', '((', '/*', '/**/', '/*!', '/*!50000 ', '--\n', '#\n', "'", "''", '"', '`', '\\', '@'],
  ...['a.', 'a.b.', '$$', "x'", "_utf8'a'", ';', ';drop', ';drop table t', ';drop table t;use a'],
  ...['begin ', 'begin;', 'case ', 'if(', 'not ', 'delete t,', 'set @a=', 'call p;', 'begin p; '],
  ...['delete from t where a=1 or ', "prepare s from 'drop';", "execute immediate 'drop';"],
];

export function readingFigures(): readonly ReadingFigure[] {
  return [
    { name: 'short, no guard word', value: shortest(SHORT), unit: 'µs', goal: 0.5 },
    { name: 'short, of an application', value: shortest(APPLICATION), unit: 'µs', goal: 0.5 },
    { name: 'short, around rows', value: shortest(AROUND), unit: 'µs', goal: 0.5 },
    { name: 'the slowest of those', value: slowest(), unit: 'µs', goal: 0.5 },
    ...(['utf8mb4', 'latin1'] as const).flatMap((charset) => [
      insert('INSERT, guard word in a string', { charset, every: 'drop it', goal: 500 }),
      insert('INSERT, backslash in every tenth string', { charset, every: "it\\'s", goal: 500 }),
    ]),
    ...(['gbk', 'sjis'] as const).flatMap((charset) => [
      insert('INSERT, guard word in a string', { charset, every: 'drop it', goal: 100 }),
      insert('INSERT, two-byte characters', { charset, every: '\x83\\'.repeat(20), goal: 100 }),
    ]),
    insert('INSERT, sql_mode not known', {
      charset: 'utf8mb4',
      mode: false,
      every: 'drop it',
      goal: 500,
    }),
    ...ADVERSARIAL.map((unit) => adversarial(unit)),
  ];
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text, 'latin1');
}

function shortest(sqls: readonly string[]): number {
  const texts = sqls.map(bytesOf);
  const rounds = 20_000;
  const tries = Array.from({ length: 15 }, () =>
    seconds(() => {
      for (let round = 0; round < rounds; round += 1) {
        for (const text of texts) readText(text, MARIADB);
      }
    }),
  );
  return (least(tries) * 1e6) / (rounds * texts.length);
}

function slowest(): number {
  return Math.max(...[...SHORT, ...APPLICATION, ...AROUND].map((sql) => shortest([sql])));
}

interface InsertKind {
  readonly charset: string;
  /** Stands in every tenth string. */
  readonly every: string;
  readonly goal: number;
  readonly mode?: false;
}

/** 1 MB of rows as a dump writes them. */
function insert(name: string, kind: InsertKind): ReadingFigure {
  const rows: string[] = [];
  for (let row = 0, length = 0; length < 1_000_000; row += 1) {
    const odd = row % 5 === 0 ? kind.every : 'plain words';
    const text = `(${row},'${odd} and a few more words of text','2020-01-01 00:00:00',NULL,${row}.25)`;
    rows.push(text);
    length += text.length + 1;
  }
  const text = bytesOf(`INSERT INTO \`t\` VALUES ${rows.join(',')};\n`);
  const { sqlMode, ...rest } = MARIADB;
  const context = { ...rest, charset: kind.charset, ...(kind.mode === false ? {} : { sqlMode }) };
  const tries = Array.from({ length: 15 }, () => seconds(() => readText(text, context)));
  const value = text.length / 1e6 / least(tries);
  return { name: `${name} (${kind.charset})`, value, unit: 'MB/s', goal: kind.goal };
}

function adversarial(unit: string): ReadingFigure {
  const text = bytesOf(`${unit.repeat(10_000_000 / unit.length)} drop`);
  const tries = Array.from({ length: 3 }, () => seconds(() => readText(text, MARIADB)));
  return { name: `10 MB of ${unit}`, value: least(tries), unit: 's', goal: 0.1 };
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

/** The least disturbed of several tries: whatever else the machine does only adds to a time. */
function least(values: readonly number[]): number {
  return Math.min(...values);
}

export async function reading(): Promise<void> {
  for (const { name, value, unit, goal } of readingFigures()) {
    stdout.write(`${name}: ${value.toFixed(value < 10 ? 3 : 0)} ${unit} (goal ${goal})\n`);
  }
}
