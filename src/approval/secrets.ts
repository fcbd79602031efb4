// Which literals of a statement are secrets, and what stands for them: `***` for the eye, a keyed
// hash for the signature. The secret itself is never kept.
import { SecretWatch } from '../audit/secret-watch.js';

export const SECRET_MARK = '***';

/** Text in a literal that itself sets a secret: a statement for PREPARE or EXECUTE IMMEDIATE. */
const HOLDS_SECRET =
  /identified\s+(?:by|with|via)|(?:password|passphrase|auth_string)['"`\s]*[=('"]|connection\s*=/i;

/** Fed with the tokens of one statement in order. */
export class Secrets {
  readonly #keyedHash: (secret: Uint8Array) => string;
  readonly #watch = new SecretWatch();
  readonly #hashes: string[] = [];

  constructor(keyedHash: (secret: Uint8Array) => string) {
    this.#keyedHash = keyedHash;
  }

  get hashes(): readonly string[] {
    return this.#hashes;
  }

  /** What stands for a bare word: itself, unless somebody forgot to quote a secret. */
  word(bytes: Uint8Array, text: string): string | undefined {
    return this.#watch.word(text) ? this.#hide(bytes) : undefined;
  }

  symbol(byte: number): void {
    this.#watch.symbol(byte);
  }

  literal(bytes: Uint8Array): string | undefined {
    const isSecret = this.#watch.awaitsSecret;
    this.#watch.literal();
    if (isSecret) return this.#hide(bytes);
    return HOLDS_SECRET.test(Buffer.from(bytes).toString('latin1')) ? this.#hide(bytes) : undefined;
  }

  statementEnds(): void {
    this.#watch.symbol(0x3b);
  }

  #hide(bytes: Uint8Array): string {
    this.#hashes.push(this.#keyedHash(bytes));
    return SECRET_MARK;
  }
}
