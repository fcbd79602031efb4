// What a client reads when its session is ended because the links of what it had in flight got
// worse: what it was, whom it would reach now, what became of it. Bounded in bytes, like a denial.

import { DENIAL_BYTES_MAX } from './explain.js';
import {
  byteLength,
  cutToBytes,
  plainWords,
  reachList,
  safeName,
  worstFirst,
} from './message-parts.js';
import type { Decision, Facts } from './verdict.js';

export interface Farewell {
  /** In words: `DROP TABLE app.t`. */
  readonly what: string;
  readonly facts: Facts;
  readonly decision: Decision;
  readonly recordId: string;
  /** The server could not be made to stop it. */
  readonly isRunning?: boolean;
  /** The request that it had passed on. */
  readonly approval?: string;
}

const STOPPED =
  '. The server was told to stop it and to roll back what was not committed: see what was done, ' +
  'sever, then repeat it.';
const RUNNING =
  '. The server could NOT be made to stop it: sever at once, and tell whoever runs Interlock.';

export function farewellMessage(farewell: Farewell): string {
  const { what, facts, decision, recordId, isRunning, approval } = farewell;
  const earlier =
    approval === undefined
      ? 'while nobody followed'
      : `on approval ${approval}, given for better links`;
  const tail = ` Rule ${decision.rule}. Record ${recordId}.`;
  const head =
    `Interlock ended this session: ${cutToBytes(safeName(what), 150)} passed on ` +
    `${plainWords(facts.requester.server)} ${earlier}, and now it would reach `;
  const after = isRunning === true ? RUNNING : STOPPED;
  const reach = worstFirst(facts.reach);
  const budget = DENIAL_BYTES_MAX - byteLength(head) - byteLength(after) - byteLength(tail);
  const lists = [4, 2, 1].map((shown) => reachList(reach, shown));
  const list = lists.find((text) => byteLength(text) <= budget) ?? lists.at(-1) ?? '';
  return head + cutToBytes(list, budget) + after + tail;
}
