// Whatever bytes come, from whichever side: nothing throws, nothing hangs, and nothing that was not
// read and permitted is forwarded.

import { describe, expect, it } from 'vitest';
import { covers } from '../../src/policy/permit.js';
import { COMMON, greeting, handshakeResponse, okPayload, packet } from '../support/packets.js';
import { Playbook } from '../support/playbook.js';
import { fc } from '../support/properties.js';

const RUNS = 400;
const junk = fc.uint8Array({ maxLength: 120 });
/** A packet that is framed right, around anything. */
const framed = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.uint8Array({ maxLength: 80 }))
  .map(([id, payload]) => packet(id, payload));
const commandPacket = fc
  .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 60 }))
  .map(([byte, rest]) => packet(0, Buffer.concat([Buffer.of(byte), rest])));
const chunks = fc.array(fc.oneof(junk, framed, commandPacket), { maxLength: 6 });
const legs = fc.array(
  fc.tuple(
    fc.constantFrom('client' as const, 'server' as const),
    fc.oneof(junk, framed, commandPacket),
  ),
  {
    maxLength: 12,
  },
);

/** Nobody ever answers what is asked, so whatever is forwarded needed no answer. */
function expectNothingGuardedForwarded(book: Playbook): void {
  for (const effect of book.take()) {
    if (effect.kind !== 'forward') continue;
    expect(covers(effect.permit, effect.packet.payload)).toBe(true);
    expect(effect.packet.payload.toString('latin1')).not.toMatch(/DROP\s+TABLE/i);
  }
}

describe('a session under fuzz', () => {
  it('forwards nothing of random bytes before a login', () => {
    fc.assert(
      fc.property(legs, (dialogue) => {
        const book = new Playbook();
        for (const [leg, chunk] of dialogue) book.event({ kind: 'bytes', leg, chunk });
        expect(book.kinds()).not.toContain('forward');
      }),
      { numRuns: RUNS },
    );
  });

  it('survives any answer to a greeting, and any answer to that', () => {
    fc.assert(
      fc.property(chunks, legs, (answers, dialogue) => {
        const book = new Playbook().server(greeting());
        for (const chunk of answers) book.client(chunk);
        for (const [leg, chunk] of dialogue) book.event({ kind: 'bytes', leg, chunk });
        expectNothingGuardedForwarded(book);
      }),
      { numRuns: RUNS },
    );
  });

  it('survives a handshake response cut and mutated anywhere', () => {
    const whole = handshakeResponse();
    fc.assert(
      fc.property(fc.nat(whole.length), fc.nat(255), fc.nat(whole.length), (cut, value, at) => {
        const payload = Buffer.from(whole.subarray(4, Math.max(4, cut)));
        if (at < payload.length) payload[at] = value;
        const book = new Playbook().server(greeting()).client(packet(1, payload));
        book.server(packet(2, okPayload()));
        expect(book.kinds()).not.toContain('forward');
      }),
      { numRuns: RUNS },
    );
  });

  it('survives any commands and any responses', () => {
    fc.assert(
      fc.property(legs, fc.boolean(), (dialogue, attributes) => {
        const common = attributes ? COMMON | 0x08000000 : COMMON;
        const book = Playbook.loggedIn({}, { common });
        for (const [leg, chunk] of dialogue) book.event({ kind: 'bytes', leg, chunk });
        expectNothingGuardedForwarded(book);
      }),
      { numRuns: RUNS },
    );
  });

  it.each([0x11, 0x12, 0x1e, 0x15, 0x17, 0xfa, 0x18, 0x1c, 0x03])(
    'survives command 0x%i at any length',
    (byte) => {
      for (let length = 0; length < 40; length += 1) {
        for (const fill of [0, 1, 0xff]) {
          const book = Playbook.loggedIn({}, { common: COMMON | 0x08000000 });
          book.client(packet(0, Buffer.concat([Buffer.of(byte), Buffer.alloc(length, fill)])));
          book.event({ kind: 'closed', leg: 'client', why: 'gone' });
          expect(book.session.ended).toBe(true);
        }
      }
    },
  );

  it('refuses a guarded statement wherever the stream is cut', () => {
    const stream = Buffer.concat([
      packet(0, Buffer.from('\x03SELECT 1')),
      packet(0, Buffer.from('\x03DROP TABLE t')),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 6 }), (cuts) => {
        const book = Playbook.loggedIn();
        const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
        places.forEach((place, index) => {
          book.client(stream.subarray(places[index - 1] ?? 0, place));
        });
        book.server(packet(1, okPayload()));
        expect(book.questions).toHaveLength(1);
        expectNothingGuardedForwarded(book);
      }),
      { numRuns: 100 },
    );
  });
});
