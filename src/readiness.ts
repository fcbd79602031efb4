// What /readyz asks of the parts: listeners open, workers up, rules loaded, audit writable, first
// probe round done. Not "every server is up".
import type { ReadinessCheck, ReadinessState } from './admin/metrics-server.js';
import type { ListenResult } from './gateway/listening.js';

export interface ReadinessParts {
  readonly listening: readonly ListenResult[];
  readonly serving: { readonly ready: ReadinessState };
  readonly rules: { readonly ruleSet: unknown };
  readonly audit: { readonly writable: ReadinessState };
  readonly topology: { current(): unknown };
}

export function readinessChecks(parts: ReadinessParts): readonly ReadinessCheck[] {
  const { listening, serving, rules, audit, topology } = parts;
  return [
    {
      name: 'listeners',
      check: () => {
        const failed = listening.find((result) => result.kind === 'failed');
        return failed?.kind === 'failed' ? { ok: false, reason: failed.message } : { ok: true };
      },
    },
    { name: 'workers', check: () => serving.ready },
    {
      name: 'rules',
      check: () => holds(rules.ruleSet !== undefined, 'no rules loaded'),
    },
    { name: 'audit', check: () => audit.writable },
    {
      name: 'probe',
      check: () => holds(topology.current() !== undefined, 'the first probe round is not done'),
    },
  ];
}

function holds(ok: boolean, reason: string): ReadinessState {
  return ok ? { ok } : { ok, reason };
}
