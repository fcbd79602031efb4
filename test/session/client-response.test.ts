import { describe, expect, it } from 'vitest';
import {
  bytes,
  COMMON,
  command,
  errPayload,
  greeting,
  handshakeResponse,
  okPayload,
  packet,
  sslRequest,
} from '../support/packets.js';
import { Playbook } from '../support/playbook.js';

const SSL = 0x800;
const LOCAL = { isLocalClient: true };
const switchTo = (plugin: string, sequenceId = 2): Buffer =>
  packet(sequenceId, bytes(0xfe, `${plugin}\0`, 'salt'));

describe('a client on a Unix socket', () => {
  it('gets a server leg with TLS, and notices nothing of it', () => {
    const book = new Playbook(LOCAL).server(greeting({ common: COMMON | SSL }));
    book.take();
    book.client(handshakeResponse());
    expect(book.take()).toMatchObject([
      { kind: 'forward-authentication', bytes: sslRequest(COMMON | SSL) },
      { kind: 'upgrade-tls', leg: 'server' },
    ]);
    book.event({ kind: 'secured', leg: 'server' });
    const login = handshakeResponse({ common: COMMON | SSL, sequenceId: 2 });
    expect(book.sent().server).toEqual(login);
    book.server(switchTo('caching_sha2_password', 3));
    expect(book.sent().client).toEqual(switchTo('caching_sha2_password', 2));
    book.client(packet(3, bytes('clear text\0')));
    expect(book.sent().server).toEqual(packet(4, bytes('clear text\0')));
    book.server(packet(5, okPayload()));
    const effects = book.take();
    expect(effects.map(({ kind }) => kind)).toEqual(['to-client', 'logged-in']);
    expect(effects[0]).toMatchObject({ bytes: packet(4, okPayload()) });
  });

  it('counts as safe where TLS is required', () => {
    const book = new Playbook({ ...LOCAL, requireTls: true });
    book.server(greeting({ common: COMMON | SSL })).client(handshakeResponse());
    expect(book.kinds()).toContain('upgrade-tls');
  });

  it('is told in clear text when the server leg cannot have TLS after all', () => {
    const book = new Playbook(LOCAL).server(greeting({ common: COMMON | SSL }));
    book.client(handshakeResponse());
    book.take();
    book.event({ kind: 'server-failed', reason: 'tls', why: 'unable to verify' });
    expect(book.error()).toMatchObject({ sequenceId: 2, code: 1043 });
  });

  it('may prove its password to a server without TLS, and not tell it', () => {
    const book = new Playbook(LOCAL).server(greeting()).client(handshakeResponse());
    expect(book.take().map(({ kind }) => kind)).toEqual(['to-client', 'forward-authentication']);
    book.server(switchTo('caching_sha2_password'));
    book.client(packet(3, Buffer.alloc(32, 7))).server(packet(4, bytes(1, 4)));
    book.take();
    book.client(packet(5, bytes('a password\0')));
    const { server, client } = book.sent();
    expect(server).toEqual(packet(5, Buffer.alloc(0)));
    expect(client.toString()).toContain('caching_sha2_password sends the password in clear text');
    expect(client[3]).toBe(6);
    book.server(packet(6, errPayload(1045)));
    expect(book.kinds()).toEqual(['end']);
  });

  it('whose first answer tells the password gets no further', () => {
    const told = handshakeResponse().toString('latin1');
    const unknown = told.replace('mysql_native_password', 'plugin_nobody_knows__');
    const book = new Playbook(LOCAL).server(greeting());
    book.take();
    book.client(Buffer.from(unknown, 'latin1'));
    const { server, client } = book.sent();
    expect(server.toString('latin1')).not.toContain('01234567890123456789');
    expect(server.toString('latin1')).toContain('interlock_left');
    expect(client.toString('latin1')).toContain('plugin_nobody_knows__ sends the password');
  });

  it('changes no user over a server leg in clear text, and stays connected', () => {
    const book = Playbook.loggedIn(LOCAL);
    book.client(command(0x11, 'other\0', 0, 'shop\0'));
    expect(book.error()).toMatchObject({ code: 3159 });
    expect(book.session.ended).toBe(false);
    const secure = Playbook.loggedIn();
    secure.client(command(0x11, 'other\0', 0, 'shop\0', 45, 0, 'mysql_native_password\0'));
    expect(secure.kinds()).toContain('forward');
  });

  it('that leaves while the server leg is made safe is said farewell there', () => {
    const book = new Playbook(LOCAL).server(greeting({ common: COMMON | SSL }));
    book.client(handshakeResponse());
    book.event({ kind: 'closed', leg: 'client', why: 'gone' });
    book.take();
    book.event({ kind: 'secured', leg: 'server' });
    const { server } = book.sent();
    expect(server[3]).toBe(2);
    expect(server.toString('latin1')).toContain('interlock_left');
    book.server(packet(3, errPayload(1045)));
    expect(book.session.ended).toBe(true);
  });
});

describe('a client that asked for TLS', () => {
  it('is told why the server leg failed once it can read it', () => {
    const book = new Playbook().server(greeting({ common: COMMON | SSL })).client(sslRequest());
    book.take();
    book.event({ kind: 'server-failed', reason: 'tls', why: 'self-signed certificate' });
    book.event({ kind: 'closed', leg: 'server', why: 'gone' });
    expect(book.kinds()).toEqual([]);
    book.event({ kind: 'secured', leg: 'client' });
    book.client(handshakeResponse({ common: COMMON | SSL, sequenceId: 2 }));
    expect(book.error()).toMatchObject({ sequenceId: 3, code: 1043 });
    expect(book.session.ended).toBe(true);
  });

  it('is told at once when it has answered before the server leg failed', () => {
    const book = new Playbook().server(greeting({ common: COMMON | SSL })).client(sslRequest());
    book.event({ kind: 'secured', leg: 'client' });
    book.client(handshakeResponse({ common: COMMON | SSL, sequenceId: 2 }));
    book.take();
    book.event({ kind: 'server-failed', reason: 'tls', why: 'self-signed certificate' });
    expect(book.error()).toMatchObject({ sequenceId: 3, code: 1043 });
    expect(book.session.ended).toBe(true);
  });

  it.each([
    ['is late', { kind: 'handshake-timeout' }],
    ['leaves', { kind: 'closed', leg: 'client', why: 'gone' }],
  ] as const)('and %s then is not waited for', (_what, event) => {
    const book = new Playbook().server(greeting({ common: COMMON | SSL })).client(sslRequest());
    book.event({ kind: 'server-failed', reason: 'tls', why: 'self-signed certificate' });
    book.event(event);
    expect(book.session.ended).toBe(true);
  });
});
