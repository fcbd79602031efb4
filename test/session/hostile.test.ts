// What a client does that means no good, or a server that has gone astray: told as dialogues.
import { describe, expect, it } from 'vitest';
import {
  bytes,
  COMMON,
  command,
  DEPRECATE_EOF,
  definition,
  eofPayload,
  errPayload,
  greeting,
  handshakeResponse,
  int,
  lenenc,
  okPayload,
  packet,
  packets,
  prepareOk,
  query,
  resultSet,
} from '../support/packets.js';
import { Playbook } from '../support/playbook.js';

const MORE = 0x8;
const CURSOR = 0x40;
const CLASSIC = { common: COMMON & ~DEPRECATE_EOF };
const ok = packet(1, okPayload());
const prepare = (sql: string): Buffer => command(0x16, sql);
const execute = (id: number, flags = 0): Buffer => command(0x17, int(id, 4), flags, int(1, 4));

function prepared(sql: string, id: number, book = Playbook.loggedIn({}, CLASSIC)): Playbook {
  book.client(prepare(sql));
  book.server(packet(1, prepareOk(id, 0, 0))).take();
  return book;
}

/** What a procedure sends that has a cursor of its own open (measured on every line). */
const routineWithCursor = packets(
  1,
  lenenc(1),
  definition('a'),
  eofPayload(CURSOR | MORE | 2),
  bytes(0, 0, int(5, 4)),
  eofPayload(CURSOR | MORE | 2),
  okPayload(),
);

describe('a client that would have its answers taken for others', () => {
  it.each([0, 1, 2, 4, 8, 0x80])('by a routine with a cursor, with flags %i', (flags) => {
    const book = prepared('CALL p()', 1).client(execute(1, flags));
    book.client(query('SELECT 1'));
    book.take();
    for (const byte of routineWithCursor.subarray(0, -1)) book.server(Buffer.of(byte));
    expect(book.take().every(({ kind }) => kind === 'to-client')).toBe(true);
    book.server(routineWithCursor.subarray(-1));
    expect(book.kinds()).toEqual(['to-client', 'forward']);
  });

  it.each([5, 6])('by data for a parameter that MySQL 9 answers, of %i bytes', (length) => {
    const book = prepared('SELECT ?', 1);
    book.client(packet(0, bytes(0x18, int(1, 4), Buffer.alloc(length - 5))));
    expect(book.take()).toEqual([]);
    book.client(packet(0, bytes(0x18, int(1, 4), int(0, 2))));
    expect(book.kinds()).toEqual(['forward']);
  });

  it('is cut off when an answer is not the first of its command', () => {
    for (const at of [4, 7]) {
      const book = Playbook.loggedIn().client(prepare('SELECT 1'));
      book.take();
      const stray = packet(at, prepareOk(9, 0, 0));
      book.server(stray.subarray(0, 3)).server(stray.subarray(3));
      expect(book.session.ended).toBe(true);
      const whole = Playbook.loggedIn().client(query('SELECT 1'));
      whole.server(resultSet([['1']], { firstId: at }));
      expect(whole.session.ended).toBe(true);
    }
  });

  it('hears an error whatever its number: a server that ends counts from 0', () => {
    const book = Playbook.loggedIn().client(query('SELECT 1'));
    book.take();
    book.server(packet(0, errPayload(1053)));
    expect(book.sent().client).toEqual(packet(0, errPayload(1053)));
    expect(book.session.ended).toBe(false);
  });

  it('by a file whose server has said no behind asking for it', () => {
    const book = Playbook.loggedIn().client(query("LOAD DATA LOCAL INFILE 'x' INTO TABLE t"));
    book.server(Buffer.concat([packet(1, bytes(0xfb, 'x')), packet(2, errPayload(1317))]));
    expect(book.session.ended).toBe(true);
    book.take();
    book.client(packet(2, bytes(3, 'SELECT 1')));
    expect(book.take()).toEqual([]);
  });
});

describe('a client that leaves in the middle', () => {
  it('is done once what it pipelined last is refused', () => {
    const book = Playbook.loggedIn().client(query('SELECT 1')).client(query('DROP TABLE t'));
    book.event({ kind: 'half-closed', leg: 'client' });
    book.server(resultSet([['1']]));
    expect(book.session.ended).toBe(false);
    expect(book.refuse().kinds().slice(-2)).toEqual(['to-client', 'end']);
  });

  it('is done once its last is refused while Interlock stops', () => {
    const book = Playbook.loggedIn().client(query('DROP TABLE t'));
    book.event({ kind: 'drain' });
    expect(book.session.ended).toBe(false);
    expect(book.refuse().kinds().slice(-2)).toEqual(['to-client', 'end']);
  });

  it('is not listened to behind its COM_QUIT', () => {
    const book = Playbook.loggedIn().client(command(1));
    expect(book.kinds()).toEqual(['forward']);
    for (let round = 0; round < 10; round += 1) book.client(Buffer.alloc(100_000, 3));
    expect(book.take()).toEqual([]);
  });
});

