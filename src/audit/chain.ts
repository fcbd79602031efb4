// How records hold together: each line carries its number (`seq`) and the SHA-256 of the line before
// it (`prev`), so that a change, a gap or another order shows. Pure: text in, text out. verify.ts
// follows the chain; seal.ts signs its checkpoints.
import { createHash } from 'node:crypto';

/** Where a chain stands: its last record's number and the SHA-256 of that line, in hex. */
export interface Head {
  readonly seq: number;
  readonly hash: string;
}

/** Before the first record. */
export const GENESIS: Head = { seq: 0, hash: '' };

const HASH = /^(?:[0-9a-f]{64})?$/;
/** So much of a hash has to be given for it to name a line: as much as a metric can hold. */
const PREFIX_DIGITS = 13;

/** The JSON text of an object, put behind `head`; `more` is appended as it is. */
export function linkedBody(body: string, head: Head, more = ''): string {
  return `${body.slice(0, -1)},"seq":${head.seq + 1},"prev":"${head.hash}"${more}}`;
}

export function headAt(line: Uint8Array | string, seq: number): Head {
  return { seq, hash: createHash('sha256').update(line).digest('hex') };
}

/** What a line says of its place; undefined for a line that is no record of a chain. */
export function placeOf(
  record: unknown,
): { readonly seq: number; readonly prev: string } | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  if (!('seq' in record && 'prev' in record)) return undefined;
  const { seq, prev } = record;
  const isPlace = Number.isSafeInteger(seq) && typeof prev === 'string' && HASH.test(prev);
  return isPlace && Number(seq) > 0 ? { seq: Number(seq), prev } : undefined;
}

/** `1234:9f86d0…`: how a head is logged, exported and given to `audit verify`. */
export function headText({ seq, hash }: Head): string {
  return `${seq}:${hash}`;
}

/** A head as given by a person; its hash may be cut after 13 digits. */
export function parseHead(text: string): Head | undefined {
  const match = /^(\d{1,15}):([0-9a-f]+)$/i.exec(text.trim());
  const hash = (match?.[2] ?? '').toLowerCase();
  if (match === null || hash.length < PREFIX_DIGITS || hash.length > 64) return undefined;
  return { seq: Number(match[1]), hash };
}

/** The first 52 bits of the hash: what a float of a metric holds exactly. */
export function hashNumber({ hash }: Head): number {
  return hash === '' ? 0 : Number.parseInt(hash.slice(0, PREFIX_DIGITS), 16);
}
