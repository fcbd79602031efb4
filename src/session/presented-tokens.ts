// The signed approvals that a session has presented and not used or forgotten. They are for the guard
// alone: no message, log or record shows one.

/** A session may present this many; the oldest go first. */
export const TOKENS_MAX = 16;

const NONE: readonly string[] = [];

export class PresentedTokens {
  #tokens = NONE;

  get all(): readonly string[] {
    return this.#tokens;
  }

  /** Each once. None at all: those it had are forgotten. */
  present(tokens: readonly string[]): void {
    if (tokens.length === 0) this.clear();
    else this.#tokens = [...new Set([...this.#tokens, ...tokens])].slice(-TOKENS_MAX);
  }

  clear(): void {
    this.#tokens = NONE;
  }
}
