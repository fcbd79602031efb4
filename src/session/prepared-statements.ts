// The prepared statements of one session: what each id stands for. An id that is not here was
// never judged, so it is never executed.
import type { TextFacts } from '../sql/statement-facts.js';
import { LAST_PREPARED } from '../wire/packets/com-stmt-id.js';
import { type PreparedReading, PreparedText } from './prepared-text.js';

/** Texts of guarded statements that one session may keep, in bytes. */
export const KEPT_TEXT_BYTES = 16 * 1024 * 1024;
/** Texts of unguarded ones, which are only needed when other code fires by then. */
export const KEPT_SOURCE_BYTES = 1024 * 1024;

export interface PreparedStatement {
  readonly facts: TextFacts;
  /** With everything it was parsed as; absent where nothing in it is guarded. */
  readonly prepared?: PreparedText | undefined;
  /** Kept for those in which something is guarded: what the guard and the record are shown. */
  readonly text: Buffer;
  /** Whether a session that takes no more writes may still run it. */
  readonly readOnly: boolean;
  /** Whether it may commit what is in flight; if so its text is kept too, unless it is long. */
  readonly mayCommit?: boolean;
  /** All of its session is recorded: its text is kept to be shown, while there is room. */
  readonly isRecorded?: boolean;
  /** By what it is read again once other code fires. */
  readonly source?: PreparedSource;
}

export interface PreparedSource extends Pick<PreparedReading, 'database' | 'firing'> {
  /** Undefined where the session has no room for it. */
  readonly text: Buffer | undefined;
}

/** No COMMIT is longer. */
const COMMIT_BYTES = 1_024;

const NO_TEXT = Buffer.alloc(0);

export class PreparedStatements {
  /** Most sessions prepare nothing, and an empty map is not small. */
  #byId: Map<number, PreparedStatement> | undefined;
  #lastId: number | undefined;
  #keptBytes = 0;
  #sourceBytes = 0;

  get size(): number {
    return this.#byId?.size ?? 0;
  }

  hasRoomFor(statement: PreparedStatement): boolean {
    return this.#hasRoom(isKept(statement) ? statement.text : NO_TEXT);
  }

  #hasRoom({ length }: Buffer): boolean {
    return this.#keptBytes + length <= KEPT_TEXT_BYTES;
  }

  /** Copies the text: it is a view of a packet that must not be held any longer. */
  add(id: number, statement: PreparedStatement, read: Omit<PreparedReading, 'worst'> = {}): void {
    this.remove(id);
    const { facts: worst, readOnly, mayCommit } = statement;
    const isGuarded = worst.effects.length > 0;
    const isShown = statement.isRecorded === true && this.#hasRoom(statement.text);
    const text = isKept(statement) || isShown ? Buffer.from(statement.text) : NO_TEXT;
    const source = this.#sourceOf(text, statement.text, read);
    const prepared = isGuarded ? new PreparedText(text, { worst, ...read }) : undefined;
    this.#byId ??= new Map();
    this.#byId.set(id, {
      facts: worst,
      text,
      readOnly,
      prepared,
      source,
      ...(mayCommit === undefined ? {} : { mayCommit }),
    });
    this.#keptBytes += text.length;
    this.#lastId = id;
  }

  #sourceOf(kept: Buffer, text: Buffer, read: Omit<PreparedReading, 'worst'>): PreparedSource {
    const { database, firing } = read;
    if (kept.length > 0) return { text: kept, database, firing };
    if (this.#sourceBytes + text.length > KEPT_SOURCE_BYTES)
      return { text: undefined, database, firing };
    this.#sourceBytes += text.length;
    return { text: Buffer.from(text), database, firing };
  }

  /** A PREPARE that failed, or was refused, leaves MariaDB's "last one" without meaning. */
  forgetLast(): void {
    this.#lastId = undefined;
  }

  find(id: number): PreparedStatement | undefined {
    const meant = id === LAST_PREPARED ? this.#lastId : id;
    return meant === undefined ? undefined : this.#byId?.get(meant);
  }

  remove(id: number): void {
    const meant = id === LAST_PREPARED ? this.#lastId : id;
    if (meant === undefined) return;
    const gone = this.#byId?.get(meant);
    this.#keptBytes -= gone?.text.length ?? 0;
    if (gone?.text.length === 0) this.#sourceBytes -= gone.source?.text?.length ?? 0;
    this.#byId?.delete(meant);
    if (meant === this.#lastId) this.#lastId = undefined;
  }

  clear(): void {
    this.#byId = undefined;
    this.#lastId = undefined;
    this.#keptBytes = 0;
    this.#sourceBytes = 0;
  }
}

function isKept({ facts, mayCommit, text }: PreparedStatement): boolean {
  return facts.effects.length > 0 || (mayCommit === true && text.length <= COMMIT_BYTES);
}
