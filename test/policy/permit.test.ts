import { describe, expect, it } from 'vitest';
import { builtInDenial } from '../../src/policy/builtin.js';
import { decide } from '../../src/policy/decide.js';
import {
  covers,
  holdPiece,
  holds,
  type Permit,
  permitCommand,
  permitDecided,
  permitUnguarded,
} from '../../src/policy/permit.js';
import type { Effect } from '../../src/session/effects.js';
import type { WirePacket } from '../../src/wire/framer.js';
import { effectOf, factsOf, oneRule } from './facts.js';

const payload = new Uint8Array([3, 1, 2]);

it('holds only what another packet follows, and only those very bytes', () => {
  const piece = Buffer.from('INSERT');
  const hold = holdPiece(piece, 0xffffff);
  expect(holds(hold, piece)).toBe(true);
  expect(holds(hold, Buffer.from('INSERT'))).toBe(false);
  expect(() => holdPiece(piece, 0xfffffe)).toThrow('needs a permit');
});

describe('permits', () => {
  it('cover exactly the bytes that were judged, not bytes that look the same', () => {
    const permit = permitCommand(payload, 'forward');
    expect(covers(permit, payload)).toBe(true);
    expect(covers(permit, payload.slice())).toBe(false);
    expect(covers(permit, payload.subarray(0))).toBe(false);
  });

  it('are given to a text only when nothing in it is guarded', () => {
    expect(covers(permitUnguarded(payload, { effects: [], statements: [] }), payload)).toBe(true);
    expect(() => permitUnguarded(payload, { effects: [effectOf()], statements: [] })).toThrow(
      /needs a decision/,
    );
  });

  it('are given for a permit and for nothing else', () => {
    const permitted = decide(factsOf(), oneRule('effect: drop-view'), 'enforce');
    expect(covers(permitDecided(payload, permitted), payload)).toBe(true);
    const denied = builtInDenial('built-in-failure', 'x', 'r');
    expect(() => permitDecided(payload, denied)).toThrow(/no permit for deny/);
    const asked = { ...denied, verdict: 'require-approval' } as const;
    expect(() => permitDecided(payload, asked)).toThrow(/no permit for require-approval/);
  });

  it('cannot be made anywhere else: forwarding without one does not compile', () => {
    const forward = (packet: WirePacket, permit: Permit): Effect => ({
      kind: 'forward',
      packet,
      permit,
    });
    const attempts = (packet: WirePacket): readonly Effect[] => [
      // @ts-expect-error a permit is not an object that anybody can write down
      forward(packet, { payload }),
      // @ts-expect-error nor is a decision one, whatever it says
      forward(packet, decide(factsOf(), undefined, 'enforce')),
      // @ts-expect-error and nothing is forwarded with none at all
      { kind: 'forward', packet },
    ];
    expect(attempts).toBeTypeOf('function');
  });
});
