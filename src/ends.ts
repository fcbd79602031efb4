// How to stop what was started so far, the last first: for a start that fails half-way, and for the end.

export class Ends {
  readonly #ends: (() => unknown)[] = [];

  add(end: () => unknown): void {
    this.#ends.push(end);
  }

  async all(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end();
  }
}
