// The texts that a session has prepared by PREPARE, by their names. What a name stands for that is
// not here is not known, and EXECUTE of it may do anything.
import type { Prepares } from '../sql/effects/walk.js';
import type { PreparedText } from './prepared-text.js';

/** More names, or more text, than these are not kept. */
export const KEPT_NAMES = 256;
export const KEPT_NAMED_BYTES = 1024 * 1024;

const BEYOND_ASCII = /[^\0-\x7f]/;

export class PreparedNames {
  /** Most sessions prepare nothing. */
  #byName: Map<string, PreparedText> | undefined;
  #bytes = 0;

  /** Names are ASCII here, and no server tells their case apart. */
  find(name: string): PreparedText | undefined {
    return this.#byName?.get(name.toLowerCase());
  }

  /** What a command that ran did to the names. A PREPARE that fails takes its name away. */
  note(prepares: Prepares | undefined, isOk: boolean, make: (text: Buffer) => PreparedText): void {
    if (prepares === undefined) return;
    if (prepares === 'unknown') {
      this.clear();
      return;
    }
    this.#forget(prepares.name);
    // A server converts the text to another character set first: then ASCII alone stays as it is.
    const text = prepares.text === undefined ? undefined : Buffer.from(prepares.text);
    if (!isOk || text === undefined || BEYOND_ASCII.test(text.toString('latin1'))) return;
    const hasRoom = (this.#byName?.size ?? 0) < KEPT_NAMES;
    if (hasRoom && this.#bytes + text.length <= KEPT_NAMED_BYTES)
      this.#keep(prepares.name, make(text));
  }

  clear(): void {
    this.#byName = undefined;
    this.#bytes = 0;
  }

  #keep(name: string, prepared: PreparedText): void {
    this.#byName ??= new Map();
    this.#byName.set(name.toLowerCase(), prepared);
    this.#bytes += prepared.text.length;
  }

  #forget(name: string): void {
    this.#bytes -= this.find(name)?.text.length ?? 0;
    this.#byName?.delete(name.toLowerCase());
  }
}
