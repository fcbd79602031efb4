// How a store's work asks its database: it yields one question after another and is given the answers,
// so that the same work runs where they are there at once (a file) and where they are awaited.
import type { StoredRow } from './row-values.js';

export type Value = string | number;

export interface Question {
  readonly kind: 'rows' | 'change';
  readonly sql: string;
  readonly values: readonly Value[];
}

/** Of rows the rows, of a change how many rows it was about. */
export interface Answer {
  readonly rows: readonly StoredRow[];
  readonly affected: number;
}

export type Work<T> = Generator<Question, T, Answer>;

/** Where every answer is there at once. */
export function runNow<T>(work: Work<T>, ask: (question: Question) => Answer): T {
  let step = work.next();
  while (step.done !== true) step = work.next(ask(step.value));
  return step.value;
}

/** One question after another. */
export async function runAwaited<T>(
  work: Work<T>,
  ask: (question: Question) => Promise<Answer>,
): Promise<T> {
  let step = work.next();
  while (step.done !== true) step = work.next(await ask(step.value));
  return step.value;
}

export function* rows(sql: string, values: readonly Value[]): Work<readonly StoredRow[]> {
  return (yield { kind: 'rows', sql, values }).rows;
}

export function* change(sql: string, values: readonly Value[]): Work<number> {
  return (yield { kind: 'change', sql, values }).affected;
}
