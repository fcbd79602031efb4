// Looks at the end of an audit file for the last record of a chain, and at what stands behind it
// that is none: what a crash cut off, or lines of a time before there was a chain.
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { type Head, headAt, placeOf } from './chain.js';

export interface Tail {
  /** Absent where no line of the file is in a chain. */
  readonly head?: Head;
  /** What stands behind the last record of the chain; absent where that is nothing. */
  readonly unchained?: { readonly bytes: number; readonly sha256: string };
}

const NEWLINE = 0x0a;
const STEP_BYTES = 8_192;

/** Of a file that ends with a newline, or is empty. */
export async function tailOf(handle: FileHandle): Promise<Tail> {
  const { size } = await handle.stat();
  let end = size;
  while (end > 0) {
    const { start, line } = await lastLine(handle, end);
    const place = placeOf(parsed(line));
    if (place !== undefined) {
      return { head: headAt(line, place.seq), ...(await unchainedFrom(handle, end, size)) };
    }
    end = start;
  }
  return unchainedFrom(handle, 0, size);
}

/** The line that ends, newline included, at `end`. */
async function lastLine(
  handle: FileHandle,
  end: number,
): Promise<{ readonly start: number; readonly line: Buffer }> {
  const pieces: Buffer[] = [];
  let at = end - 1;
  while (at > 0) {
    const from = Math.max(0, at - STEP_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(at - from), 0, at - from, from);
    const newline = buffer.lastIndexOf(NEWLINE);
    pieces.unshift(buffer.subarray(newline + 1));
    if (newline >= 0) return { start: from + newline + 1, line: Buffer.concat(pieces) };
    at = from;
  }
  return { start: 0, line: Buffer.concat(pieces) };
}

async function unchainedFrom(handle: FileHandle, from: number, size: number): Promise<Tail> {
  if (from >= size) return {};
  const hash = createHash('sha256');
  const step = Buffer.alloc(STEP_BYTES);
  for (let at = from; at < size; at += STEP_BYTES) {
    const { bytesRead } = await handle.read(step, 0, Math.min(STEP_BYTES, size - at), at);
    hash.update(step.subarray(0, bytesRead));
  }
  return { unchained: { bytes: size - from, sha256: hash.digest('hex') } };
}

function parsed(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}
