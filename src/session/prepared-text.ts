// A text that the session has prepared, by id or by name, in which something is or may be guarded.
// A server parses it when it is prepared and may again at any execution, under the modes of that
// moment: what it does is everything that it was ever parsed as.
import type { StatementEffect } from '../sql/effect.js';
import type { FiringNames } from '../sql/firing-names.js';
import type { TextFacts } from '../sql/statement-facts.js';

export interface PreparedReading {
  readonly worst: TextFacts;
  /** As the session was when it was prepared; absent where that was not asked. */
  readonly asked?: TextFacts | undefined;
  /** The default schema then. */
  readonly database?: string | undefined;
  /** What fired code then. */
  readonly firing?: FiringNames | undefined;
}

export class PreparedText {
  readonly text: Buffer;
  /** Under every reading there is. */
  readonly worst: TextFacts;
  /** The default schema of its bare names, for good; undefined: not known. */
  readonly database: string | undefined;
  /** What fired code when it was read. */
  readonly firing: FiringNames | undefined;
  /** What it was parsed as so far; undefined when that was not asked. */
  #parsedAs: ReadonlyMap<string, StatementEffect> | undefined;

  constructor(text: Buffer, read: PreparedReading) {
    this.text = text;
    this.worst = read.worst;
    this.database = read.database;
    this.firing = read.firing;
    this.#parsedAs = read.asked === undefined ? undefined : byContent(read.asked.effects);
  }

  /** What running it now may do, as the text reads now. */
  united(now: TextFacts): TextFacts {
    if (this.#parsedAs === undefined) return this.worst;
    const all = new Map([...this.#parsedAs, ...byContent(now.effects)]);
    return { ...now, effects: [...all.values()] };
  }

  /** It is on its way, and may be parsed as it reads now. */
  runs(now: TextFacts | undefined): void {
    if (now === undefined) this.#parsedAs = undefined;
    else if (this.#parsedAs !== undefined) {
      this.#parsedAs = new Map([...this.#parsedAs, ...byContent(now.effects)]);
    }
  }
}

function byContent(effects: readonly StatementEffect[]): ReadonlyMap<string, StatementEffect> {
  return new Map(effects.map((effect) => [JSON.stringify(effect), effect]));
}
