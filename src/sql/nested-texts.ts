// What the texts in a text's literals come to, each read once: a text may hold the same one a hundred
// thousand times, or too many to be read at all. How they are read is unite.ts's.
import type { StatementEffect } from './effect.js';

/** More different texts than these in the literals of one text are not read. */
const MOST_NESTED = 5_000;

export class NestedTexts {
  readonly #known = new Map<string, readonly StatementEffect[]>();

  /** Undefined where there are too many. `how`: what else its reading depends on. */
  read(
    text: Uint8Array,
    how: string,
    read: () => readonly StatementEffect[],
  ): readonly StatementEffect[] | undefined {
    const latin1 = Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('latin1');
    const key = `${how} ${latin1}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST_NESTED) return undefined;
    const effects = read();
    this.#known.set(key, effects);
    return effects;
  }
}
