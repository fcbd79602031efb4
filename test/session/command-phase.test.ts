import { describe, expect, it } from 'vitest';
import {
  bytes,
  COMMON,
  command,
  errPayload,
  int,
  lenenc,
  okMovedTo,
  okPayload,
  packet,
  prepareOk,
  query,
  resultSet,
  text,
} from '../support/packets.js';
import { Playbook } from '../support/playbook.js';

const LAST = 0xffffffff;
const prepare = (sql: string): Buffer => command(0x16, sql);
const execute = (id: number): Buffer => command(0x17, int(id, 4), 0, int(1, 4));
const ok = packet(1, okPayload());

function prepared(sql: string, id = 1): Playbook {
  const book = Playbook.loggedIn().client(prepare(sql));
  if (book.questions.length > 0) book.permit();
  book.server(packet(1, prepareOk(id, 0, 0))).take();
  return book;
}

describe('CommandPhase', () => {
  it('forwards the very bytes of an unguarded statement and its response', () => {
    const book = Playbook.loggedIn();
    const sql = query('SELECT 1');
    expect(book.client(sql).sent().server).toEqual(sql);
    const response = resultSet([['1']]);
    expect(book.server(response).sent().client).toEqual(response);
    expect(book.commands).toEqual(['COM_QUERY']);
    expect(book.questions).toEqual([]);
  });

  it('takes a statement cut at any place for the same statement', () => {
    const sql = query('SELECT 1, 2, 3');
    for (let at = 1; at < sql.length; at += 1) {
      const book = Playbook.loggedIn().client(sql.subarray(0, at));
      expect(book.take()).toEqual([]);
      expect(book.client(sql.subarray(at)).sent().server).toEqual(sql);
    }
  });

  it('asks before a guarded statement and forwards the judged bytes once permitted', () => {
    const book = Playbook.loggedIn().client(query('DROP TABLE t'));
    expect(book.kinds()).toEqual(['judge']);
    expect(book.questions[0]).toMatchObject({ command: 'COM_QUERY' });
    book.permit();
    const [effect] = book.take();
    expect(effect).toMatchObject({ kind: 'forward' });
    expect(effect?.kind === 'forward' && effect.packet.payload).toBe(book.questions[0]?.payload);
    book.server(ok);
    expect(book.outcomes).toEqual([{ kind: 'ok' }]);
  });

  it('tells how a permitted statement failed', () => {
    const book = Playbook.loggedIn().client(query('DROP TABLE t')).permit();
    book.server(packet(1, errPayload(1051)));
    expect(book.outcomes).toEqual([{ kind: 'error', errorCode: 1051 }]);
  });

  it('answers a refusal in its place and goes on', () => {
    const book = Playbook.loggedIn().client(query('DROP TABLE t'));
    book.take();
    expect(book.refuse('Interlock refused it').error()).toEqual({
      sequenceId: 1,
      code: 1644,
      message: 'Interlock refused it',
    });
    expect(book.client(query('SELECT 1')).kinds()).toEqual(['forward']);
  });

  it('gives a client that pipelines its answers in order, one command at a time', () => {
    const book = Playbook.loggedIn();
    book.client(Buffer.concat([query('SELECT 1'), query('DROP TABLE t'), query('SELECT 2')]));
    expect(book.kinds()).toEqual(['forward']);
    book.server(resultSet([['1']]));
    expect(book.kinds()).toEqual(['to-client', 'judge']);
    book.refuse();
    expect(book.kinds()).toEqual(['to-client', 'forward']);
  });

  it('judges a statement of more than 16 MB whole and sends it as it came', () => {
    const sql = query(`DROP TABLE t -- ${'x'.repeat(0xffffff * 2)}`);
    const book = Playbook.loggedIn();
    for (let at = 0; at < sql.length; at += 8_000_000)
      book.client(sql.subarray(at, at + 8_000_000));
    expect(book.questions[0]?.text).toHaveLength(0xffffff * 2 + 16);
    expect(book.permit().sent().server.equals(sql)).toBe(true);
    const answer = book.server(packet(3, okPayload()));
    expect(answer.outcomes).toEqual([{ kind: 'ok' }]);
  });

  it('finds the text behind query attributes', () => {
    const attributes = bytes(1, 1, 0, 1, int(0xfe, 2), text('key'), text('DROP TABLE decoy'));
    const book = Playbook.loggedIn({}, { common: COMMON | 0x08000000 });
    book.client(command(3, attributes, 'DROP TABLE t'));
    expect(Buffer.from(book.questions[0]?.text ?? []).toString()).toBe('DROP TABLE t');
    book.refuse().take();
    book.client(command(3, 1, 1, 0, 1, int(0x33, 2), text('k'), 'SELECT 1'));
    expect(book.questions[1]?.refusal?.rule).toBe('built-in-malformed');
    expect(book.permit().error()).toMatchObject({ code: 1835, sequenceId: 1 });
  });

  it('refuses what its reader throws on', () => {
    const readText = () => {
      throw new Error('stuck');
    };
    const book = Playbook.loggedIn({ readText }).client(query('SELECT 1'));
    expect(book.kinds()).toEqual(['judge']);
    expect(book.questions[0]?.refusal).toMatchObject({ rule: 'built-in-failure' });
    expect(book.permit().error()).toMatchObject({ code: 1644 });
  });

  it('judges a prepared statement at PREPARE and again at every EXECUTE', () => {
    const book = prepared('DROP TABLE t', 9);
    expect(book.client(execute(9)).kinds()).toEqual(['judge']);
    expect(book.questions[1]).toMatchObject({ command: 'COM_STMT_EXECUTE' });
    expect(Buffer.from(book.questions[1]?.text ?? []).toString()).toBe('DROP TABLE t');
    book.refuse();
    expect(book.error()).toMatchObject({ code: 1644 });
    expect(book.client(execute(9)).kinds()).toEqual(['judge']);
  });

  it('executes unguarded statements without asking', () => {
    const book = prepared('SELECT ?', 3);
    expect(book.client(execute(3)).kinds()).toEqual(['forward']);
  });

  it("knows MariaDB's last prepared statement, and forgets it after a refused PREPARE", () => {
    const book = prepared('SELECT ?', 3);
    expect(book.client(execute(LAST)).server(ok).kinds()).toEqual(['forward', 'to-client']);
    book.client(prepare('DROP TABLE t')).refuse().take();
    expect(book.client(execute(LAST)).error()).toMatchObject({ code: 1243 });
  });

  it('pairs a pipelined PREPARE and EXECUTE', () => {
    const book = Playbook.loggedIn();
    book.client(Buffer.concat([prepare('DROP TABLE t'), execute(LAST)])).refuse();
    expect(book.error()).toMatchObject({ code: 1243 });
  });

  it.each([
    ['COM_STMT_CLOSE', command(0x19, int(1, 4)), undefined],
    ['COM_RESET_CONNECTION', command(0x1f), ok],
    ['COM_CHANGE_USER', command(0x11, 'app\0', 0, '\0'), ok],
  ])('refuses a statement id after %s', (_name, packetSent, answer) => {
    const book = prepared('SELECT 1').client(packetSent);
    if (answer !== undefined) book.server(answer);
    book.take();
    expect(book.client(execute(1)).error()).toMatchObject({ code: 1243, sequenceId: 1 });
  });

  it('drops what has no answer when its statement is unknown', () => {
    const book = Playbook.loggedIn();
    book.client(command(0x19, int(5, 4))).client(command(0x18, int(5, 4), 0, 0, 'data'));
    expect(book.take()).toEqual([]);
    expect(book.client(query('SELECT 1')).kinds()).toEqual(['forward']);
  });

  it('refuses an unknown command and goes on', () => {
    const book = Playbook.loggedIn().client(command(0x7e, 'x'));
    expect(book.questions[0]?.refusal?.rule).toBe('built-in-unknown-command');
    expect(book.refuse().error()).toMatchObject({ sequenceId: 1, code: 1047 });
    expect(book.client(query('SELECT 1')).kinds()).toEqual(['forward']);
  });

  it('refuses an empty packet and goes on', () => {
    const book = Playbook.loggedIn()
      .client(packet(0, Buffer.alloc(0)))
      .refuse();
    expect(book.error()).toMatchObject({ code: 1835 });
    expect(book.client(query('SELECT 1')).kinds()).toEqual(['forward']);
  });

  it('keeps binary log readers away, unless the server lets them', () => {
    const dump = command(0x12, int(4, 4), int(0, 2), int(9, 4), 'binlog.1');
    expect(Playbook.loggedIn().client(dump).error().message).toContain('binlogDump: allow');
    const server = { name: 'db1', host: 'h', port: 1, binlogDump: 'allow' as const };
    expect(Playbook.loggedIn({ server }).client(dump).kinds()).toEqual(['forward']);
  });

  it('asks about the flags of COM_REFRESH that are statements in disguise', () => {
    const book = Playbook.loggedIn().client(command(7, 0x80));
    expect(book.questions[0]?.facts.effects[0]).toMatchObject({ effect: 'destroy-history' });
    expect(Playbook.loggedIn().client(command(7, 0x40)).questions).toHaveLength(1);
    expect(Playbook.loggedIn().client(command(7, 0x04)).kinds()).toEqual(['forward']);
  });

  it('asks about COM_SHUTDOWN as about the statement', () => {
    const book = Playbook.loggedIn().client(command(8, 0x00));
    expect(book.questions[0]?.facts.effects[0]).toMatchObject({ effect: 'relink' });
  });

  it('passes a file to the server as file data only, up to its empty packet', () => {
    const book = Playbook.loggedIn().client(query('LOAD DATA LOCAL INFILE "x"'));
    book.server(packet(1, bytes(0xfb, 'x'))).take();
    const drop = bytes(3, 'DROP TABLE t');
    book.client(
      Buffer.concat([packet(2, drop), packet(3, Buffer.alloc(0)), query('DROP TABLE t')]),
    );
    expect(book.kinds()).toEqual(['forward-file-data', 'forward-file-data']);
    book.server(packet(4, okPayload()));
    expect(book.kinds()).toEqual(['to-client', 'judge']);
  });

  it('ends rather than pass a file on after the server has answered early', () => {
    const book = Playbook.loggedIn().client(query('LOAD DATA LOCAL INFILE "x"'));
    book.server(packet(1, bytes(0xfb, 'x'))).server(packet(2, errPayload(1317)));
    book.take();
    expect(book.client(query('DROP TABLE t')).take()).toEqual([]);
  });

  it('follows the default schema as the server confirms it', () => {
    const schemaOf = (book: Playbook): string | undefined => {
      book.client(query('DROP TABLE t'));
      book.refuse().take();
      return book.questions.at(-1)?.requester.database;
    };
    const book = Playbook.loggedIn();
    expect(schemaOf(book)).toBe('shop');
    book.client(command(2, 'crm')).server(packet(1, errPayload(1049)));
    expect(schemaOf(book)).toBe('shop');
    book.client(command(2, 'crm')).server(ok);
    expect(schemaOf(book)).toBe('crm');
    book.client(query('USE hr')).server(ok);
    expect(schemaOf(book)).toBe('hr');
    book.client(query('CALL moves()')).server(packet(1, okMovedTo('ops')));
    expect(schemaOf(book)).toBe('ops');
    book.client(query('USE hr')).server(packet(1, errPayload(1044)));
    expect(schemaOf(book)).toBeUndefined();
  });

  it('becomes another user through the server only, dialogue included', () => {
    const book = Playbook.loggedIn();
    book.client(Buffer.concat([command(0x11, 'eve\0', 0, 'crm\0'), query('DROP TABLE t')]));
    expect(book.kinds()).toEqual(['forward']);
    book.server(packet(1, bytes(0xfe, 'plugin\0')));
    // A command that stands in line is no answer to it.
    expect(book.kinds()).toEqual(['to-client', 'to-client', 'end']);
    const patient = Playbook.loggedIn().client(command(0x11, 'eve\0', 0, 'crm\0'));
    patient.server(packet(1, bytes(0xfe, 'plugin\0'))).client(packet(2, Buffer.from('proof')));
    patient.server(packet(3, okPayload())).client(query('DROP TABLE t'));
    expect(patient.questions.at(-1)?.requester).toMatchObject({ user: 'eve', database: 'crm' });
  });

  it.each([
    ['without an end to the user', command(0x11, 'eve')],
    ['empty', command(0x11)],
    ['short of its proof', command(0x11, 'eve\0', 20, 'abc')],
    ['short of its schema', command(0x11, 'eve\0', 0, 'crm')],
    ['short of its charset', command(0x11, 'eve\0', 0, 'crm\0', 8)],
  ])('refuses a COM_CHANGE_USER %s, and goes on', (_name, short) => {
    const book = Playbook.loggedIn().client(short).refuse();
    expect(book.error()).toMatchObject({ code: 1835, sequenceId: 1 });
    expect(book.client(query('SELECT 1')).kinds()).toEqual(['forward']);
  });

  it('takes what comes behind a response for no part of the next one', () => {
    const book = Playbook.loggedIn();
    book.client(Buffer.concat([query('SELECT 1'), query('SELECT 2')])).take();
    // To a command under way the last packet would ask for a file.
    book.server(Buffer.concat([resultSet([['1']]), packet(9, bytes(0xfb, 'x'))]));
    expect(book.kinds()).toEqual(['to-client', 'end']);
  });

  it('takes no more writes after a denial that latches', () => {
    const book = Playbook.loggedIn().client(query('DROP TABLE t')).refuse('no', 'latch');
    book.take();
    expect(book.client(query('INSERT INTO t VALUES (1)')).error().message).toContain(
      'no more writes',
    );
    expect(book.client(query('SELECT 1')).kinds()).toEqual(['forward']);
  });

  it('ends after a denial that closes', () => {
    const book = Playbook.loggedIn().client(query('DROP TABLE t'));
    book.take();
    expect(book.refuse('no', 'close').kinds()).toEqual(['to-client', 'end']);
  });

  it('goes on after progress reports and cached metadata', () => {
    const book = Playbook.loggedIn({}, { common: (COMMON & ~1) >>> 0, mariadb: 0x11 });
    book.client(query('SELECT 1'));
    book.server(packet(1, bytes(0xff, 0xff, 0xff, 1, 1)));
    book
      .server(packet(2, bytes(lenenc(1), 0)))
      .server(packet(3, okPayload(2, 0xfe)))
      .take();
    expect(book.client(query('SELECT 2')).kinds()).toEqual(['forward']);
  });
});
