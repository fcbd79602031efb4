import { describe, expect, it } from 'vitest';
import { ANSWER_BYTES } from '../../src/policy/inquiry.js';
import { covers } from '../../src/policy/permit.js';
import type { Effect } from '../../src/session/effects.js';
import { OwnQuestion } from '../../src/session/own-question.js';
import { bytes, COMMON, okPayload, packet, resultSet } from '../support/packets.js';

function asked(more = 0): { question: OwnQuestion; sent: Effect[] } {
  const sent: Effect[] = [];
  const capabilities = { common: (COMMON | more) >>> 0, mariadb: 0 };
  const inquiry = { kind: 'found-rows', rows: 2 } as const;
  return { question: new OwnQuestion(inquiry, capabilities, (effect) => sent.push(effect)), sent };
}

describe('a question of our own', () => {
  it('leaves with a permit for its bytes, and empty attributes where they are agreed on', () => {
    for (const [more, head] of [
      [0, [3]],
      [0x08000000, [3, 0, 1]],
    ] as const) {
      const [effect] = asked(more).sent;
      if (effect?.kind !== 'forward') throw new Error('it is not sent');
      expect(covers(effect.permit, effect.packet.payload)).toBe(true);
      expect([...effect.packet.payload.subarray(0, head.length)]).toEqual([...head]);
      expect(effect.packet.payload.subarray(head.length).toString()).toMatch(
        /^SELECT 1 UNION ALL SELECT 1 LIMIT 2$/,
      );
    }
  });

  it('takes its answer and no more, cut at any place', () => {
    const answer = resultSet([['1'], ['1']]);
    const more = Buffer.concat([answer, packet(0, okPayload())]);
    for (let at = 1; at < answer.length; at += 1) {
      const { question } = asked();
      expect(question.take(more.subarray(0, at))).toBe(at);
      expect(question.ended).toBe(false);
      expect(question.take(more.subarray(at))).toBe(answer.length - at);
      expect(question.ended).toBe(true);
      expect(question.answer()).toMatchObject({ kind: 'rows', rows: [[{}], [{}]] });
    }
  });

  it('follows what is too long to its end, and has no answer then', () => {
    const { question } = asked();
    const answer = resultSet([['x'.repeat(ANSWER_BYTES)]]);
    for (let at = 0; at < answer.length; at += 50_000)
      question.take(answer.subarray(at, at + 50_000));
    expect(question.ended).toBe(true);
    expect(question.answer()).toBeUndefined();
  });

  it('is lost when the server wants a file for it', () => {
    const { question } = asked();
    question.take(packet(1, bytes(0xfb, '/etc/passwd')));
    expect(question.isLost).toBe(true);
  });

  it('has no answer in an OK', () => {
    const { question } = asked();
    question.take(packet(1, okPayload()));
    expect(question.ended).toBe(true);
    expect(question.answer()).toBeUndefined();
  });
});
