// Which statements are put to the guard before their session is asked, in the hope that every answer
// leads to the same permit: the DROPs of a restore, in a session that has been asked before. Decides
// nothing: the guard says whether the answers matter.
import type { Effect } from '../sql/effect.js';
import type { TextFacts } from '../sql/statement-facts.js';
import type { CommandName } from '../wire/commands.js';
import type { AskedWhy } from './session-options.js';
import type { Settled, Settling, Unsettled } from './settling.js';

/** What a session said of itself when it was asked, as long as nothing has come that may change it. */
export interface Heard {
  /** Which server it is on: that stays so for as long as its connection does. */
  readonly leg: string;
}

/** A statement whose session could still be asked. */
export interface StillUnasked extends Heard {
  readonly settling: Settling;
}

/**
 * They end by themselves, and none changes what its session would say. Of what stays in a transaction,
 * or would change it, the answers always matter.
 */
const DROPS: ReadonlySet<Effect> = new Set<Effect>([
  'drop-table',
  'drop-view',
  'drop-routine',
  'drop-database',
]);

export function mayGoUnasked(
  command: CommandName,
  { worst, prepared }: Unsettled,
  why: AskedWhy,
): boolean {
  if (command !== 'COM_QUERY' || prepared !== undefined || why !== 'logging') return false;
  if (worst.hangsOnSession !== undefined || worst.statements.length !== 1) return false;
  return areDrops(worst) && worst.effects.every(({ objects }) => objects.every(isPlaced));
}

/**
 * Only of a session that logs: what is not logged is not in flight, and whether it is matters then.
 * A table that was a temporary one tells of a session that has such tables.
 */
export function heardFrom({ leg, logging, facts, reading }: Settled): Heard | undefined {
  const isLogging = logging?.binlog === true;
  const isTemporary = facts.effects.length === 0 && reading?.effects.length !== 0;
  return leg !== undefined && isLogging && !isTemporary ? { leg } : undefined;
}

/** What of that holds on behind a command. */
export function stillHeard(
  heard: Heard | undefined,
  { name, facts }: { readonly name: CommandName; readonly facts?: TextFacts | undefined },
): Heard | undefined {
  if (name === 'COM_CHANGE_USER' || name === 'COM_RESET_CONNECTION') return undefined;
  return facts === undefined || areDrops(facts) ? heard : undefined;
}

function areDrops({ effects }: TextFacts): boolean {
  return effects.every(
    ({ effect, deferred, isLoggingOpen }) => DROPS.has(effect) && !deferred && !isLoggingOpen,
  );
}

function isPlaced({ schema }: { readonly schema?: string }): boolean {
  return schema !== undefined;
}
