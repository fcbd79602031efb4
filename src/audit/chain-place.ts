// What some lines of the audit file have besides their record and their place in the chain (`seq` and
// `prev`): a signature of all before them. Types only; audit-chain.ts puts it there.

export interface Checkpoint {
  /** The public half of the key that signs: 32 bytes in base64. */
  readonly key: string;
  /** The byte of the file where the line begins, for the first since the file was opened. */
  readonly at?: number;
  /** What stood before it in the file and in no chain: the bytes that a crash cut off. */
  readonly unchained?: { readonly bytes: number; readonly sha256: string };
  /** How many durable records the file lacked when it was opened. */
  readonly lost?: number;
}
