import { expect, it } from 'vitest';
import { Ends } from '../src/ends.js';

it('stops the last that was started first, one after another, and each once', async () => {
  const ends = new Ends();
  const order: string[] = [];
  ends.add(() => order.push('first'));
  ends.add(async () => {
    await Promise.resolve();
    order.push('second');
  });
  await ends.all();
  await ends.all();
  expect(order).toEqual(['second', 'first']);
});