describe('a client that lies about who or where it is', () => {
  const login = (shape: Parameters<typeof handshakeResponse>[0]): Playbook => {
    const book = new Playbook().server(greeting()).client(handshakeResponse(shape));
    book.server(packet(2, okPayload()));
    book.client(query('DROP TABLE t'));
    return book;
  };

  it.each([
    ["'app'", 'app'],
    ["''app''", "'app'"],
    ["'", "'"],
    ['app', 'app'],
    [`${'u'.repeat(128)}XY`, 'u'.repeat(128)],
  ])('is %s to nobody: servers make another name of it', (user, meant) => {
    expect(login({ user }).questions[0]?.requester.user).toBe(meant);
  });

  it('is not let in under a name that no rule could know', () => {
    const written = handshakeResponse({ user: 'j?rgen' });
    written[written.indexOf('j?rgen') + 1] = 0xfc;
    const book = new Playbook().server(greeting()).client(written);
    expect(book.error().message).toMatch(/user's name is not UTF-8/);
  });

  it.each(['prüf', 'a@b', 'x{y', 'a\\b'])('has no default schema of a name like %s', (database) => {
    expect(login({ database }).questions[0]?.requester.database).toBeUndefined();
    const book = Playbook.loggedIn().client(command(2, database)).server(ok);
    book.client(query('DROP TABLE t'));
    expect(book.questions[0]?.requester.database).toBeUndefined();
  });

  it('must prove its password as since MySQL 4.1: servers differ about any other login', () => {
    const book = new Playbook().server(greeting());
    book.take();
    book.client(handshakeResponse({ common: COMMON & ~0x8000 }));
    expect(book.error()).toMatchObject({ code: 1835 });
  });

  it.each([
    ['TLS in a whole login', { common: COMMON | 0x800 }],
    ['attributes it does not bring', { common: COMMON, cut: true }],
  ])('announces %s', (_what, { common, ...more }) => {
    const book = new Playbook().server(greeting({ common: COMMON | 0x800 }));
    book.take();
    const whole = handshakeResponse({ common });
    const end = whole.indexOf('mysql_native_password\0') + 22;
    book.client('cut' in more ? packet(1, whole.subarray(4, end)) : whole);
    expect(book.error()).toMatchObject({ code: 1835 });
  });
});

describe('a client whose login a server would hold against its host', () => {
  const begun = (): Playbook => {
    const book = new Playbook().server(greeting());
    book.take();
    return book;
  };

  it('sends a proof that is none', () => {
    const whole = handshakeResponse().toString('latin1');
    const short = whole.slice(4).replace('\x1401234567890123456789', '\x05abcde');
    const book = begun().client(packet(1, Buffer.from(short, 'latin1')));
    expect(book.error()).toMatchObject({ code: 1835 });
    const asked = begun().client(handshakeResponse());
    asked.server(packet(2, bytes(0xfe, 'client_ed25519\0', Buffer.alloc(32, 7)))).take();
    const { client, server } = asked.client(packet(3, bytes('12345'))).sent();
    expect(server).toEqual(packet(4, Buffer.alloc(64)).fill(3, 3, 4));
    expect(client.toString('latin1')).toContain('as long as its plugin has it');
    asked.server(packet(4, errPayload(1045)));
    expect(asked.kinds()).toEqual(['end']);
  });

  it('may begin by a plugin that needs to be asked first', () => {
    const whole = handshakeResponse().toString('latin1').slice(4);
    const begins = whole
      .replace('\x1401234567890123456789', '\0')
      .replace('mysql_native_password', 'client_ed25519');
    const book = begun().client(packet(1, Buffer.from(begins, 'latin1')));
    expect(book.kinds()).toEqual(['forward-authentication']);
  });

  it('speaks a character set that none can speak', () => {
    const wide = handshakeResponse();
    wide[4 + 8] = 35;
    expect(begun().client(wide).error()).toMatchObject({ code: 1231 });
  });

  it('names no schema after all', () => {
    const whole = handshakeResponse();
    const end = whole.indexOf('shop\0');
    const book = begun().client(packet(1, whole.subarray(4, end)));
    expect(book.error()).toMatchObject({ code: 1835 });
  });
});

it('keeps what it prepared when a server does not know COM_RESET_CONNECTION', () => {
  const book = prepared('SELECT 1', 3).client(command(0x1f));
  book.server(packet(1, errPayload(1047))).take();
  expect(book.client(execute(3)).kinds()).toEqual(['forward']);
});
