// What this Interlock remembers of control databases by itself: how many changes each had when it last
// looked. One that has fewer later was put back from a copy, or has lost what it had confirmed.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeDurably } from './durable-file.js';

/** Of stores that have been replaced too: a copy of one of them may come back. */
const MARKS_MAX = 64;

const schema = z.record(z.string(), z.number().int().min(0));

/** By the id of the store. Never changed: what is remembered is in another one. */
export type Marks = ReadonlyMap<string, number>;

export class StoreMarks {
  readonly #file: string;
  #marks: Marks | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** As they are now: what is read of a store after this must not be less. Throws for a broken file. */
  get now(): Marks {
    this.#marks ??= readMarks(this.#file);
    return this.#marks;
  }

  /** Until this process ends. */
  remember(id: string, changes: number): void {
    if ((this.now.get(id) ?? -1) >= changes) return;
    const others = [...this.now].filter(([other]) => other !== id);
    this.#marks = new Map([...others.slice(1 - MARKS_MAX), [id, changes]]);
  }

  /** Also for the next process: on disk when this returns. */
  keep(): void {
    writeDurably(this.#file, `${JSON.stringify(Object.fromEntries(this.now))}\n`);
  }
}

function readMarks(file: string): Marks {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return new Map();
    throw thrown;
  }
  const read = schema.safeParse(jsonOf(text));
  if (!read.success) throw new Error(`${file} is damaged: remove it`);
  return new Map(Object.entries(read.data));
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
