// Programs run to their end, and failures that say what the program said.
import { expect, it } from 'vitest';
import { lastWords, run } from '../../src/lab/program.js';

const shell = { command: '/bin/sh', args: ['-c'], env: {} };

it('gives input and takes output', async () => {
  const result = await run(shell, ['read a; echo "got $a"; echo warned >&2'], { input: 'x\n' });
  expect(result).toEqual({ stdout: 'got x\n', stderr: 'warned\n' });
});

it('tells each line as it comes', async () => {
  const lines: string[] = [];
  await run(shell, ['printf "a\\nb\\nc"'], { onLine: (line) => lines.push(line) });
  expect(lines).toEqual(['a', 'b']);
});

it('fails with what the program said last', async () => {
  const failing = run(shell, ['echo fine; echo "no such package" >&2; exit 3']);
  await expect(failing).rejects.toThrow(/ended with 3: no such package$/);
});

it('ends a program that takes too long', async () => {
  const late = run({ command: '/bin/sleep', args: [], env: {} }, ['30'], { deadlineMs: 100 });
  await expect(late).rejects.toThrow('took longer than 100 ms');
});

it('says which program is not there', async () => {
  const missing = run({ command: '/no/such/program', args: [], env: {} }, []);
  await expect(missing).rejects.toMatchObject({ code: 'LAB_FAILED' });
});

it('quotes the end of a long complaint on one line', () => {
  expect(lastWords('a\n\n b \nc\nd\ne\n')).toBe('b | c | d | e');
  expect(lastWords('x'.repeat(1000))).toHaveLength(401);
  expect(lastWords(' \n')).toBe('it said nothing');
});
