// What the guard is told of people's word on one statement. Types only.
import type { DecisionApproval } from '../policy/verdict.js';
import type { Situation } from './request.js';

/** Only `approved` lets a statement pass, and only that one. */
export type Standing =
  | {
      readonly kind: 'approved';
      readonly approval: DecisionApproval;
      /** What was signed for: it holds only while nothing is worse. */
      readonly signed: Situation;
    }
  | { readonly kind: 'not-approved'; readonly approval: DecisionApproval };
