import { describe, expect, it } from 'vitest';
import { covers } from '../../src/policy/permit.js';
import { firingNames } from '../../src/sql/firing-names.js';
import { readText } from '../../src/sql/statement-facts.js';
import {
  bytes,
  COMMON,
  command,
  errPayload,
  int,
  okPayload,
  packet,
  prepareOk,
  query,
  text,
} from '../support/packets.js';
import { Playbook } from '../support/playbook.js';

const FULL = 0xffffff;
const filler = 'x'.repeat(FULL);
const harmless = query(`INSERT INTO t VALUES ('${filler}${filler}')`);
/** Nothing guarded in its first packet. */
const late = query(`INSERT INTO t VALUES ('${filler}${filler}'); DROP TABLE t`);

/** Sends it in pieces, as a socket would. */
function send(book: Playbook, whole: Buffer, step = 3_000_000): void {
  for (let at = 0; at < whole.length; at += step) book.client(whole.subarray(at, at + step));
}

function loggedIn(common?: number): Playbook {
  return Playbook.loggedIn({ readText }, common === undefined ? {} : { common });
}

describe('a command too big to hold', () => {
  it('leaves packet by packet under a Hold, and its last with a permit', () => {
    const book = loggedIn();
    send(book, harmless.subarray(0, -1));
    const before = book.take();
    expect(new Set(before.map(({ kind }) => kind))).toEqual(new Set(['forward-held']));
    book.client(harmless.subarray(-1));
    const [last] = book.take();
    if (last?.kind !== 'forward') throw new Error('its last packet is not forwarded');
    expect(covers(last.permit, last.packet.payload)).toBe(true);
    const sent = before.flatMap((effect) => (effect.kind === 'forward-held' ? [effect.bytes] : []));
    expect(Buffer.concat([...sent, ...last.packet.frames]).equals(harmless)).toBe(true);
    expect(last.packet.payload.length).toBeLessThan(FULL);
    book.server(packet(3, okPayload())).take();
    expect(book.client(query('SELECT 1')).kinds()).toEqual(['forward']);
    expect(book.commands).toEqual(['COM_QUERY', 'COM_QUERY']);
  });

  it('is the same however it is cut, with the next command right behind it', () => {
    const stream = Buffer.concat([harmless, query('DROP TABLE t')]);
    for (const step of [stream.length, 65_536 * 7, FULL + 4, FULL + 3]) {
      const book = loggedIn();
      send(book, stream, step);
      expect(book.sent().server.equals(harmless)).toBe(true);
      expect(book.server(packet(3, okPayload())).kinds()).toEqual(['to-client', 'forward']);
      expect(book.settle().kinds().at(-1)).toBe('judge');
    }
  });

  it('fires code by a name in its first packet, and by one that comes after it', () => {
    const wipes = firingNames([
      {
        kind: 'function',
        schema: 'app',
        name: 'wipe',
        effects: [{ effect: 'truncate-table', verb: 'TRUNCATE', objects: [], deferred: false }],
      },
    ]);
    const effectsOf = (sql: string, names = wipes) => {
      const book = Playbook.loggedIn({
        readText: (said, context) =>
          readText(said, names === undefined ? context : { ...context, firing: names }),
        firing: () => names,
      });
      send(book, query(sql));
      book.settle();
      return book.questions.flatMap(({ facts }) => facts.effects.map(({ effect }) => effect));
    };
    expect(effectsOf(`SELECT app.wipe() /* ${filler} */`)).toEqual(['truncate-table']);
    expect(effectsOf(`SELECT '${filler}${filler}', app.wipe()`)).toEqual(['unreadable']);
    expect(effectsOf(`SELECT '${filler}${filler}'`)).toEqual([]);
  });

  it('may write code by a bare name that comes after its first packet', () => {
    const book = Playbook.loggedIn({ readText }, { database: 'mysql' });
    send(book, query(`/* ${filler} */ INSERT INTO event VALUES (1)`));
    book.settle();
    expect(book.questions[0]?.facts.effects[0]?.effect).toBe('unreadable');
  });

  it('is held whole and read exactly when its first packet has a guard word', () => {
    const book = loggedIn();
    send(book, query(`INSERT INTO t VALUES ('drop ${filler}')`));
    expect(book.questions).toEqual([]);
    expect(book.kinds()).toEqual(['forward']);
    send(book.server(packet(2, okPayload())), query(`DROP TABLE t -- ${filler}`));
    book.settle();
    expect(book.questions[0]?.isStreamed).toBeUndefined();
    expect(book.questions[0]?.facts.effects[0]?.effect).toBe('drop-table');
  });

  it('is asked about before its last packet when a guard word came later', () => {
    const book = loggedIn();
    send(book, late);
    expect(book.questions[0]).toMatchObject({
      isStreamed: true,
      facts: { effects: [{ effect: 'unreadable' }], movesTo: 'unknown' },
    });
    expect(Buffer.from(book.questions[0]?.text ?? []).toString()).toMatch(/^INSERT INTO t VALUES/);
    expect(book.sent().server.length).toBe(2 * (FULL + 4));
    book.permit();
    expect(book.sent().server.equals(late.subarray(2 * (FULL + 4)))).toBe(true);
    book.server(packet(3, okPayload()));
    expect(book.outcomes).toEqual([{ kind: 'ok' }]);
  });

  it('ends with its session when it is refused, and its last packet never leaves', () => {
    const book = loggedIn();
    send(book, late);
    book.take();
    expect(book.refuse('no').kinds()).toEqual(['to-client', 'end']);
    expect(book.session.ended).toBe(true);
    expect(book.client(query('SELECT 1')).take()).toEqual([]);
  });

  it('sees a guard word that lies across packets', () => {
    const cut = Buffer.byteLength("\x03INSERT INTO t VALUES ('") + 2;
    const across = query(`INSERT INTO t VALUES ('${'x'.repeat(FULL - cut)}' DROP TABLE t`);
    const book = loggedIn();
    send(book, across);
    expect(book.questions).toHaveLength(1);
  });

  it('finds its text behind query attributes', () => {
    const attributes = bytes(1, 1, 0, 1, int(0xfe, 2), text('key'), text('drop'));
    const book = loggedIn(COMMON | 0x08000000);
    send(book, command(3, attributes, `INSERT INTO t VALUES ('${filler}')`));
    expect(new Set(book.kinds())).toEqual(new Set(['forward-held', 'forward']));
    expect(book.questions).toEqual([]);
  });

  it('may be an execution, or data for one, of a statement that is known', () => {
    const book = loggedIn();
    book.client(command(0x16, 'INSERT INTO t VALUES (?)')).server(packet(1, prepareOk(4, 0, 0)));
    book.take();
    send(book, command(0x18, int(4, 4), int(0, 2), filler));
    expect(new Set(book.kinds())).toEqual(new Set(['forward-held', 'forward']));
    send(book, command(0x17, int(4, 4), 0, int(1, 4), filler));
    expect(new Set(book.kinds())).toEqual(new Set(['forward-held', 'forward']));
    book.server(packet(2, okPayload())).take();
    send(book, command(0x17, int(5, 4), 0, int(1, 4), filler));
    expect(book.error()).toMatchObject({ code: 1243, sequenceId: 2 });
  });

  it('is held whole, and refused, once the session takes no more writes', () => {
    const book = loggedIn();
    book.client(query('DROP TABLE t')).settle();
    book.refuse('no', 'latch').take();
    send(book, harmless);
    expect(book.error().message).toContain('no more writes');
  });

  it('ends the session when it grows beyond what is allowed, or out of order', () => {
    const small = Playbook.loggedIn({ readText, statementBytes: FULL + 10 });
    send(small, harmless);
    expect(small.error()).toMatchObject({ code: 1153 });
    const book = loggedIn();
    send(book, harmless.subarray(0, FULL + 4));
    book.take();
    expect(book.client(int(5, 3)).client(Buffer.of(9)).error()).toMatchObject({ code: 1835 });
    expect(book.session.ended).toBe(true);
  });

  it('passes on why a server cuts it off', () => {
    const book = loggedIn();
    send(book, harmless.subarray(0, FULL + 4));
    book.take();
    expect(book.server(packet(1, errPayload(1153))).kinds()).toEqual(['to-client', 'end']);
  });

  it('is forgotten when its client goes', () => {
    const book = loggedIn();
    send(book, late.subarray(0, FULL + 400));
    book.take();
    expect(book.event({ kind: 'closed', leg: 'client', why: 'gone' }).kinds()).toEqual(['end']);
    expect(book.questions).toEqual([]);
  });
});
