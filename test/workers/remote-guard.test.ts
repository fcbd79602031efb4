import { expect, it } from 'vitest';
import { covers } from '../../src/policy/permit.js';
import type { Question } from '../../src/policy/verdict.js';
import type { ToPrimary } from '../../src/workers/messages.js';
import { RemoteGuard } from '../../src/workers/remote-guard.js';

const unheard = (): void => undefined;

function stage(): { readonly guard: RemoteGuard; readonly sent: ToPrimary[] } {
  const sent: ToPrimary[] = [];
  return { guard: new RemoteGuard((message) => sent.push(message)), sent };
}

function question(text: string): Question {
  const payload = Buffer.from(`\x03${text}`);
  return {
    requester: { server: 'db1', session: 1, threadId: 2, user: 'app', address: '::1', port: 3 },
    command: 'COM_QUERY',
    payload,
    text: payload.subarray(1),
    facts: { effects: [], statements: [] },
  };
}

it('asks without the payload, and permits exactly the payload that was asked about', async () => {
  const { guard, sent } = stage();
  const [one, two] = [question('DROP TABLE a'), question('DROP TABLE b')];
  const answers = [guard.judge(one, unheard), guard.judge(two, unheard)];
  expect(sent.map((message) => 'question' in message && 'payload' in message.question)).toEqual([
    false,
    false,
  ]);
  guard.judged(2, { kind: 'permitted', recordId: 'r2' });
  guard.judged(1, { kind: 'refused', recordId: 'r1', message: 'no' });
  const [first, second] = await Promise.all(answers);
  expect(first).toEqual({ kind: 'refused', recordId: 'r1', message: 'no' });
  if (second?.kind !== 'permitted') throw new Error('not permitted');
  expect(covers(second.permit, two.payload)).toBe(true);
  expect(covers(second.permit, one.payload)).toBe(false);
  expect(covers(second.permit, Buffer.from(two.payload))).toBe(false);
});

it('takes one answer to each question, and none to what it did not ask', async () => {
  const { guard } = stage();
  guard.judged(1, { kind: 'permitted', recordId: 'early' });
  const answer = guard.judge(question('DROP TABLE a'), unheard);
  guard.judged(2, { kind: 'permitted', recordId: 'other' });
  guard.judged(1, { kind: 'refused', recordId: 'r1', message: 'no' });
  guard.judged(1, { kind: 'permitted', recordId: 'late' });
  expect(await answer).toMatchObject({ kind: 'refused', recordId: 'r1' });
});

it('passes on that the session is to be asked, and no permit with it', async () => {
  const { guard } = stage();
  const answer = guard.judge({ ...question('DROP TABLE a'), isUnasked: true }, unheard);
  guard.judged(1, { kind: 'ask' });
  guard.judged(1, { kind: 'permitted', recordId: 'late' });
  expect(await answer).toEqual({ kind: 'ask' });
});

it('refuses what waits when the primary has gone, and all that follows', async () => {
  const { guard, sent } = stage();
  const waiting = guard.judge(question('DROP TABLE a'), unheard);
  guard.lost();
  guard.judged(1, { kind: 'permitted', recordId: 'late' });
  expect(await waiting).toMatchObject({ kind: 'refused' });
  expect(await guard.judge(question('DROP TABLE b'), unheard)).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('built-in-failure'),
  });
  expect(sent).toHaveLength(1);
});

it('passes on how a permitted statement ended', () => {
  const { guard, sent } = stage();
  guard.answered('r1', { kind: 'error', errorCode: 1051 });
  expect(sent).toEqual([
    { kind: 'answered', recordId: 'r1', outcome: { kind: 'error', errorCode: 1051 } },
  ]);
});
