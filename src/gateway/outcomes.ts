// The second half of a permitted statement's evidence: what became of it, where the binary log stood
// after it, and where in it the statement itself is. Whatever cannot be told is left out; nothing
// here holds a client up.
import type { Metrics } from '../admin/metrics.js';
import {
  type LoggedPlace,
  type LoggedRecord,
  type OutcomeRecord,
  outcomeRecord,
} from '../audit/outcome-record.js';
import type { Clock } from '../clock.js';
import { messageOf } from '../errors.js';
import type { Facts, Question } from '../policy/verdict.js';
import type { PlaceAsk } from '../residue/statement-places.js';
import type { TransactionEnd } from '../session/effects.js';
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
  /** The last place of its log that was known when the statement was let go. */
  readonly before: BinlogCoordinates | undefined;
}

/** Where a server's log stood, and since when it was asked. */
interface Stood {
  readonly askedAtMs: number;
  readonly coordinates: BinlogCoordinates | undefined;
}

/** Its outcome comes before what became of its transaction. */
interface Open {
  readonly permitted: Permitted;
  readonly recorded: Promise<void>;
}

/** Of more than these the end of the transaction is not waited for. */
const OPEN_MAX = 1_000;

type Found = Pick<OutcomeRecord, 'binlogAfter' | 'loggedAs'>;
type Became = Omit<LoggedRecord, 'v' | 'kind' | 'id' | 'time' | 'server'>;

export class Outcomes {
  readonly #parts: OutcomesParts;
  /** Permitted statements whose response has not ended, by record id. */
  readonly #waiting = new Map<string, Permitted>();
  /** Those whose response has ended and whose transaction has not. */
  #open: readonly Open[] = [];
  /** By server, where its log stood after a statement: later ones come behind it. */
  readonly #stood = new Map<string, Stood>();
  /** What is being recorded. */
  readonly #recording = new Set<Promise<void>>();

  constructor(parts: OutcomesParts) {
    this.#parts = parts;
  }

  permitted(recordId: string, { requester }: Question, { effects, picture }: Facts): void {
    const { server, session } = requester;
    const said = picture?.views.get(server);
    const view = said?.kind === 'answered' ? said : undefined;
    const stood = this.#stood.get(server);
    const isNewer = stood !== undefined && stood.askedAtMs > (view?.askedAtMonotonicMs ?? Infinity);
    this.#waiting.set(recordId, {
      ...{ recordId, server, session, effects, view },
      permittedAtMs: this.#parts.clock.monotonic(),
      before: isNewer ? stood.coordinates : view?.coordinates,
    });
  }

  /** Returns at once, and knows each permit once. */
  answered(recordId: string, outcome: Outcome): void {
    const permitted = this.#waiting.get(recordId);
    if (permitted === undefined) return;
    this.#waiting.delete(recordId);
    const recorded = this.#record(permitted, outcome);
    this.#note(recorded);
    if (outcome.isOpen === true && this.#open.length < OPEN_MAX) {
      this.#open = [...this.#open, { permitted, recorded }];
    }
  }

  /** What the session did in its transaction is logged now, or never will be. Returns at once. */
  transactionEnded(session: number, end: TransactionEnd): void {
    this.#close(session, (permitted) => this.#recordLogged(permitted, end));
  }

  /** The session is gone, and what it left open with it: a COMMIT may still be on its way. */
  left(session: number): void {
    this.#close(session, (permitted) =>
      this.#append(permitted, async () => this.#logged(permitted, { transaction: 'left-open' })),
    );
  }

  #close(session: number, record: (permitted: Permitted) => Promise<void>): void {
    const [closed, open] = [
      this.#open.filter(({ permitted }) => permitted.session === session),
      this.#open.filter(({ permitted }) => permitted.session !== session),
    ];
    this.#open = open;
    for (const { permitted, recorded } of closed) {
      this.#note(recorded.then(() => record(permitted)));
    }
  }

  /** Once all that has ended by now is on record. */
  async settled(): Promise<void> {
    await Promise.all(this.#recording);
  }

  #note(recording: Promise<void>): void {
    this.#recording.add(recording);
    void recording.finally(() => this.#recording.delete(recording));
  }

  #record(permitted: Permitted, outcome: Outcome): Promise<void> {
    const { recordId: id, server, permittedAtMs } = permitted;
    const durationMs = this.#parts.clock.monotonic() - permittedAtMs;
    return this.#append(permitted, async () => {
      // What its transaction has not committed is not in the log.
      const isLogged = outcome.isOpen !== true;
      const found = await this.#found(permitted, isLogged, outcome.gtids);
      const nowMs = this.#parts.clock.now();
      return outcomeRecord({ id, nowMs, server, outcome, durationMs, ...found });
    });
  }

  #recordLogged(permitted: Permitted, { isUndone, gtids }: TransactionEnd): Promise<void> {
    return this.#append(permitted, async () => {
      // What somebody else did meanwhile must not pass for what was undone.
      const found = await this.#found(permitted, isUndone !== true, gtids);
      return this.#logged(permitted, {
        ...(isUndone === true ? { transaction: 'rolled-back' } : {}),
        ...(gtids === undefined ? {} : { gtids }),
        ...found,
      });
    });
  }

  #logged({ recordId: id, server }: Permitted, became: Became): LoggedRecord {
    const time = new Date(this.#parts.clock.now()).toISOString();
    return { v: 1, kind: 'logged', id, time, server, ...became };
  }

  /** Where the log stands by now, and where in it the statement is. */
  async #found(permitted: Permitted, isLogged: boolean, gtids?: readonly string[]): Promise<Found> {
    const { clock, topology } = this.#parts;
    const { server } = permitted;
    const askedAtMs = clock.monotonic();
    const binlogAfter = await topology.coordinates(server);
    this.#stood.set(server, { askedAtMs, coordinates: binlogAfter });
    const loggedAs = isLogged ? await this.#places(permitted, binlogAfter, gtids) : undefined;
    return {
      ...(binlogAfter === undefined ? {} : { binlogAfter }),
      ...(loggedAs === undefined ? {} : { loggedAs }),
    };
  }

  /** Never rejects. */
  async #append(
    { server, recordId }: Permitted,
    make: () => Promise<OutcomeRecord | LoggedRecord>,
  ): Promise<void> {
    const { audit, metrics, warn } = this.#parts;
    try {
      await audit.append(await make());
      metrics.auditRecord();
    } catch (thrown) {
      metrics.auditWriteFailed();
      const reason = messageOf(thrown);
      const text = 'the outcome of a permitted statement could not be recorded';
      warn(text, { server, recordId, reason });
    }
  }

  async #places(
    { server, effects, view, before }: Permitted,
    after: BinlogCoordinates | undefined,
    gtids: readonly string[] = [],
  ): Promise<readonly LoggedPlace[] | undefined> {
    const { places } = this.#parts;
    if (view === undefined || before === undefined || after === undefined) return undefined;
    const dialect = { flavour: view.flavour, version: view.version };
    const { serverId } = view.identity;
    return await places?.({ server, effects, dialect, serverId, before, after, gtids });
  }
}
