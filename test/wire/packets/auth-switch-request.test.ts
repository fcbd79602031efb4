import { expect, it } from 'vitest';
import {
  authenticationStep,
  switchedPlugin,
} from '../../../src/wire/packets/auth-switch-request.js';

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

it('names the plugin that a server switches to', () => {
  expect(switchedPlugin(Buffer.from('\xfeclient_ed25519\0salt', 'latin1'))).toBe('client_ed25519');
  expect(switchedPlugin(Buffer.of(0xfe))).toBe('mysql_old_password');
  expect(switchedPlugin(Buffer.of(1, 4))).toBeUndefined();
});
