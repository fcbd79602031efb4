import { describe, expect, it } from 'vitest';
import { readText } from '../../src/sql/statement-facts.js';
import {
  bytes,
  COMMON,
  command,
  errPayload,
  int,
  okPayload,
  packet,
  packets,
  prepareOk,
  query,
  resultSet,
} from '../support/packets.js';
import { Playbook } from '../support/playbook.js';

const ESCAPED = "SELECT 'it\\'; DROP TABLE t; -- '";
const ESCAPES_OFF = { sqlMode: 'NO_BACKSLASH_ESCAPES' };
const dialect = () => ({ flavour: 'mysql', version: 90_704 }) as const;
const ok = packet(1, okPayload());
const loggedIn = (login = {}): Playbook => Playbook.loggedIn({ readText, dialect }, login);
const effectsOf = (book: Playbook): readonly string[] =>
  book.questions.at(-1)?.facts.effects.map(({ effect }) => effect) ?? [];

function textOf(sent: Buffer): string {
  return sent.subarray(5).toString('latin1');
}

describe('a session that is asked', () => {
  it('is asked before anything of the command leaves, and the client hears nothing of it', () => {
    const sql = query(ESCAPED);
    const book = loggedIn().client(sql);
    const asked = book.sent();
    expect(textOf(asked.server)).toMatch(/^SELECT HEX\(@@SESSION\.sql_mode\)/);
    expect(asked.client).toHaveLength(0);
    expect(book.answer().sent()).toEqual({ client: Buffer.alloc(0), server: sql });
    const response = resultSet([['it']]);
    expect(book.server(response).sent().client).toEqual(response);
    expect(book.questions).toEqual([]);
    expect(book.asked).toEqual(['reading']);
  });

  it('has its statement judged by what it answered', () => {
    const book = loggedIn().client(query(ESCAPED)).answer(ESCAPES_OFF);
    expect(effectsOf(book)).toEqual(['drop-table']);
    expect(book.refuse('no').error()).toEqual({ sequenceId: 1, code: 1644, message: 'no' });
    book.client(query('TRUNCATE t')).answer({ sqlLogBin: 0, database: 'crm' });
    expect(book.questions.at(-1)).toMatchObject({
      requester: { database: 'crm' },
      logging: { binlog: false },
      facts: { effects: [{ objects: [{ schema: 'crm', name: 't' }] }] },
    });
    expect(textOf(book.permit().sent().server)).toContain('TRUNCATE t');
  });

  it('is not asked what changes nothing, and pays nothing for what is not guarded', () => {
    const book = loggedIn().client(query('SELECT 1'));
    expect(textOf(book.sent().server)).toBe('SELECT 1');
    book.server(resultSet([['1']])).client(query('PURGE BINARY LOGS BEFORE now()'));
    expect(book.kinds()).toEqual(['to-client', 'judge']);
    expect(book.asked).toEqual([]);
  });

  it('leaves the worst reading standing when it does not answer', () => {
    for (const answer of [
      packet(1, errPayload(1820)),
      resultSet([], { columns: 9 }),
      resultSet([['1']]),
      ok,
    ]) {
      const book = loggedIn().client(query(ESCAPED)).server(answer);
      expect(effectsOf(book)).toEqual(['drop-table']);
      expect(book.questions[0]?.logging).toBeUndefined();
      expect(book.refuse().error().sequenceId).toBe(1);
    }
  });

  it('is asked under its own capabilities', () => {
    const old = { common: COMMON & ~0x01000000 };
    const book = loggedIn(old).client(query(ESCAPED));
    expect(book.answer({}, { deprecateEof: false }).kinds()).toEqual(['forward', 'forward']);
    const attributed = loggedIn({ common: COMMON | 0x08000000 });
    attributed.client(command(3, 0, 1, 'TRUNCATE t'));
    expect([...attributed.sent().server.subarray(4, 7)]).toEqual([3, 0, 1]);
  });

  it('gives the same however its answer is cut', () => {
    const answer = loggedIn().client(query('TRUNCATE t'));
    answer.take();
    const whole = resultSet([['', '75746638', '75746638', '63726D', '1', '1', '0', null, null]]);
    for (let at = 1; at < whole.length; at += 1) {
      const book = loggedIn().client(query('TRUNCATE t'));
      book.server(whole.subarray(0, at));
      expect(book.questions).toEqual([]);
      book.server(whole.subarray(at));
      expect(book.questions[0]?.logging).toEqual({ binlog: false, galera: 'unknown' });
    }
  });

  it('keeps what the client pipelines waiting, in its order', () => {
    const book = loggedIn();
    book.client(Buffer.concat([query(ESCAPED), query('SELECT 2')])).take();
    book.answer(ESCAPES_OFF);
    expect(book.kinds()).toEqual(['judge']);
    book.refuse();
    const sent = book.sent();
    expect(textOf(sent.server)).toBe('SELECT 2');
    expect(sent.client[4]).toBe(0xff);
  });

  it('ends when more comes than was asked for, or a file is wanted', () => {
    const more = Buffer.concat([resultSet([['1']]), ok]);
    for (const odd of [more, packet(1, bytes(0xfb, '/etc/passwd'))]) {
      const book = loggedIn().client(query(ESCAPED));
      book.take();
      expect(book.server(odd).kinds()).toEqual(['end']);
      expect(book.session.ended).toBe(true);
    }
  });

  it('ends with its client, and asks nothing more', () => {
    for (const kind of ['half-closed', 'closed'] as const) {
      const book = loggedIn().client(query('DROP TABLE t'));
      book.event({ kind, leg: 'client', why: 'gone' });
      book.take();
      expect(book.answer().take()).toEqual([]);
    }
  });

  it('has what was taken away put back before the statement follows', () => {
    const book = loggedIn().client(query(ESCAPED)).answer({ foundRows: 3 });
    const [, restore] = book.take();
    if (restore?.kind !== 'forward') throw new Error('nothing is put back');
    expect(restore.packet.payload.toString('latin1')).toMatch(/LIMIT 3$/);
    expect(textOf(book.server(resultSet([['1'], ['1'], ['1']])).sent().server)).toBe(ESCAPED);
  });

  it('is asked no more once its transactions are reported to it', () => {
    const state = bytes(5, 9, 8, 'T___W___');
    const told = bytes(0, 0, 0, int(0x4003, 2), int(0, 2), 0, state.length, state);
    const book = loggedIn().client(query('DELETE FROM t WHERE id = 1')).server(packet(1, told));
    book.take();
    expect(book.client(query('TRUNCATE t')).kinds()).toEqual(['judge']);
    const usual = bytes(5, 9, 8, 'T_______');
    const begun = bytes(0, 0, 0, int(0x4003, 2), int(0, 2), 0, usual.length, usual);
    const other = loggedIn().client(query('BEGIN')).server(packet(1, begun));
    other.take();
    expect(other.client(query('TRUNCATE t')).kinds()).toEqual(['forward']);
  });
});

