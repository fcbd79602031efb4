// What a question comes to once the server's own code and tables are known: a CALL is what its routine
// does, and a table may have its rows on another server. Asked before anything is judged.
import type { Known } from '../catalog/catalog.js';
import { calledRoutine } from '../catalog/stored-code.js';
import { messageOf } from '../errors.js';
import type { Question } from '../policy/verdict.js';
import type { StatementEffect } from '../sql/effect.js';

/** What the server's own code and tables make of the effects, looked up now. Never rejects. */
export type AskCatalog = (ask: {
  readonly server: string;
  readonly effects: readonly StatementEffect[];
  readonly database: string | undefined;
}) => Promise<Known>;

export interface KnownInFull {
  /** The question with everything that it would do. */
  readonly question: Question;
  readonly elsewhere: Known['elsewhere'];
  /** What it would run has been read, and nothing in it is guarded: as if it stood in the text. */
  readonly isHarmless: boolean;
  /** All that it is is a CALL, whose routines leave the session's default schema alone. */
  readonly staysPut?: true;
}

export async function knownInFull(
  parts: {
    readonly catalog?: AskCatalog;
    readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
  },
  question: Question,
): Promise<KnownInFull> {
  const { facts, requester, refusal } = question;
  const asIs = { question, elsewhere: [], isHarmless: false };
  if (refusal !== undefined || parts.catalog === undefined) return asIs;
  const { server } = requester;
  // A statement before the last may have moved the session.
  const database = facts.statements.length > 1 ? undefined : requester.database;
  try {
    const known = await parts.catalog({ server, effects: facts.effects, database });
    const { effects, elsewhere, moves } = known;
    return {
      question: { ...question, facts: { ...facts, effects } },
      elsewhere,
      isHarmless: facts.effects.length > 0 && effects.length === 0,
      ...(!moves && isOneCall(facts) ? { staysPut: true } : {}),
    };
  } catch (thrown) {
    parts.warn('the catalog could not be asked', { server, reason: messageOf(thrown) });
    return asIs;
  }
}

function isOneCall({ effects, statements }: Question['facts']): boolean {
  const [only, ...others] = effects;
  if (only === undefined || others.length > 0 || statements.length !== 1) return false;
  return calledRoutine(only) !== undefined && !only.deferred;
}
