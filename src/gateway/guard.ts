// The way of a guarded statement: fresh links → verdict → record → permit or denial, in this order
// and nowhere else. Whatever goes wrong on the way is a built-in denial.
import type { Judgement, Question } from '../policy/verdict.js';

/** What became of a permitted statement, as its response told. */
export interface Outcome {
  readonly kind: 'ok' | 'error' | 'connection-lost';
  readonly errorCode?: number;
}

export interface Guard {
  /** Never rejects. */
  judge(question: Question): Promise<Judgement>;
  /** The response of a permitted statement has ended, or its connection has. */
  answered(recordId: string, outcome: Outcome): void;
}
