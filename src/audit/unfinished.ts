// What the end of an audit file leaves open: statements that were let through and of which nothing
// was recorded afterwards, because whoever let them pass ended first. Reads only, and no more than
// the end: what is older had its time.
import { open } from 'node:fs/promises';
import type { LoggedRecord, OutcomeRecord } from './outcome-record.js';

const END_BYTES = 4 * 1024 * 1024;

/** The records that close them, in their order: what became of them is not known. */
export async function unfinishedIn(
  file: string,
  nowMs: number,
): Promise<readonly (OutcomeRecord | LoggedRecord)[]> {
  const time = new Date(nowMs).toISOString();
  const left = new Map<string, OutcomeRecord | LoggedRecord>();
  for (const record of await lastRecords(file)) {
    const { id, server, kind } = record;
    const of = { v: 1, id, time, server } as const;
    const isPermit = kind === 'decision' && record.verdict === 'permit';
    if (isPermit) left.set(id, { ...of, kind: 'outcome', outcome: 'unknown' });
    if (kind === 'logged') left.delete(id);
    if (kind !== 'outcome') continue;
    left.delete(id);
    if (record.inTransaction === true) {
      left.set(id, { ...of, kind: 'logged', transaction: 'unknown' });
    }
  }
  return [...left.values()];
}

interface Read {
  readonly kind: string;
  readonly id: string;
  readonly server: string;
  readonly verdict?: unknown;
  readonly inTransaction?: unknown;
}

async function lastRecords(file: string): Promise<readonly Read[]> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(0, size - END_BYTES);
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(size - from),
      0,
      size - from,
      from,
    );
    const lines = buffer.subarray(0, bytesRead).toString('utf8').split('\n');
    // The first one may have begun before the end that is read.
    return (from === 0 ? lines : lines.slice(1)).flatMap((line) => readRecord(line));
  } finally {
    await handle.close();
  }
}

function readRecord(line: string): readonly Read[] {
  try {
    const { kind, id, server, verdict, inTransaction } = { ...JSON.parse(line) };
    if (typeof kind !== 'string' || typeof id !== 'string' || typeof server !== 'string') return [];
    return [{ kind, id, server, verdict, inTransaction }];
  } catch {
    // What a crash cut off.
    return [];
  }
}
