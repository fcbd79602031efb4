import { expect, it } from 'vitest';
import { commandUnderWay } from '../../src/session/activity.js';
import { Answers } from '../../src/session/answers.js';
import type { Effect } from '../../src/session/effects.js';
import { refusalOfUnknown } from '../../src/session/refusals.js';
import { SessionState } from '../../src/session/session-state.js';
import { onlyPacket } from '../../src/wire/framer.js';
import { command } from '../support/packets.js';

function stage() {
  const effects: Effect[] = [];
  const state = new SessionState(
    { server: 'db1', session: 1, address: 'a', port: 1 },
    { capabilities: { common: 0, mariadb: 0 }, threadId: 1, user: 'u' },
  );
  const packet = onlyPacket(command(0x16, 'DROP TABLE t'), 1_000);
  if (packet === undefined) throw new Error('no packet');
  const asked = commandUnderWay(packet, 'COM_STMT_PREPARE', undefined);
  return { effects, state, asked, answers: new Answers(state, (effect) => effects.push(effect)) };
}

it('puts an error behind the packet it answers, and leaves no last prepared statement', () => {
  const { effects, state, asked, answers } = stage();
  const facts = { effects: [], statements: [] };
  state.statements.add(1, { facts, text: Buffer.alloc(0), readOnly: true });
  answers.refusal(asked, refusalOfUnknown(9));
  expect(state.statements.find(0xffffffff)).toBeUndefined();
  const [effect] = effects;
  expect(effect?.kind === 'to-client' && effect.bytes[3]).toBe(1);
});

it('tells the guard of what it permitted, and of nothing else', () => {
  const { effects, answers } = stage();
  answers.outcome(undefined, { kind: 'ok' });
  answers.outcome('r1', { kind: 'ok' });
  expect(effects).toEqual([{ kind: 'answered', recordId: 'r1', outcome: { kind: 'ok' } }]);
});
