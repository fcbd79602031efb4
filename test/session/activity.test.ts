import { expect, it } from 'vitest';
import { commandUnderWay, questionOf, sequenceIdOfAnswer } from '../../src/session/activity.js';
import { refusalOfUnknown } from '../../src/session/refusals.js';
import { ResponsePhase } from '../../src/session/response-phase.js';
import { Framer } from '../../src/wire/framer.js';
import { packet } from '../support/packets.js';

const framer = new Framer();
framer.push(packet(4, Buffer.of(3)));
const found = framer.next();
if (found === undefined) throw new Error('no packet');
const command = commandUnderWay(found, 'COM_QUERY', undefined);

it('puts an answer of ours behind the last packet, and nowhere inside one', () => {
  const response = new ResponsePhase('result', { common: 0, mariadb: 0 }, 4);
  expect(sequenceIdOfAnswer({ kind: 'idle' })).toBe(0);
  expect(sequenceIdOfAnswer({ kind: 'judging', command })).toBe(5);
  expect(sequenceIdOfAnswer({ kind: 'responding', command, response })).toBe(5);
  response.take(Buffer.of(1, 0));
  expect(sequenceIdOfAnswer({ kind: 'responding', command, response })).toBeUndefined();
});

it('asks with the reason of a built-in denial, when there is one', () => {
  const requester = { server: 'a', session: 1, threadId: 1, user: 'u', address: '', port: 0 };
  const asked = { requester, text: Buffer.alloc(0), facts: { effects: [], statements: [] } };
  expect(questionOf(command, asked)).toEqual({
    ...asked,
    command: 'COM_QUERY',
    payload: command.payload,
  });
  const refusal = refusalOfUnknown(9);
  expect(questionOf({ ...command, refusal }, asked).refusal).toEqual(refusal.builtIn);
});
