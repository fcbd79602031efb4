// The metrics of the interface for approvers on their own machines: how its requests ended. Never who
// asked, or from where: labels are bounded, and the log has that.
import type { Registry } from 'prom-client';
import { counter } from './instruments.js';

/** `limited`: cut before it could say anything. */
export const ADMIN_RESULTS = [
  'challenged',
  'served',
  'refused',
  'unauthenticated',
  'limited',
] as const;

export type AdminResult = (typeof ADMIN_RESULTS)[number];

export class ApproverMetrics {
  readonly #requests;

  constructor(registry: Registry) {
    const help = 'Requests to admin.listen by how they ended.';
    this.#requests = counter(registry, 'admin_requests_total', help, ['result']);
    for (const result of ADMIN_RESULTS) this.#requests.inc({ result }, 0);
  }

  request(result: AdminResult): void {
    this.#requests.inc({ result });
  }
}
