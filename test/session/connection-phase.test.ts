import { describe, expect, it } from 'vitest';
import {
  bytes,
  COMMON,
  command,
  errPayload,
  greeting,
  handshakeResponse,
  int,
  okPayload,
  packet,
  query,
  sslRequest,
  text,
} from '../support/packets.js';
import { Playbook } from '../support/playbook.js';

const COMPRESS = 0x20;
const SSL = 0x800;
const ZSTD = 0x04000000;
const OPTIONAL_METADATA = 0x02000000;
const offeredBy = (sent: Buffer): number => {
  const at = sent.indexOf(0, 5) + 1 + 4 + 8 + 1;
  return (sent.readUInt16LE(at) | (sent.readUInt16LE(at + 5) << 16)) >>> 0;
};

describe('ConnectionPhase', () => {
  it('takes what it cannot honour out of the greeting', () => {
    const common = (0xffffffff & ~SSL) >>> 0;
    const offered = offeredBy(new Playbook().server(greeting({ common })).sent().client);
    expect(offered & (COMPRESS | ZSTD | OPTIONAL_METADATA)).toBe(0);
    expect(offered & COMMON).toBe(COMMON);
  });

  it("takes MariaDB's unknown upper capabilities out on both sides", () => {
    const book = new Playbook();
    const seen = book.server(greeting({ common: COMMON & ~1, mariadb: 0xffffffff })).sent().client;
    const at = seen.indexOf('moresalt') - 4;
    expect(seen.readUInt32LE(at)).toBe(0x3d);
    const answer = book.client(handshakeResponse({ common: COMMON & ~1, mariadb: 0xffffffff }));
    expect(answer.sent().server.readUInt32LE(4 + 28)).toBe(0x3d);
  });

  it('takes what a client uses though it was not offered out of its answer', () => {
    const book = new Playbook().server(greeting());
    book.take();
    const { server } = book.client(handshakeResponse({ common: COMMON | COMPRESS })).sent();
    expect(server.readUInt32LE(4) & COMPRESS).toBe(0);
    expect(server.subarray(8)).toEqual(handshakeResponse().subarray(8));
  });

  it('knows who logged in, from the answer that the server accepted', () => {
    const book = Playbook.loggedIn({}, { user: 'ann', database: 'shop', program: 'pt-osc' });
    book.client(query('DROP TABLE t'));
    expect(book.questions[0]?.requester).toEqual({
      server: 'db1',
      session: 7,
      threadId: 77,
      user: 'ann',
      address: '10.9.9.9',
      port: 5555,
      program: 'pt-osc',
      database: 'shop',
    });
  });

  it('relays an authentication dialogue packet by packet', () => {
    const book = new Playbook().server(greeting()).client(handshakeResponse());
    book.take();
    book.server(packet(2, bytes(0xfe, 'caching_sha2_password\0', 'salt')));
    book.client(packet(3, Buffer.from('proof'))).server(packet(4, bytes(1, 4)));
    book.client(packet(5, Buffer.of(2))).server(packet(6, bytes(1, '-----BEGIN')));
    book.client(packet(7, Buffer.from('sealed'))).server(packet(8, okPayload()));
    const kinds = book.take().map((effect) => effect.kind);
    expect(kinds.filter((kind) => kind === 'forward-authentication')).toHaveLength(3);
    expect(kinds.at(-1)).toBe('logged-in');
  });

  it('holds back whatever a client sends before it is asked, commands above all', () => {
    const early = query('DROP TABLE t');
    const book = new Playbook().server(greeting());
    book.take();
    book.client(Buffer.concat([handshakeResponse(), early]));
    expect(book.sent().server).toEqual(handshakeResponse());
    book.server(packet(2, bytes(1, 3)));
    expect(book.sent().server).toHaveLength(0);
    book.server(packet(3, okPayload()));
    expect(book.questions).toHaveLength(1);
    expect(book.sent().server).toHaveLength(0);
  });

  it("passes the server's refusals on and ends", () => {
    const blocked = new Playbook().server(packet(0, errPayload(1129)));
    expect(blocked.kinds()).toEqual(['to-client', 'end']);
    const wrong = new Playbook().server(greeting()).client(handshakeResponse());
    wrong.take();
    expect(wrong.server(packet(2, errPayload(1045))).kinds()).toEqual(['to-client', 'end']);
  });

  it('mirrors TLS on both legs and hands over what came behind the request', () => {
    const book = new Playbook().server(greeting({ common: COMMON | SSL }));
    book.take();
    book.client(Buffer.concat([sslRequest(), Buffer.from('client hello')]));
    expect(book.take()).toMatchObject([
      { kind: 'forward-authentication' },
      { kind: 'upgrade-tls', leg: 'server' },
      { kind: 'upgrade-tls', leg: 'client', already: Buffer.from('client hello') },
    ]);
    book
      .event({ kind: 'secured', leg: 'client' })
      .client(handshakeResponse({ common: COMMON | SSL, sequenceId: 2 }));
    expect(book.take()).toEqual([]);
    book.event({ kind: 'secured', leg: 'server' });
    expect(book.kinds()).toEqual(['forward-authentication']);
  });

  it('goes by what the SSLRequest said, as servers do, whatever the login behind it says', () => {
    const attributed = COMMON | SSL | 0x08000000;
    const book = new Playbook().server(greeting({ common: attributed }));
    book.client(sslRequest(attributed)).event({ kind: 'secured', leg: 'server' });
    book.event({ kind: 'secured', leg: 'client' }).take();
    book.client(handshakeResponse({ common: COMMON, sequenceId: 2 }));
    const settled = handshakeResponse({ common: attributed, sequenceId: 2 });
    expect(book.sent().server).toEqual(settled);
    book.server(packet(3, okPayload())).take();
    book.client(command(3, 1, 1, 0, 1, int(0xfe, 2), text("'"), 0, "DROP TABLE t -- '"));
    expect(book.questions.map((question) => String(question.text))).toEqual(["DROP TABLE t -- '"]);
  });

  it('offers no TLS that the server does not offer', () => {
    const book = new Playbook().server(greeting({ common: COMMON }));
    expect(offeredBy(book.sent().client) & SSL).toBe(0);
    expect(book.client(sslRequest()).error()).toMatchObject({ code: 1043 });
  });

  it('takes no plain login where TLS is required', () => {
    const book = new Playbook({ requireTls: true }).server(greeting({ common: COMMON | SSL }));
    book.take();
    book.client(handshakeResponse());
    expect(book.error()).toMatchObject({ sequenceId: 2, code: 3159 });
  });

  it.each([
    ['short', packet(1, Buffer.alloc(3))],
    ['empty', packet(1, Buffer.alloc(0))],
    ['without an end to its user', packet(1, bytes(handshakeResponse().subarray(4, 38)))],
    ['older than 4.1', packet(1, bytes(0, 0, 'abc', 'user'))],
  ])('answers a handshake response that is %s, and ends', (_name, answer) => {
    const book = new Playbook().server(greeting());
    book.take();
    book.client(answer);
    const kinds = ['to-client', 'dismiss-client', 'forward-authentication'];
    const effects = book.take();
    expect(effects.map(({ kind }) => kind)).toEqual(kinds);
    const told = effects[0]?.kind === 'to-client' ? Buffer.from(effects[0].bytes) : undefined;
    expect(told?.subarray(3, 7)).toEqual(bytes(2, 0xff, int(1835, 2)));
    book.server(packet(2, errPayload(1045)));
    expect(book.kinds()).toEqual(['end']);
  });

  it('gives the server a login to refuse when the client leaves after the greeting', () => {
    const book = new Playbook().server(greeting());
    book.take();
    book.event({ kind: 'closed', leg: 'client', why: 'gone' });
    expect(book.sent().server.toString('latin1')).toContain('interlock_left');
    book.server(packet(2, bytes(0xfe, 'caching_sha2_password\0')));
    expect(book.sent().server).toEqual(packet(3, Buffer.alloc(0)));
    book.server(packet(4, errPayload(1045)));
    expect(book.session.ended).toBe(true);
  });

  it('waits for the greeting of a server whose client has left already', () => {
    const book = new Playbook().event({ kind: 'closed', leg: 'client', why: 'gone' });
    expect(book.session.ended).toBe(false);
    book.server(greeting());
    expect(book.sent().server.toString('latin1')).toContain('interlock_left');
  });

  it('names the server that cannot be reached, before any greeting', () => {
    const book = new Playbook();
    book.event({ kind: 'server-failed', reason: 'unreachable', why: 'ECONNREFUSED' });
    const { client } = book.sent();
    expect(client.subarray(3, 7)).toEqual(bytes(0, 0xff, 1158 % 256, 1158 >> 8));
    expect(client.subarray(7).toString()).toBe(
      'Interlock: cannot connect to server db1 (10.0.0.1:3306): ECONNREFUSED',
    );
  });

  it('ends a login that takes too long', () => {
    const book = new Playbook().server(greeting());
    book.take();
    book.event({ kind: 'handshake-timeout' });
    expect(book.error()).toMatchObject({ code: 1159 });
  });

  it('leaves the server in order at whatever step a login took too long', () => {
    const secure = { common: COMMON | SSL };
    const asked = new Playbook().server(greeting()).client(handshakeResponse());
    asked.server(packet(2, bytes(0xfe, 'client_ed25519\0'))).take();
    asked.event({ kind: 'handshake-timeout' });
    expect(asked.kinds()).toEqual(['to-client', 'dismiss-client', 'forward-authentication']);
    // Its late answer is nobody's, and so is the server's verdict.
    asked.client(packet(3, Buffer.alloc(64))).server(packet(4, errPayload(1045)));
    expect(asked.kinds()).toEqual(['end']);

    const securing = new Playbook().server(greeting(secure)).client(sslRequest());
    securing.take();
    securing.event({ kind: 'handshake-timeout' });
    expect(securing.kinds()).toEqual(['dismiss-client']);
    securing.event({ kind: 'secured', leg: 'server' });
    expect(securing.sent().server.toString('latin1')).toContain('interlock_left');
    securing.server(packet(3, bytes(0xfe, 'caching_sha2_password\0', 'salt')));
    expect(securing.sent().server).toEqual(packet(4, Buffer.alloc(0)));
    securing.server(packet(5, errPayload(1045)));
    expect(securing.kinds()).toEqual(['end']);
  });

  it('leaves a server without TLS in order where TLS is required', () => {
    const book = new Playbook({ requireTls: true }).server(greeting());
    expect(book.kinds()).toEqual(['to-client', 'dismiss-client', 'forward-authentication']);
    book.server(packet(2, errPayload(1045)));
    expect(book.kinds()).toEqual(['end']);
  });

  it('waits no longer once a server that it leaves has gone, or is late too', () => {
    for (const event of [
      { kind: 'closed', leg: 'server', why: 'gone' },
      { kind: 'handshake-timeout' },
    ] as const) {
      const book = new Playbook().server(greeting()).client(packet(1, Buffer.alloc(3)));
      book.take();
      expect(book.event(event).kinds()).toEqual(['end']);
    }
  });
});
