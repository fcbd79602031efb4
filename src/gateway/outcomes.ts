// The second half of a permitted statement's evidence: what became of it, where the binary log stood
// after it, and where in it the statement itself is. Whatever cannot be told is left out; nothing
// here holds a client up.
import type { Metrics } from '../admin/metrics.js';
import { type LoggedPlace, type OutcomeRecord, outcomeRecord } from '../audit/record.js';
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Facts, Question } from '../policy/verdict.js';
import type { PlaceAsk } from '../residue/statement-places.js';
import type { BinlogCoordinates, ServerAnswer } from '../topology/snapshot.js';
import type { Outcome } from './guard.js';

export interface OutcomesParts {
  readonly clock: Clock;
  readonly topology: {
    coordinates(server: string): Promise<BinlogCoordinates | undefined>;
  };
  /** Where a statement is in its server's log. Never rejects; absent: it is not looked for. */
  readonly places?: (ask: PlaceAsk) => Promise<readonly LoggedPlace[] | undefined>;
  readonly audit: { append(record: OutcomeRecord): Promise<void> };
  readonly metrics: Pick<Metrics, 'auditRecord' | 'auditWriteFailed'>;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

interface Permitted {
  readonly server: string;
  readonly permittedAtMs: number;
  readonly effects: Facts['effects'];
  /** The guarded server, as it was before the statement. */
  readonly view: ServerAnswer | undefined;
}

export class Outcomes {
  readonly #parts: OutcomesParts;
  /** Permitted statements whose response has not ended, by record id. */
  readonly #waiting = new Map<string, Permitted>();

  constructor(parts: OutcomesParts) {
    this.#parts = parts;
  }

  permitted(recordId: string, { requester }: Question, { effects, picture }: Facts): void {
    const { server } = requester;
    const view = picture?.views.get(server);
    this.#waiting.set(recordId, {
      server,
      permittedAtMs: this.#parts.clock.monotonic(),
      effects,
      view: view?.kind === 'answered' ? view : undefined,
    });
  }

  /** Returns at once, and knows each permit once. */
  answered(recordId: string, outcome: Outcome): void {
    const permitted = this.#waiting.get(recordId);
    if (permitted === undefined) return;
    this.#waiting.delete(recordId);
    void this.#record(recordId, permitted, outcome);
  }

  async #record(recordId: string, permitted: Permitted, outcome: Outcome): Promise<void> {
    const { clock, topology, audit, metrics, warn } = this.#parts;
    const { server } = permitted;
    const durationMs = clock.monotonic() - permitted.permittedAtMs;
    try {
      const binlogAfter = await topology.coordinates(server);
      const loggedAs = await this.#places(permitted, binlogAfter);
      const ended = { id: recordId, nowMs: clock.now(), server, outcome, durationMs };
      await audit.append(
        outcomeRecord({
          ...ended,
          ...(binlogAfter === undefined ? {} : { binlogAfter }),
          ...(loggedAs === undefined ? {} : { loggedAs }),
        }),
      );
      metrics.auditRecord();
    } catch (thrown) {
      metrics.auditWriteFailed();
      const reason = messageOf(thrown);
      warn('the outcome of a permitted statement could not be recorded', {
        server,
        recordId,
        reason,
      });
    }
  }

  async #places(
    { server, effects, view }: Permitted,
    after: BinlogCoordinates | undefined,
  ): Promise<readonly LoggedPlace[] | undefined> {
    const { places } = this.#parts;
    const before = view?.coordinates;
    if (view === undefined || before === undefined || after === undefined) return undefined;
    const dialect = { flavour: view.flavour, version: view.version };
    const { serverId } = view.identity;
    return await places?.({ server, effects, dialect, serverId, before, after });
  }
}
