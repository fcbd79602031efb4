// What is in flight, from its permit to the moment when nothing of it can be logged any more.
import { describe, expect, it } from 'vitest';
import { FlightBook } from '../../src/flight/book.js';
import { flightOf, pictureIn, sessionOf } from './flying.js';

const stages = (book: FlightBook) => book.flights.map(({ recordId, stage }) => [recordId, stage]);
const OK = { kind: 'ok' } as const;
const OPEN = { kind: 'ok', isOpen: true } as const;
const LOST = { kind: 'connection-lost' } as const;

function withOne(): FlightBook {
  const book = new FlightBook();
  book.enter(flightOf('r1'));
  return book;
}

describe('FlightBook', () => {
  it('keeps a statement until its response has ended', () => {
    const book = withOne();
    expect(stages(book)).toEqual([['r1', 'running']]);
    book.landed('r1', OK, 10);
    expect(stages(book)).toEqual([]);
    expect(book.isQuiet).toBe(true);
  });

  it('keeps what is in an open transaction until that has ended', () => {
    const book = withOne();
    book.landed('r1', OPEN, 10);
    expect(book.holdsOpen('db2')).toBe(true);
    expect(book.pending({ session: 1, server: 'db2', xa: undefined })).toHaveLength(1);
    expect(book.pending({ session: 2, server: 'db2', xa: undefined })).toHaveLength(0);
    book.transactionEnded(1, 12);
    expect(stages(book)).toEqual([]);
  });

  it('remembers for a while what has just ended', () => {
    const book = withOne();
    book.landed('r1', OK, 10);
    const since = (ms: number) => book.flightsSince(ms).map(({ recordId }) => recordId);
    expect([since(10), since(11)]).toEqual([['r1'], []]);
    book.enter(flightOf('r2'));
    book.landed('r2', OK, 60_000);
    expect(since(0)).toEqual(['r2']);
  });

  it('keeps what nobody waits for until its thread is gone', () => {
    const book = withOne();
    book.landed('r1', LOST, 10);
    expect(book.vanished.map(({ recordId }) => recordId)).toEqual(['r1']);
    book.gone('r1', 20);
    expect(book.isQuiet).toBe(true);
  });

  it('keeps what a session left open until its thread is gone', () => {
    const book = withOne();
    book.landed('r1', OPEN, 10);
    book.left(1);
    expect(stages(book)).toEqual([['r1', 'vanished']]);
  });

  describe('XA', () => {
    const xid = '78..1';
    const finish = (book: FlightBook, verb: 'prepare' | 'commit' | 'rollback', session: number) =>
      book.finish('f', { verb, server: 'db2', session, xid });
    const prepared = (keepsPrepared = true): FlightBook => {
      const book = new FlightBook();
      book.enter(flightOf('r1', { by: { ...sessionOf(1), keepsPrepared } }));
      book.landed('r1', OPEN, 10);
      finish(book, 'prepare', 1);
      book.landed('f', OK, 11);
      return book;
    };

    it('is what any session may finish, by its xid', () => {
      const book = prepared();
      book.transactionEnded(1, 12);
      book.left(1);
      expect(stages(book)).toEqual([['r1', 'prepared']]);
      const named = (xa: string | undefined) =>
        book.pending({ session: 9, server: 'db2', xa: { verb: 'commit', xid: xa } }).length;
      expect([named(xid), named('79..1'), named(undefined)]).toEqual([1, 0, 1]);
      const rollback = { verb: 'rollback', xid } as const;
      expect(book.pending({ session: 9, server: 'db2', xa: rollback })).toEqual([]);
      finish(book, 'commit', 9);
      book.landed('f', OK, 12);
      expect(stages(book)).toEqual([]);
    });

    it('stays when it could not be finished', () => {
      const book = prepared();
      finish(book, 'commit', 9);
      book.landed('f', { kind: 'error', errorCode: 1397 }, 12);
      expect(stages(book)).toEqual([['r1', 'prepared']]);
    });

    it('is over when the server does not know it and its session has ended', () => {
      const book = prepared();
      book.left(1);
      finish(book, 'rollback', 9);
      book.landed('f', { kind: 'error', errorCode: 1397 }, 12);
      expect(stages(book)).toEqual([]);
    });

    it('ends with its session on servers that roll it back then', () => {
      const book = prepared(false);
      book.left(1);
      expect(stages(book)).toEqual([['r1', 'vanished']]);
    });
  });

  describe('what is being linked', () => {
    const relinking = { consumer: 'db1', sources: ['db2'], by: 'START SLAVE of session 3' };
    const linking = (): FlightBook => {
      const book = new FlightBook();
      book.link({ recordId: 'l1', by: sessionOf(3), relinking, sinceMs: 5 });
      return book;
    };
    const seen = (book: FlightBook, askedAtMs: number) =>
      book.withLinking(pictureIn('severed', askedAtMs)).links.map(({ state }) => state);

    it('counts as linked until pictures show what became of it', () => {
      const book = linking();
      expect(seen(book, 50)).toContain('live');
      book.landed('l1', OK, 60);
      expect(seen(book, 59)).toContain('live');
      expect(seen(book, 61)).not.toContain('live');
    });

    it('counts as linked while nobody knows whether it still runs', () => {
      const book = linking();
      book.landed('l1', LOST, 60);
      expect(seen(book, 99)).toContain('live');
      expect(book.isQuiet).toBe(false);
      book.gone('l1', 100);
      expect(seen(book, 101)).not.toContain('live');
      expect(book.isQuiet).toBe(true);
    });
  });
});
