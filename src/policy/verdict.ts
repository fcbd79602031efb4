// The words of a decision: what is asked, what is answered. Types only.

import type { RelinkResidue } from '../residue/relink.js';
import type { Effect, StatementEffect } from '../sql/effect.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { Picture, ReachEntry } from '../topology/snapshot.js';
import type { CommandName } from '../wire/commands.js';
import type { Logging } from './logging.js';
import type { Permit } from './permit.js';

/** Who asks: everything about the session that a rule can match. */
export interface Requester {
  /** The guarded server's name in the configuration. */
  readonly server: string;
  /** Interlock's own number of this session. */
  readonly session: number;
  /** The server's thread id of this session, as its greeting said. */
  readonly threadId: number;
  /** The login name, without host. */
  readonly user: string;
  readonly address: string;
  readonly port: number;
  /** The client's own claim (connection attribute `program_name`): a hint, never trusted. */
  readonly program?: string;
  /** The default schema, when it is known. */
  readonly database?: string;
}

/** A guarded command on its way: what the session asks of the guard. */
export interface Question {
  readonly requester: Requester;
  readonly command: CommandName;
  /** The exact payload that would be forwarded, taken once. */
  readonly payload: Uint8Array;
  /** The statement's bytes within it. */
  readonly text: Uint8Array;
  /**
   * All but its last packet, which is `payload`, is at the server already, and `text` is only the
   * beginning. It runs nowhere without that packet; a refusal ends the session.
   */
  readonly isStreamed?: true;
  /** It may commit what is in flight: its own session's transaction, or one prepared by XA. */
  readonly commits?: true;
  readonly facts: TextFacts;
  /** What its session said of its logging just before; absent: not asked, or not answered. */
  readonly logging?: Logging;
  /** Which server its session is on (topology/leg.ts); absent: not asked, or not answered. */
  readonly leg?: string;
  /**
   * The session was not asked, and can be: it passes only if no answer could change that. `leg` is
   * what it said of itself before.
   */
  readonly isUnasked?: true;
  /** Signed approvals that the session presented with SET @interlock_token: never shown or logged. */
  readonly tokens?: readonly string[];
  /** The request that a sealed key opened the glass for in this session: all of it is recorded. */
  readonly breakGlass?: string;
  /**
   * Set when the session itself cannot let it pass (an unknown command, a malformed packet, a
   * reader that threw): no rule is asked, the answer is this built-in denial, recorded like any.
   */
  readonly refusal?: { readonly rule: BuiltInRule; readonly reason: string };
}

/** What the guard answers. There is no other answer, and no default. */
export type Judgement =
  | {
      readonly kind: 'permitted';
      readonly permit: Permit;
      /** '' where nothing was recorded: nothing guarded behind its CALL, nothing committed. */
      readonly recordId: string;
      /** What it CALLs leaves the session's default schema alone. */
      readonly staysPut?: true;
      /** It passed only because its links are severed, and is watched until it is logged. */
      readonly isInFlight?: true;
      /** From now on every statement of the session is recorded: a sealed key let one pass. */
      readonly breakGlass?: string;
    }
  | {
      readonly kind: 'refused';
      /** The text of the ERR packet, complete and within its length. */
      readonly message: string;
      readonly recordId: string;
      readonly afterwards?: 'latch' | 'close';
    }
  /** Nothing is decided yet: what the session would answer matters (only of what is `isUnasked`). */
  | { readonly kind: 'ask' };

export type VerdictKind = 'permit' | 'deny' | 'require-approval';

export type RuleMode = 'enforce' | 'shadow' | 'off';

/** Reserved ids: rules that no file can switch off, and `none` for what no rule matched. */
export const BUILT_IN_RULES = [
  'built-in-unknown-command',
  'built-in-malformed',
  'built-in-audit-unavailable',
  'built-in-no-rules',
  'built-in-failure',
  'built-in-not-asked',
  'built-in-in-flight',
] as const;

export type BuiltInRule = (typeof BUILT_IN_RULES)[number];

/** The rule id of a guarded statement that no rule matched. */
export const NO_RULE = 'none';

/** One rule that matched one effect of the statement. */
export interface RuleMatch {
  readonly rule: string;
  readonly title: string;
  readonly verdict: Exclude<VerdictKind, 'permit'> | 'permit';
  /** The mode it counts under: the strictest-to-laxest minimum of rule, server and process. */
  readonly mode: Exclude<RuleMode, 'off'>;
  readonly effect: Effect;
  readonly afterwards?: 'latch' | 'close';
  /** It matches whatever the links are, so that severing them is no way out. */
  readonly severedToo?: true;
  /** The name of the exception that lifted it; then it only reports. */
  readonly exception?: string;
}

/** What approvals had to do with a decision that a rule left to people. */
export interface DecisionApproval {
  /** The request it passed on, or waits for; absent when none could be opened. */
  readonly request?: string;
  /** Who has signed, of a statement that passed. */
  readonly by?: readonly string[];
  /** It passed on a sealed key alone, too few people having signed. */
  readonly isSealed?: true;
  /** Its use was taken: whatever becomes of the statement, it is not given back. */
  readonly isUsed?: true;
  /** What is missing, or why nothing can be approved: for the message. ASCII, one line. */
  readonly note?: string;
}

/** The outcome of the rules for one question: a value, with its evidence. */
export interface Decision {
  /** What is done: in shadow mode `permit`, though `rule` would have refused. */
  readonly verdict: VerdictKind;
  /** The id that decided, or in shadow would have: a rule, `none` or a built-in. */
  readonly rule: string;
  /** What `rule` says, whether enforced or not. */
  readonly wouldBe: VerdictKind;
  readonly mode: 'enforce' | 'shadow';
  /** The effect the deciding rule matched; absent for `none` and some built-ins. */
  readonly effect?: StatementEffect;
  readonly matches: readonly RuleMatch[];
  /** What is wrong and how to mend it, for built-in denials: a sentence for the message. */
  readonly reason?: string;
  readonly afterwards?: 'latch' | 'close';
  /** Hash of the rule set that judged. */
  readonly revision: string;
  /** Set once people were looked for who could let it pass. */
  readonly approval?: DecisionApproval;
}

/** What the rules are asked: pure data, so that `explain` and the rules' tests ask the same way. */
export interface Facts {
  readonly requester: Requester;
  readonly effects: readonly StatementEffect[];
  /** Whether the statement would be written to the binary log; 'unknown' counts as logged. */
  readonly logged: boolean | 'unknown';
  readonly reach: readonly ReachEntry[];
  /** The part of `reach` that what the session logs gets to; absent: all of it (logging.ts). */
  readonly travelsTo?: readonly ReachEntry[];
  readonly logging?: Logging;
  /** The picture the reach was taken from; absent in `explain --links`. */
  readonly picture?: Picture;
  /** What a relinking statement would replay; absent: it was not asked, and may be anything. */
  readonly residue?: RelinkResidue;
  /** The guarded server's lower_case_table_names; absent: unknown, and the stricter reading counts. */
  readonly lowerCaseTableNames?: number;
  /** Now, milliseconds since the epoch: exceptions expire. */
  readonly nowMs: number;
}
