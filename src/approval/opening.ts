// A new request on its way into the store: its terms, and the caps that it may meet. The old ones are
// never pushed out.
import type { Clock } from '../clock.js';
import { loadApprovers } from './approvers.js';
import { type AssessedBy, type Assessment, assess } from './assessment.js';
import type { Happenings } from './happenings.js';
import { digestOf } from './json.js';
import type { ApprovalRequest } from './request.js';
import type { ApprovalStore, RequestCaps } from './store.js';

export interface OpeningParts {
  readonly store: ApprovalStore;
  readonly approversPath: string;
  readonly clock: Clock;
  readonly gatherMs: number;
  readonly executeMs: number;
  readonly caps: RequestCaps;
  readonly newRequestId: () => string;
}

export class Opening {
  readonly #parts: OpeningParts;
  readonly #happenings: Pick<Happenings, 'tell'>;

  constructor(parts: OpeningParts, happenings: Pick<Happenings, 'tell'>) {
    this.#parts = parts;
    this.#happenings = happenings;
  }

  /** What a request opened now has, whatever it is for. */
  terms(store: string) {
    const { clock, gatherMs, executeMs, newRequestId } = this.#parts;
    const openedMs = clock.now();
    const gatherUntilMs = openedMs + gatherMs;
    return { v: 1, id: newRequestId(), store, openedMs, gatherUntilMs, executeMs } as const;
  }

  /** The new request, or the one that somebody else has just opened; else why there is none. */
  async open(
    request: ApprovalRequest,
    as: { readonly fingerprint: string; readonly situation: string },
  ): Promise<Assessment | { readonly note: string }> {
    const { store, caps, clock, approversPath } = this.#parts;
    const { id, openedMs, gatherUntilMs, executeMs, uses, requester } = request;
    const runMs = request.kind === 'batch' ? request.runMs : 0;
    const approvers = await loadApprovers(approversPath);
    const by = { approvers, nowMs: clock.now(), storeId: request.store };
    const spent = await this.#spent(as.fingerprint, by);
    // What cannot be signed any more, or is another session's, is not found again: it is asked anew.
    const situation = spent.length === 0 ? as.situation : digestOf({ ...as, after: spent });
    const row = {
      ...{ id, openedMs, gatherUntilMs, uses, fingerprint: as.fingerprint, situation },
      endsMs: gatherUntilMs + executeMs + runMs,
      account: requester.user,
      body: JSON.stringify(request),
    };
    const opening = await store.openRequest(row, caps);
    if (opening.kind === 'full') {
      const whose = opening.of === 'account' ? `of ${requester.user} ` : '';
      return { note: `No request was opened: ${opening.open} ${whose}are open already.` };
    }
    if (opening.kind === 'opened') await this.#happenings.tell({ event: 'requested', request });
    const assessed = await assess(opening.request, by);
    if (assessed === undefined) throw new Error('the store gave back another request');
    return assessed;
  }

  /** Open by the store's clock, and yet nothing more can come of them for somebody who asks now. */
  async #spent(fingerprint: string, by: AssessedBy): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const stored of await this.#parts.store.recent(fingerprint)) {
      if (stored.state !== 'open') continue;
      const assessed = await assess(stored, by);
      const isOver = assessed?.phase === 'lapsed' || assessed?.phase === 'restored';
      if (isOver || stored.hold !== undefined) ids.push(stored.id);
    }
    return ids.toSorted();
  }
}
