// Audit files as the sink writes them, for tests that change them afterwards.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutcomeRecord } from '../../src/audit/outcome-record.js';
import { AuditSink } from '../../src/audit/sink.js';
import { type Verified, type VerifyOptions, verifyFiles } from '../../src/audit/verify.js';
import { temporaryFolder } from './temporary-folder.js';

export const outcome = (id: string): OutcomeRecord => ({
  v: 1,
  kind: 'outcome',
  id,
  time: '2026-11-23T00:00:00.000Z',
  server: 'db1',
  outcome: 'ok',
  durationMs: 1,
});

/** Appends records of these ids in one life of the sink. */
export async function write(file: string, ids: readonly string[]): Promise<void> {
  const sink = await AuditSink.open({ file, pid: process.pid });
  for (const id of ids) await sink.append(outcome(id));
  await sink.close();
}

/** A file of six records, written in two lives: R1 to R3 and R4 to R6. */
export async function sixRecords(): Promise<string> {
  const file = join(temporaryFolder(), 'audit.jsonl');
  await write(file, ['R1', 'R2', 'R3']);
  await write(file, ['R4', 'R5', 'R6']);
  return file;
}

export const linesIn = (file: string): readonly string[] =>
  readFileSync(file, 'utf8').split('\n').slice(0, -1);

/** Rewrites the file's lines. */
export function change(file: string, to: (lines: string[]) => readonly string[]): void {
  const lines = to([...linesIn(file)]);
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
}

/** What is wrong, as `kind line`. */
export async function problemsOf(
  files: readonly string[],
  options: VerifyOptions = {},
): Promise<readonly string[]> {
  const { problems }: Verified = await verifyFiles(files, options);
  return problems.map(({ kind, line }) => (line === undefined ? kind : `${kind} ${line}`));
}
