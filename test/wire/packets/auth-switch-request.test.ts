import { expect, it } from 'vitest';
import { authenticationStep } from '../../../src/wire/packets/auth-switch-request.js';

it.each([
  ['ok', [0, 0, 0]],
  ['refused', [0xff, 1, 4]],
  ['no-answer-expected', [1, 3]],
  ['answer-expected', [1, 4]],
  ['answer-expected', [1, 3, 0]],
  ['answer-expected', [0xfe, 0x61]],
  ['answer-expected', [2, 0x61]],
  ['answer-expected', []],
] as const)('says %s for %j', (step, payload) => {
  expect(authenticationStep(Buffer.from(payload))).toBe(step);
});
