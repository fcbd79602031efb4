import { describe, expect, it } from 'vitest';
import {
  command,
  errPayload,
  int,
  okPayload,
  packet,
  query,
  resultSet,
} from '../support/packets.js';
import { Playbook } from '../support/playbook.js';

describe('Session', () => {
  it('ends with an error when a statement is larger than allowed, before it is all there', () => {
    const book = Playbook.loggedIn({ statementBytes: 100 });
    book.client(query('x'.repeat(200)).subarray(0, 20));
    const effects = book.take();
    expect(effects.map((effect) => effect.kind)).toEqual(['to-client', 'end']);
    expect(book.session.ended).toBe(true);
    book.client(query('SELECT 1'));
    expect(book.take()).toEqual([]);
  });

  it('stops reading a client that is far ahead, and goes on when its response has ended', () => {
    const book = Playbook.loggedIn();
    book.client(query('SELECT 1'));
    book.client(Buffer.concat([query('x'.repeat(200_000)), query('y'.repeat(100_000))]));
    expect(book.take().at(-1)).toEqual({ kind: 'client-flow', paused: true });
    book.server(packet(1, okPayload()));
    expect(book.take().at(-1)).toEqual({ kind: 'client-flow', paused: false });
  });

  it('ends the client with the server, as it would end without Interlock', () => {
    const asked = Playbook.loggedIn();
    asked.client(query('SELECT 1')).take();
    asked.event({ kind: 'closed', leg: 'server', why: 'ECONNRESET' });
    expect(asked.kinds()).toEqual(['end']);
    const answering = Playbook.loggedIn();
    answering.client(query('SELECT 1')).server(resultSet([['1']]).subarray(0, 9));
    answering.take();
    answering.event({ kind: 'closed', leg: 'server', why: 'ECONNRESET' });
    expect(answering.kinds()).toEqual(['end']);
  });

  it('forwards nothing for a client that vanished while its statement was judged', () => {
    const book = Playbook.loggedIn();
    book.client(query('DROP TABLE t'));
    book.event({ kind: 'closed', leg: 'client', why: 'reset' }).permit();
    expect(book.take().some((effect) => effect.kind === 'forward')).toBe(false);
    expect(book.outcomes).toEqual([{ kind: 'connection-lost' }]);
  });

  it('lets a client that only stopped sending read its response', () => {
    const book = Playbook.loggedIn();
    book.client(query('SELECT 1')).event({ kind: 'half-closed', leg: 'client' });
    expect(book.kinds()).toEqual(['forward', 'finish-server']);
    book.server(packet(1, okPayload()));
    expect(book.kinds()).toEqual(['to-client', 'end']);
  });

  it('tells the server that the client sends no more only after its last command', () => {
    const book = Playbook.loggedIn();
    book.client(Buffer.concat([query('SELECT 1'), query('SELECT 2')]));
    book.event({ kind: 'half-closed', leg: 'client' });
    expect(book.kinds()).toEqual(['forward']);
    book.server(packet(1, okPayload()));
    expect(book.kinds()).toEqual(['to-client', 'forward', 'finish-server']);
    book.server(packet(1, okPayload()));
    expect(book.kinds()).toEqual(['to-client', 'end']);
  });

  it('drains between commands, not in the middle of one', () => {
    const idle = Playbook.loggedIn().event({ kind: 'drain' });
    expect(idle.kinds()).toEqual(['end']);
    const busy = Playbook.loggedIn();
    busy.client(query('SELECT 1')).event({ kind: 'drain' });
    expect(busy.kinds()).toEqual(['forward']);
    busy.server(packet(1, okPayload()));
    expect(busy.kinds()).toEqual(['to-client', 'end']);
  });

  it('passes on why a server cuts off an idle session, and ends', () => {
    const book = Playbook.loggedIn().server(packet(0, errPayload(4031)));
    expect(book.kinds()).toEqual(['to-client', 'end']);
  });

  it('ends when a server sends what nobody asked for', () => {
    expect(Playbook.loggedIn().server(packet(0, okPayload())).kinds()).toEqual(['end']);
  });

  it('does not take a command for part of a login', () => {
    const book = new Playbook();
    book.client(query('DROP TABLE t'));
    expect(book.take().some((effect) => effect.kind !== 'to-client')).toBe(false);
  });

  it('refuses a payload whose packets are out of order', () => {
    const book = Playbook.loggedIn();
    const first = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0]), Buffer.alloc(0xffffff, 3)]);
    book.client(Buffer.concat([first, int(0, 3), Buffer.of(5)]));
    expect(book.error()).toMatchObject({ code: 1835 });
    expect(book.session.ended).toBe(true);
  });

  it('takes COM_QUIT, and ends with the server', () => {
    const book = Playbook.loggedIn().client(command(1));
    expect(book.kinds()).toEqual(['forward']);
    book.event({ kind: 'half-closed', leg: 'server' });
    expect(book.kinds()).toEqual(['end']);
  });
});
