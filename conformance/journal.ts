// What a campaign has found so far, in a file, a line a finding: a run that ends early, or crashes,
// loses nothing, and the next one goes on. One file is of one build and one server, never of two.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Finding } from './examine.js';
import type { Result } from './report.js';

/** What all findings of one journal are about. */
export interface Subject {
  /** The server and its version. */
  readonly server: string;
  /** A digest of the build of Interlock that was run. */
  readonly build: string;
}

export interface Journal {
  /** One for each test, however often it was tried. */
  results(): readonly Result[];
  add(result: Result): void;
}

export function journalInMemory(): Journal {
  const findings = new Map<string, Finding>();
  return {
    results: () => [...findings].map(([name, finding]) => ({ name, finding })),
    add: ({ name, finding }) => findings.set(name, together(findings.get(name), finding)),
  };
}

/** The journal in `file`, which is begun if it is not there. */
export function openJournal(file: string, subject: Subject): Journal {
  const journal = journalInMemory();
  if (!existsSync(file)) writeFileSync(file, `${JSON.stringify(subject)}\n`);
  const [first = '', ...lines] = wholeLines(file);
  if (first !== JSON.stringify(subject)) {
    const ours = `${subject.server}, build ${subject.build}`;
    throw new Error(`${file} is about ${first}, and this is ${ours}: name another file`);
  }
  for (const line of lines) journal.add(JSON.parse(line));
  return {
    results: journal.results,
    add: (result) => {
      appendFileSync(file, `${JSON.stringify(result)}\n`);
      journal.add(result);
    },
  };
}

/** A line that was being written when the run was killed is taken off: its test is tried again. */
function wholeLines(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) writeFileSync(file, whole);
  return whole.split('\n').slice(0, -1);
}

/** A test that was different and is the same when tried again was so once: that is not forgotten. */
function together(before: Finding | undefined, now: Finding): Finding {
  const differed = before?.kind === 'different' || before?.kind === 'unsteady';
  if (differed && now.kind === 'same') return { kind: 'unsteady', why: before.why };
  return now;
}