describe('a prepared statement', () => {
  const prepare = (sql: string): Buffer => command(0x16, sql);
  const execute = (id: number): Buffer => command(0x17, int(id, 4), 0, int(1, 4));

  it('is asked about when it is prepared, and at each execution', () => {
    const book = loggedIn()
      .client(prepare(ESCAPED))
      .answer()
      .server(packet(1, prepareOk(5, 0, 0)));
    book
      .client(execute(5))
      .answer()
      .server(resultSet([['it']]))
      .take();
    expect(book.questions).toEqual([]);
    book.client(execute(5)).answer(ESCAPES_OFF);
    expect(effectsOf(book)).toEqual(['drop-table']);
    // It runs, so it may be parsed that way from now on.
    book
      .permit()
      .server(resultSet([['it']]))
      .take();
    book.client(execute(5)).answer();
    expect(effectsOf(book)).toEqual(['drop-table']);
    expect(book.asked).toHaveLength(4);
  });

  it('by name is judged as what it was prepared from', () => {
    const book = loggedIn();
    book.client(query("PREPARE s FROM 'SELECT 1'")).server(ok).take();
    book
      .client(query('EXECUTE S'))
      .server(resultSet([['1']]))
      .take();
    expect(book.questions).toEqual([]);
    book.client(query('PREPARE s FROM @v')).answer({ variable: 'TRUNCATE t', sqlLogBin: 0 });
    book.permit().server(ok).take();
    book.client(query('EXECUTE s')).answer();
    expect(effectsOf(book)).toEqual(['truncate-table']);
    expect(Buffer.from(book.questions.at(-1)?.text ?? []).toString()).toBe('EXECUTE s');
    book.refuse().take();
    book.client(query('CALL p()')).permit().server(ok).take();
    book.client(query('EXECUTE s'));
    expect(effectsOf(book)).toEqual(['run-opaque']);
  });

  it('by name is unknown once its PREPARE failed, or the session was reset', () => {
    for (const end of [
      (book: Playbook) =>
        book.client(query("PREPARE s FROM 'SELEC'")).server(packet(1, errPayload(1064))),
      (book: Playbook) => book.client(command(0x1f)).server(ok),
    ]) {
      const book = loggedIn().client(query("PREPARE s FROM 'SELECT 1'")).server(ok);
      end(book);
      book.client(query('EXECUTE s'));
      expect(effectsOf(book)).toEqual(['run-opaque']);
    }
  });
});

describe('a table that is temporary', () => {
  it('is dropped unguarded, after a second question', () => {
    const book = loggedIn().client(query('DROP TABLE t')).answer();
    const [, second] = book.take();
    if (second?.kind !== 'forward') throw new Error('the table is not asked about');
    expect(second.packet.payload.toString('latin1')).toBe('\x03SHOW CREATE TABLE `shop`.`t`');
    book.server(resultSet([['t', 'CREATE TEMPORARY TABLE `t` (\n']]));
    expect(textOf(book.sent().server)).toBe('DROP TABLE t');
    book.server(ok).client(query('DROP TABLE t')).settle();
    expect(effectsOf(book)).toEqual(['drop-table']);
  });
});

it('answers of several packets are read as they come', () => {
  const book = loggedIn().client(query(ESCAPED));
  book.take();
  for (const byte of packets(1, errPayload(1317))) book.server(Buffer.of(byte));
  expect(effectsOf(book)).toEqual(['drop-table']);
});
