import { describe, expect, it } from 'vitest';
import type { Judgement } from '../../src/policy/verdict.js';
import { readText } from '../../src/sql/statement-facts.js';
import { command, errPayload, okPayload, packet, query, resultSet } from '../support/packets.js';
import { Playbook, type SessionSays } from '../support/playbook.js';

const dialect = () => ({ flavour: 'mariadb', version: 101_119 }) as const;
const ok = packet(1, okPayload());
const ASK: Judgement = { kind: 'ask' };
const ON_DB2: SessionSays = { leg: 'db2', database: 'shop' };

/** A session that was asked about a DROP, which passed. */
function asked(says: SessionSays = ON_DB2): Playbook {
  const book = Playbook.loggedIn({ readText, dialect });
  book.client(query('DROP TABLE a')).settle(says).permit().server(ok).take();
  expect(book.asked).toEqual(['logging']);
  return book;
}

const run = (book: Playbook, sql: string): Playbook => {
  book.client(query(sql));
  if (book.kinds().at(-1) === 'judge') book.permit();
  book.server(ok).take();
  return book;
};

/** Whether the guard sees the text before anybody is asked. */
function goesUnasked(book: Playbook, sql: string): boolean {
  const kinds = book.client(query(sql)).kinds();
  const isUnasked = book.questions.at(-1)?.isUnasked === true && kinds.includes('judge');
  expect(kinds).toEqual([isUnasked ? 'judge' : 'forward']);
  return isUnasked;
}

describe('a session that was asked before', () => {
  it('is not asked about the next DROP where the guard needs no answers', () => {
    const book = asked();
    const drop = query('DROP TABLE IF EXISTS `b`');
    book.client(drop);
    expect(book.kinds()).toEqual(['judge']);
    expect(book.questions.at(-1)).toMatchObject({ isUnasked: true, leg: 'db2' });
    expect(book.questions.at(-1)).not.toHaveProperty('logging');
    expect(book.permit().sent().server).toEqual(drop);
    expect(book.server(ok).outcomes).toEqual([{ kind: 'ok' }, { kind: 'ok' }]);
    expect(book.asked).toEqual(['logging']);
  });

  it('is asked when the guard says so, and the statement is judged with the answers', () => {
    const book = asked().client(query('DROP TABLE b'));
    book.take();
    const { server } = book.event({ kind: 'judged', judgement: ASK }).sent();
    expect(server.subarray(5).toString()).toMatch(/^SELECT HEX\(@@SESSION\.sql_mode\)/);
    book.settle({ ...ON_DB2, sqlLogBin: 0 });
    expect(book.questions).toHaveLength(3);
    expect(book.questions.at(-1)).toMatchObject({ logging: { binlog: false }, leg: 'db2' });
    expect(book.questions.at(-1)).not.toHaveProperty('isUnasked');
    expect(book.asked).toEqual(['logging', 'logging']);
    book.take();
    expect(book.refuse('no').error()).toMatchObject({ sequenceId: 1, message: 'no' });
  });

  it('finds a temporary table when it is asked after all', () => {
    const book = asked().client(query('DROP TABLE b'));
    book.event({ kind: 'judged', judgement: ASK }).answer(ON_DB2).take();
    const rows = resultSet([['b', 'CREATE TEMPORARY TABLE `b` (`id` int)']]);
    const { server } = book.server(rows).sent();
    expect(server.subarray(5).toString()).toBe('DROP TABLE b');
    book.server(ok).take();
    // A session that has such tables is asked each time.
    expect(goesUnasked(book, 'DROP TABLE c')).toBe(false);
  });

  it('is refused what the guard would have asked about twice', () => {
    const book = asked().client(query('DROP TABLE b'));
    book.event({ kind: 'judged', judgement: ASK }).settle(ON_DB2).take();
    const { message } = book.event({ kind: 'judged', judgement: ASK }).error();
    expect(message).toContain('Interlock refused');
    expect(message).toContain('built-in-failure');
  });

  it.each([
    ['does not say where it is', { database: 'shop' }],
    ['does not log', { ...ON_DB2, sqlLogBin: 0 }],
    ['is on a server that does not log', { ...ON_DB2, logBin: 0 }],
  ])('is asked each time when it %s', (_, says) => {
    expect(goesUnasked(asked(says), 'DROP TABLE b')).toBe(false);
  });

  it.each([['SET sql_log_bin = 0'], ['CALL p()'], ['TRUNCATE TABLE a']])(
    'is asked again after %s',
    (sql) => {
      const book = asked();
      book.client(query(sql));
      if (!book.take().some(({ kind }) => kind === 'judge')) book.settle({ ...ON_DB2 });
      book.permit().server(ok).take();
      // What is asked about such a statement holds on only where nothing of it may have changed it.
      expect(goesUnasked(book, 'DROP TABLE b')).toBe(false);
    },
  );

  it.each([
    ['COM_CHANGE_USER', command(0x11, 'dba\0', 0, 'shop\0')],
    ['COM_RESET_CONNECTION', command(0x1f)],
  ])('is asked again after %s', (_, packetOf) => {
    const book = asked().client(packetOf).server(ok);
    book.take();
    expect(goesUnasked(book, 'DROP TABLE shop.b')).toBe(false);
  });

  it('is asked about what is no plain DROP, or may mean something else', () => {
    for (const sql of [
      'DELETE FROM b',
      'TRUNCATE TABLE b',
      'DROP TABLE b; DROP TABLE c',
      'EXECUTE IMMEDIATE @v',
      "SELECT 'it\\'; DROP TABLE t; -- '",
      'ALTER TABLE b DROP COLUMN v',
    ]) {
      expect(goesUnasked(asked(), sql), sql).toBe(false);
    }
  });

  it('is asked where its default schema is not known', () => {
    const book = run(asked(), 'USE `\xff`');
    book.session.handle({
      kind: 'bytes',
      leg: 'client',
      chunk: command(0x02, Buffer.from([0xff])),
    });
    book.server(ok).take();
    expect(goesUnasked(book, 'DROP TABLE b')).toBe(false);
  });

  it('is not asked again behind a text that turned out to be harmless', () => {
    const book = asked().client(query("SELECT 'it\\'; DROP TABLE t; -- '")).answer(ON_DB2);
    book.server(resultSet([['it']])).take();
    expect(book.asked).toEqual(['logging', 'reading']);
    expect(goesUnasked(book, 'DROP TABLE b')).toBe(true);
  });

  it('goes on unasked through the rest of a dump, and after an error', () => {
    const book = asked();
    for (const sql of [
      'SET NAMES utf8mb4',
      '/*!40101 SET @saved_cs_client = @@character_set_client */',
      'CREATE TABLE a (id INT)',
      'LOCK TABLES a WRITE',
      '/*!40000 ALTER TABLE a DISABLE KEYS */',
      'INSERT INTO a VALUES (1)',
      'UNLOCK TABLES',
      'DROP TABLE IF EXISTS b',
    ]) {
      run(book, sql);
    }
    book
      .client(query('DROP VIEW v'))
      .permit()
      .server(packet(1, errPayload(1051)))
      .take();
    expect(goesUnasked(book, 'DROP DATABASE shop')).toBe(true);
    expect(book.asked).toEqual(['logging']);
  });
});
