// What XA has prepared in a log and what finishes it later: the consumer that has executed the PREPARE
// has lost nothing yet, and loses it by the COMMIT. Pure but for its own memory of the log.
import type { StatementEffect } from '../sql/effect.js';

/** What a prepared transaction destroys once it is committed. */
export interface Loss {
  readonly effects: readonly StatementEffect[];
  readonly statement: string;
}

/** Prepared transactions remembered at once; servers hold fewer. */
const PREPARED_MAX = 1_000;
const XID = String.raw`(X'[0-9a-f]*',\s*X'[0-9a-f]*',\s*\d+)`;
const START = new RegExp(`^XA START ${XID}`, 'i');
const FINISH = new RegExp(`^XA (COMMIT|ROLLBACK) ${XID}`, 'i');

export class Prepared {
  readonly #byXid = new Map<string, Loss | 'nothing'>();
  /** The one that is being read. */
  #current: string | undefined;

  /** `XA START X'78',X'',1`, as a text or in the GTID event of a MariaDB server. */
  begin(info: string): void {
    this.#current = START.exec(info.trim())?.[1];
    if (this.#current === undefined) return;
    const oldest = this.#byXid.keys().next().value;
    if (this.#byXid.size >= PREPARED_MAX && oldest !== undefined) this.#byXid.delete(oldest);
    this.#byXid.set(this.#current, 'nothing');
  }

  /** A statement inside it; outside of one nothing is noted. */
  lost(loss: Loss): void {
    if (this.#current === undefined) return;
    const before = this.#byXid.get(this.#current);
    const known = before === undefined || before === 'nothing' ? undefined : before;
    this.#byXid.set(this.#current, {
      effects: [...(known?.effects ?? []), ...loss.effects],
      statement: known?.statement ?? loss.statement,
    });
  }

  /** Its group ends; it may be finished much later. */
  end(): void {
    this.#current = undefined;
  }

  /** What a text destroys by committing it; undefined where it commits nothing of the kind. */
  finishedBy(text: string): Loss | undefined {
    const [, verb = '', xid] = FINISH.exec(text.trim()) ?? [];
    if (xid === undefined) return undefined;
    const loss = this.#byXid.get(xid);
    this.#byXid.delete(xid);
    if (verb.toUpperCase() === 'ROLLBACK' || loss === 'nothing') return undefined;
    if (loss !== undefined) return { ...loss, statement: `XA COMMIT of ${loss.statement}` };
    return { effects: [UNSEEN], statement: 'XA COMMIT of what was prepared earlier' };
  }
}

const UNSEEN: StatementEffect = {
  effect: 'unreadable',
  verb: 'XA COMMIT',
  objects: [],
  reason: 'what it commits was prepared before the part of the log that was read',
  deferred: false,
};
