// The words for what a statement would do. Rules match these names, never text. Types only: who
// finds them is effects/<family>.ts, who judges them is policy/.

/** Every effect by the name that rules, metrics and audit records use (docs/effects.md). */
export const EFFECTS = [
  'drop-database',
  'drop-table',
  'truncate-table',
  'drop-view',
  'drop-index',
  'drop-partition',
  'drop-column',
  'drop-routine',
  'drop-user',
  'drop-tablespace',
  'replace-table',
  'rename-table',
  'delete-unbounded',
  'update-unbounded',
  'destroy-history',
  'relink',
  'unlog',
  'run-opaque',
  'unreadable',
] as const;

export type Effect = (typeof EFFECTS)[number];

/**
 * One object of an effect. `name` is absent where the object is a whole schema (DROP DATABASE
 * app: `{ schema: 'app' }`). `schema` is absent where it could not be known: a bare name in a
 * session whose default schema is unknown, or an object outside any schema (a user).
 * `verb` is the statement's own words for it, for the message: `DROP TABLE`, `TRUNCATE`.
 */
export interface EffectObject {
  readonly schema?: string;
  readonly name?: string;
  /** As the server estimates them, where a rule asked; 'unknown': asked in vain. */
  readonly rows?: ObjectSize;
  readonly bytes?: ObjectSize;
}

export type ObjectSize = number | 'unknown';

/** What a server said of one object's size. */
export interface Size {
  readonly rows: ObjectSize;
  readonly bytes: ObjectSize;
}

/** By the very object that was asked about; one that is absent is unknown. */
export type Sizes = ReadonlyMap<EffectObject, Size>;

/** One effect of one statement, with every object it would have it on. */
export interface StatementEffect {
  readonly effect: Effect;
  /** The statement's own words, upper case, for messages: `DROP TABLE`, `TRUNCATE TABLE`. */
  readonly verb: string;
  readonly objects: readonly EffectObject[];
  /** In code kept for later (routine, trigger or event body; `init_connect`). */
  readonly deferred: boolean;
  /** Why, for `run-opaque` and `unreadable`, and for any surprising reading. */
  readonly reason?: string;
  /** The code that does it, where the server keeps that: `in procedure app.p`. */
  readonly by?: string;
  /**
   * Something before it in the text may have switched logging: what the session says of it when the
   * text comes is no answer.
   */
  readonly isLoggingOpen?: true;
  /** What it would run, where only the session knows that: its own variable or prepared text. */
  readonly runs?: RunText;
  /** One table, dropped first of all: if it is a temporary one, nothing else is dropped. */
  readonly mayBeTemporary?: true;
}

/** Code that a statement names without holding it. */
export interface RunText {
  readonly kind: 'variable' | 'prepared';
  readonly name: string;
}

/** `app.t`, `app` or `t`: the object as messages and records name it. */
export function objectLabel(object: EffectObject): string {
  return [object.schema, object.name].filter((part) => part !== undefined).join('.');
}
