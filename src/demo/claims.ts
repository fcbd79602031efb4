// What the demo asserts of itself. Each claim is checked on the servers as it is made; one that
// does not hold fails the whole run.
import type { Script } from './script.js';

export interface Claim {
  readonly act: number;
  readonly text: string;
  readonly holds: boolean;
}

export class Claims {
  readonly #script: Script;
  readonly #made: Claim[] = [];

  constructor(script: Script) {
    this.#script = script;
  }

  check(act: number, holds: boolean, text: string): void {
    this.#made.push({ act, holds, text });
    this.#script.claim(holds, text);
  }

  get made(): readonly Claim[] {
    return this.#made;
  }

  get allHold(): boolean {
    return this.#made.every((claim) => claim.holds);
  }
}
