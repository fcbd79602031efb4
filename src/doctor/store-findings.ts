// A control database of approvals that cannot be used, or that could lose what it confirmed. Pure.
import type { StoreLook } from '../approval/look-at-store.js';
import type { Finding } from './finding.js';

export function storeFindings(looks: readonly StoreLook[]): readonly Finding[] {
  return looks
    .filter(({ kind }) => kind !== 'fine')
    .map(({ kind, message, mend }) => ({
      id: 'approvals-store',
      severity: kind === 'risky' ? 'warning' : 'error',
      message,
      ...(mend === undefined ? {} : { mend }),
    }));
}
