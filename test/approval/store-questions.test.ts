import { expect, it } from 'vitest';
import {
  change,
  type Question,
  rows,
  runAwaited,
  runNow,
  type Work,
} from '../../src/approval/store-questions.js';

function* counted(): Work<string> {
  const [row] = yield* rows('SELECT ? AS n', [7]);
  const affected = yield* change('DELETE', []);
  return `${row?.n} ${affected}`;
}

const answer = ({ kind, values }: Question) =>
  kind === 'rows' ? { rows: [{ n: values[0] }], affected: 0 } : { rows: [], affected: 3 };

it('gives each question its answer, at once or awaited', async () => {
  expect(runNow(counted(), answer)).toBe('7 3');
  expect(await runAwaited(counted(), async (question) => answer(question))).toBe('7 3');
});

it('asks nothing more once a question fails', async () => {
  const asked: string[] = [];
  const fail = ({ sql }: Question): never => {
    asked.push(sql);
    throw new Error('gone');
  };
  expect(() => runNow(counted(), fail)).toThrow('gone');
  await expect(runAwaited(counted(), async (question) => fail(question))).rejects.toThrow('gone');
  expect(asked).toEqual(['SELECT ? AS n', 'SELECT ? AS n']);
});
