import { expect, it } from 'vitest';
import { type ReadinessParts, readinessChecks } from '../src/readiness.js';

const address = { kind: 'tcp', host: '127.0.0.1', port: 3307 } as const;
const READY: ReadinessParts = {
  listening: [{ kind: 'listening', address }],
  serving: { ready: { ok: true } },
  rules: { ruleSet: {} },
  audit: { writable: { ok: true } },
  topology: { current: () => ({}) },
};
const failing = (parts: Partial<ReadinessParts>): readonly string[] =>
  readinessChecks({ ...READY, ...parts }).flatMap(({ name, check }) => {
    const state = check();
    return state.ok ? [] : [`${name}: ${state.reason}`];
  });

it('is content when every part is', () => {
  expect(failing({})).toEqual([]);
});

it.each<[Partial<ReadinessParts>, string]>([
  [{ listening: [{ kind: 'failed', address, message: 'taken' }] }, 'listeners: taken'],
  [{ serving: { ready: { ok: false, reason: '1 of 2' } } }, 'workers: 1 of 2'],
  [{ rules: { ruleSet: undefined } }, 'rules: no rules loaded'],
  [{ audit: { writable: { ok: false, reason: 'disk full' } } }, 'audit: disk full'],
  [{ topology: { current: () => undefined } }, 'probe: the first probe round is not done'],
])('names the one part that is not (%#)', (parts, said) => {
  expect(failing(parts)).toEqual([said]);
});
