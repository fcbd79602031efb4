// Follows CALLs into the routines they run, and the CALLs in those, until nothing is left to follow.
// What cannot be seen stays `run-opaque`, with the reason. Knows no server: `look` asks it.
import type { StatementEffect } from '../sql/effect.js';
import {
  type CodeContext,
  type CodeLook,
  causedBy,
  distinct,
  effectsOfCode,
  type NamedCode,
  namedCode,
  routineLabel,
  type StoredCode,
} from './stored-code.js';

/** More routines than these behind one statement are not looked at. */
export const MOST_ROUTINES = 64;

export interface Follow extends CodeContext {
  /** Reads the code as it is now. `database`: the default schema where it is called. */
  look(code: NamedCode, database: string | undefined): Promise<CodeLook>;
}

/** A CALL or an ALTER EVENT on the way, and what led to it. */
interface Step {
  readonly effect: StatementEffect;
  readonly named: NamedCode;
  readonly database: string | undefined;
  /** `in procedure app.q, called by procedure app.p`; '' for the statement's own. */
  readonly by: string;
}

export interface Followed {
  readonly effects: readonly StatementEffect[];
  /** The session's default schema may be another afterwards. */
  readonly moves: boolean;
}

/** The effects with every CALL and ALTER EVENT among them replaced by what their code does. */
export async function followed(
  effects: readonly StatementEffect[],
  database: string | undefined,
  follow: Follow,
): Promise<Followed> {
  let moves = false;
  const found: StatementEffect[] = [];
  const waiting: Step[] = [];
  const seen = new Set<string>();
  const sort = (effect: StatementEffect, place: Omit<Step, 'effect' | 'named'>): void => {
    const named = namedCode(effect);
    if (named === undefined) found.push(place.by === '' ? effect : causedBy(effect, place.by));
    else waiting.push({ ...place, effect, named });
  };
  for (const effect of effects) sort(effect, { database, by: '' });
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const { effect, named, by } = step;
    const labels = (named.kind === 'event' ? named.objects : [named.object]).map(routineLabel);
    const key = `${named.kind} ${effect.deferred} ${labels.join(' ')}`.toLowerCase();
    // A routine that calls itself does what it does; once is enough.
    if (seen.has(key)) continue;
    seen.add(key);
    const looked = await lookAt(step, seen.size, follow);
    if (looked.kind === 'hidden') {
      moves = true;
      const opaque = opaqueCall(effect, looked.reason);
      found.push(by === '' ? opaque : causedBy(opaque, by));
      continue;
    }
    const { code } = looked;
    moves ||= mayMove(code);
    const inside = by === '' ? `in ${code.label}` : `in ${code.label}, called ${by}`;
    for (const done of effectsOfCode(code, follow)) {
      sort({ ...done, deferred: effect.deferred }, { database: code.schema, by: inside });
    }
  }
  return { effects: distinct(found), moves };
}

/**
 * A routine may not USE. On MariaDB it may EXECUTE a text that does, and the session stays there
 * (measured); and one may drop the schema the session is in.
 */
function mayMove({ create }: StoredCode): boolean {
  const text = Buffer.from(create.buffer, create.byteOffset, create.byteLength).toString('latin1');
  return /execute|drop/i.test(text);
}

async function lookAt(step: Step, count: number, follow: Follow): Promise<CodeLook> {
  const { named, database } = step;
  if (count > MOST_ROUTINES) {
    return { kind: 'hidden', reason: `more than ${MOST_ROUTINES} routines call one another` };
  }
  return await follow.look(named, database);
}

/** The CALL as it stays when what it runs cannot be seen. */
export function opaqueCall(effect: StatementEffect, why: string): StatementEffect {
  return { ...effect, reason: why };
}
