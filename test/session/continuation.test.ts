import { expect, it } from 'vitest';
import { passContinuation } from '../../src/session/continuation.js';
import type { Effect } from '../../src/session/effects.js';
import { ResponsePhase } from '../../src/session/response-phase.js';
import { onlyPacket } from '../../src/wire/framer.js';
import { bytes, packet } from '../support/packets.js';

it('passes on the pieces of a file in their order, and nothing that begins anew', () => {
  const response = new ResponsePhase('result', { common: 0, mariadb: 0 }, 0);
  response.take(packet(1, bytes(0xfb, 'f')));
  const effects: Effect[] = [];
  const pass = (id: number, text: string): void => {
    const piece = onlyPacket(packet(id, bytes(text)), 100);
    if (piece !== undefined) passContinuation(piece, response, (effect) => effects.push(effect));
  };
  expect(() => pass(0, 'a command')).toThrow('not the next');
  pass(2, 'piece');
  expect(response.awaiting).toBe('file');
  pass(3, '');
  expect(response.awaiting).toBe('packets');
  expect(effects.map(({ kind }) => kind)).toEqual(['forward-file-data', 'forward-file-data']);
});
