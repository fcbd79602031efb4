// What every line of the audit file has besides its record: its place in the chain, and on some a
// signature of all before it. Types only; audit-chain.ts puts them there.

/** What every line has besides: its place in the chain. audit-chain.ts puts it there. */
export interface ChainPlace {
  readonly seq: number;
  readonly prev: string;
  /** On some lines, and on the first of every file: a signature of all before it. */
  readonly checkpoint?: Checkpoint;
  readonly signature?: string;
}

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
