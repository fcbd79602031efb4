// The second half of a permitted statement's evidence: what became of it, where the binary log stood
// after it, and where in it the statement itself is. Whatever cannot be told is left out; nothing
// here holds a client up.
import type { Metrics } from '../admin/metrics.js';
import {
  type LoggedPlace,
  type LoggedRecord,
  type OutcomeRecord,
  outcomeRecord,
} from '../audit/record.js';
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
  readonly audit: { append(record: OutcomeRecord | LoggedRecord): Promise<void> };
  readonly metrics: Pick<Metrics, 'auditRecord' | 'auditWriteFailed'>;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

interface Permitted {
  readonly recordId: string;
  readonly server: string;
  readonly session: number;
  readonly permittedAtMs: number;
  readonly effects: Facts['effects'];
  /** The guarded server, as it was before the statement. */
  readonly view: ServerAnswer | undefined;
}

/** Of more than these the end of the transaction is not waited for. */
const OPEN_MAX = 1_000;

type Found = Pick<OutcomeRecord, 'binlogAfter' | 'loggedAs'>;

export class Outcomes {
  readonly #parts: OutcomesParts;
  /** Permitted statements whose response has not ended, by record id. */
  readonly #waiting = new Map<string, Permitted>();
  /** Those whose response has ended and whose transaction has not. */
  #open: readonly Permitted[] = [];

  constructor(parts: OutcomesParts) {
    this.#parts = parts;
  }

  permitted(recordId: string, { requester }: Question, { effects, picture }: Facts): void {
    const { server, session } = requester;
    const view = picture?.views.get(server);
    this.#waiting.set(recordId, {
      ...{ recordId, server, session, effects },
      permittedAtMs: this.#parts.clock.monotonic(),
      view: view?.kind === 'answered' ? view : undefined,
    });
  }

  /** Returns at once, and knows each permit once. */
  answered(recordId: string, outcome: Outcome): void {
    const permitted = this.#waiting.get(recordId);
    if (permitted === undefined) return;
    this.#waiting.delete(recordId);
    if (outcome.isOpen === true && this.#open.length < OPEN_MAX) {
      this.#open = [...this.#open, permitted];
    }
    void this.#record(permitted, outcome);
  }

  /** What the session did in its transaction is logged now, or never will be. Returns at once. */
  transactionEnded(session: number): void {
    const ended = this.#open.filter((permitted) => permitted.session === session);
    this.left(session);
    for (const permitted of ended) void this.#recordLogged(permitted);
  }

  /** The session is gone, and what it left open with it. */
  left(session: number): void {
    this.#open = this.#open.filter((permitted) => permitted.session !== session);
  }

  #record(permitted: Permitted, outcome: Outcome): Promise<void> {
    const { recordId, server } = permitted;
    const durationMs = this.#parts.clock.monotonic() - permitted.permittedAtMs;
    // What its transaction has not committed is not in the log.
    const isLogged = outcome.isOpen !== true;
    return this.#append(permitted, isLogged, (nowMs, found) =>
      outcomeRecord({ id: recordId, nowMs, server, outcome, durationMs, ...found }),
    );
  }

  #recordLogged(permitted: Permitted): Promise<void> {
    const { recordId: id, server } = permitted;
    return this.#append(permitted, true, (nowMs, found) => {
      const time = new Date(nowMs).toISOString();
      return { v: 1, kind: 'logged', id, time, server, ...found };
    });
  }

  /** Never rejects. */
  async #append(
    permitted: Permitted,
    isLogged: boolean,
    make: (nowMs: number, found: Found) => OutcomeRecord | LoggedRecord,
  ): Promise<void> {
    const { clock, topology, audit, metrics, warn } = this.#parts;
    const { server, recordId } = permitted;
    try {
      const binlogAfter = await topology.coordinates(server);
      const loggedAs = isLogged ? await this.#places(permitted, binlogAfter) : undefined;
      const found = {
        ...(binlogAfter === undefined ? {} : { binlogAfter }),
        ...(loggedAs === undefined ? {} : { loggedAs }),
      };
      await audit.append(make(clock.now(), found));
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
