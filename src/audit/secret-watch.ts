// Notices where a statement is about to name a secret, so that one which is not a literal (a
// password somebody forgot to quote, in a statement that fails) is masked all the same. Literals
// are masked by redact.ts whatever stands before them.

/** How many words may stand between IDENTIFIED and its BY, AS or USING: a plugin's name, OR, VIA. */
const IDENTIFIED_REACH_WORDS = 6;

/** Words after BY, AS and USING that are grammar and no secret. */
const GRAMMAR = new Set(['PASSWORD', 'RANDOM', 'VIA', 'WITH', 'ROLE']);

/** REPLACE gives the current password beside the new one. */
const JOINS = new Set(['BY', 'AS', 'USING', 'REPLACE']);

/** Options whose value is a secret once `=` or `(` follows. */
const SECRET_OPTION = /(?:PASSWORD|PASSPHRASE|AUTH_STRING|AUTHENTICATION_STRING)$/;

/** Fed with the tokens of one text in order. */
export class SecretWatch {
  private wordsSinceIdentified = Number.POSITIVE_INFINITY;
  private optionBefore = false;
  private expectsSecret = false;
  private previous = '';
  /** SET PASSWORD [FOR account] = …: the account stands between. */
  private setsPassword = false;

  /** Whether this word is a secret. */
  word(text: string): boolean {
    const word = text.toUpperCase();
    if (this.expectsSecret && !GRAMMAR.has(word)) {
      this.literal();
      return true;
    }
    this.optionBefore = SECRET_OPTION.test(word) || word === 'CONNECTION';
    const joins = JOINS.has(word);
    if (joins && this.wordsSinceIdentified < IDENTIFIED_REACH_WORDS) this.expectsSecret = true;
    if (word === 'PASSWORD' && this.previous === 'SET') this.setsPassword = true;
    this.previous = word;
    this.wordsSinceIdentified = word === 'IDENTIFIED' ? 0 : this.wordsSinceIdentified + 1;
    return false;
  }

  symbol(byte: number): void {
    const opens = byte === 0x3d || byte === 0x28;
    if (opens && (this.optionBefore || this.setsPassword)) this.expectsSecret = true;
    if (byte !== 0x3b) return;
    this.setsPassword = false;
    this.wordsSinceIdentified = Number.POSITIVE_INFINITY;
    this.literal();
  }

  /** Whether a literal here would be a secret: some options take theirs without `=`. */
  get awaitsSecret(): boolean {
    return this.expectsSecret || this.optionBefore;
  }

  /** A literal was masked: whatever secret was awaited, this was it. */
  literal(): void {
    this.expectsSecret = false;
    this.optionBefore = false;
  }
}
