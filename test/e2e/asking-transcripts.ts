// What a client could notice a question by, as dialogues that must be the same with and without
// Interlock. In each of them the session is asked: the third word below is a guarded statement that
// passes, or a text that reads in two ways.

import { expect } from 'vitest';

export interface Transcript {
  readonly name: string;
  readonly texts: readonly string[];
  /** What the last statement gives, where all servers agree. */
  readonly expected?: unknown;
}

const AMBIGUOUS = "SELECT 'it\\'; DROP TABLE orders; -- ' AS v";
/** Guarded, asked about, and harmless: it is a temporary table. */
const ASKED = 'DROP TABLE passing';
const MADE = 'CREATE TEMPORARY TABLE passing (i INT)';

export const TRANSCRIPTS: readonly Transcript[] = [
  {
    name: 'FOUND_ROWS() of several rows',
    texts: [MADE, 'SELECT id FROM orders', ASKED, 'SELECT FOUND_ROWS()'],
    expected: [[3]],
  },
  {
    name: 'FOUND_ROWS() of none',
    texts: [MADE, 'SELECT id FROM orders WHERE id = 99', ASKED, 'SELECT FOUND_ROWS()'],
    expected: [[0]],
  },
  {
    name: 'FOUND_ROWS() beyond a LIMIT',
    texts: [
      MADE,
      'SELECT SQL_CALC_FOUND_ROWS id FROM orders LIMIT 1',
      ASKED,
      'SELECT FOUND_ROWS()',
    ],
    expected: [[3]],
  },
  {
    name: 'ROW_COUNT()',
    texts: [MADE, 'INSERT INTO log (n) VALUES (1), (2)', ASKED, 'SELECT ROW_COUNT()'],
    expected: [[0]],
  },
  {
    name: 'a statement that reads ROW_COUNT() itself',
    texts: [
      'CREATE TEMPORARY TABLE seen (i INT)',
      'INSERT INTO log (n) VALUES (1), (2)',
      "INSERT INTO seen SELECT ROW_COUNT() FROM DUAL WHERE 'a\\'b' <> 'x'",
      'SELECT i FROM seen',
    ],
    expected: [[2]],
  },
  {
    name: 'warnings',
    texts: ["SET sql_mode = ''", MADE, 'INSERT INTO log (n) VALUES (999)', 'SHOW WARNINGS'],
  },
  {
    name: 'warnings after a text that reads in two ways',
    texts: ["SET sql_mode = ''", 'INSERT INTO log (n) VALUES (999)', AMBIGUOUS, 'SHOW WARNINGS'],
  },
  {
    name: 'warning counts',
    texts: [
      "SET sql_mode = ''",
      'INSERT INTO log (n) VALUES (999)',
      AMBIGUOUS,
      'SELECT @@warning_count',
    ],
  },
  {
    name: 'LAST_INSERT_ID()',
    texts: [
      'INSERT INTO log (id, n) VALUES (LAST_INSERT_ID(4711), 1) ON DUPLICATE KEY UPDATE n = 1',
      AMBIGUOUS,
      'SELECT LAST_INSERT_ID()',
    ],
    expected: [[4711]],
  },
  {
    name: 'an insert_id that was set for the next statement',
    texts: [
      'CREATE TEMPORARY TABLE numbered (i INT AUTO_INCREMENT PRIMARY KEY, v VARCHAR(40))',
      'SET insert_id = 77',
      "INSERT INTO numbered (v) VALUES ('it\\'; DROP TABLE orders; -- ')",
      'SELECT i FROM numbered',
    ],
    expected: [[77]],
  },
  {
    name: 'a one-shot SET TRANSACTION',
    texts: [
      'SET TRANSACTION READ ONLY',
      AMBIGUOUS,
      'START TRANSACTION',
      'INSERT INTO log (n) VALUES (5)',
    ],
    // Error 1792.
    expected: expect.stringContaining('READ ONLY transaction'),
  },
  {
    name: 'sql_select_limit = 0',
    texts: [MADE, 'SET sql_select_limit = 0', ASKED, AMBIGUOUS, 'SET sql_select_limit = DEFAULT'],
  },
  {
    name: 'character_set_results = utf16',
    texts: [MADE, 'SET character_set_results = utf16', ASKED, 'SET character_set_results = utf8'],
    expected: 'ok',
  },
  {
    name: 'no character_set_results',
    texts: [MADE, 'SET character_set_results = NULL', ASKED, AMBIGUOUS],
  },
  {
    name: 'XA',
    texts: [
      "XA START 'x1'",
      'INSERT INTO log (n) VALUES (3)',
      AMBIGUOUS,
      "XA END 'x1'",
      AMBIGUOUS,
      "XA PREPARE 'x1'",
      "XA ROLLBACK 'x1'",
    ],
    expected: 'ok',
  },
  {
    name: 'LOCK TABLES',
    texts: [
      MADE,
      'LOCK TABLES log WRITE',
      ASKED,
      AMBIGUOUS,
      'SELECT 1 FROM orders',
      'UNLOCK TABLES',
    ],
  },
  {
    name: 'a transaction with a consistent snapshot',
    texts: [
      'START TRANSACTION WITH CONSISTENT SNAPSHOT',
      AMBIGUOUS,
      'SELECT COUNT(*) FROM orders',
      'COMMIT',
    ],
  },
  {
    name: 'a function that calls itself HEX',
    texts: [
      'SET sql_log_bin = 0',
      'DROP FUNCTION IF EXISTS hex',
      "CREATE FUNCTION hex(a TEXT) RETURNS TEXT DETERMINISTIC RETURN '31'",
      "SET sql_mode = 'IGNORE_SPACE'",
      AMBIGUOUS,
      'DROP FUNCTION hex',
    ],
    expected: 'ok',
  },
];
