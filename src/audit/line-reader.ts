// Reads audit files a line at a time, with the place of each: file, line and byte. Plain files and
// those that rotation has compressed (.gz). It never holds more than one line.
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { placeOf } from './chain.js';

export interface AuditLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Where it begins, from 0; in a compressed file, of what it holds. */
  readonly byte: number;
  readonly bytes: Buffer;
  /** False for a last line without its newline. */
  readonly isWhole: boolean;
}

const NEWLINE = 0x0a;
/** A line longer than this is no record: it comes in pieces of at least so many bytes. */
const LINE_BYTES_MAX = 64 * 1024 * 1024;

export async function* linesOf(file: string): AsyncGenerator<AuditLine> {
  let line = 0;
  let byte = 0;
  let rest: Buffer[] = [];
  let restBytes = 0;
  const take = (bytes: Buffer, isWhole: boolean): AuditLine => {
    line += 1;
    const taken = { file, line, byte, bytes, isWhole };
    byte += bytes.length + (isWhole ? 1 : 0);
    return taken;
  };
  for await (const chunk of streamOf(file)) {
    let piece: Buffer = chunk;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE)) {
      yield take(Buffer.concat([...rest, piece.subarray(0, at)]), true);
      rest = [];
      restBytes = 0;
      piece = piece.subarray(at + 1);
    }
    rest.push(piece);
    restBytes += piece.length;
    if (restBytes <= LINE_BYTES_MAX) continue;
    yield take(Buffer.concat(rest), false);
    rest = [];
    restBytes = 0;
  }
  if (restBytes > 0) yield take(Buffer.concat(rest), false);
}

/** The record in a line; undefined for what is none. */
export function recordIn(line: AuditLine): Readonly<Record<string, unknown>> | undefined {
  if (!line.isWhole) return undefined;
  try {
    const value: unknown = JSON.parse(line.bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** By the number of the first record in each; what has none comes first. */
export async function inChainOrder(files: readonly string[]): Promise<readonly string[]> {
  const numbered = await Promise.all(
    files.map(async (file) => ({ file, seq: (await firstSeq(file)) ?? 0 })),
  );
  return numbered.toSorted((a, b) => a.seq - b.seq).map(({ file }) => file);
}

async function firstSeq(file: string): Promise<number | undefined> {
  for await (const line of linesOf(file)) {
    const place = placeOf(recordIn(line));
    if (place !== undefined) return place.seq;
  }
  return undefined;
}

/** The audit file and what rotation made of its past: `audit.jsonl.1`, `audit.jsonl-20261127.gz`. */
export async function rotatedFiles(file: string): Promise<readonly string[]> {
  const folder = dirname(file);
  const name = basename(file);
  const names: readonly string[] = await readdir(folder).catch(() => []);
  const past = names.filter((each) => {
    const suffix = each.startsWith(name) ? each.slice(name.length) : '';
    return /^[.-]\d[\d.T:_-]*(\.gz)?$/.test(suffix);
  });
  const current = names.includes(name) ? [name] : [];
  return [...past, ...current].map((each) => join(folder, each));
}

async function* streamOf(file: string): AsyncGenerator<Buffer> {
  const raw = createReadStream(file);
  if (!file.endsWith('.gz')) {
    yield* raw;
    return;
  }
  const unpacked = createGunzip();
  raw.on('error', (thrown) => unpacked.destroy(thrown));
  yield* raw.pipe(unpacked);
}
