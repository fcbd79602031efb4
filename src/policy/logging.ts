// Whether a statement travels at all, as its session said when it was asked: a fact for each kind of
// link. What was not asked, what runs later, and what may have changed meanwhile travels by all.
import type { Effect, StatementEffect } from '../sql/effect.js';
import type { ReachEntry } from '../topology/snapshot.js';
import type { Facts } from './verdict.js';

/** What the session's own statements are written to, at the moment it was asked. */
export interface Logging {
  /** log_bin and sql_log_bin. */
  readonly binlog: boolean;
  /** wsrep_on, which does not look at sql_log_bin; 'unknown' where it was not to be had. */
  readonly galera: boolean | 'unknown';
  /** wsrep_OSU_method is RSU: DDL stays on this node, changes of rows do not (measured). */
  readonly isRsu?: true;
}

/** DDL that was seen to stay under RSU; others count as travelling. */
const STAYS_UNDER_RSU: ReadonlySet<Effect> = new Set<Effect>(['drop-table', 'truncate-table']);

/** Whether Galera carries a statement with these effects. */
export function galeraCarries(logging: Logging, effects: readonly StatementEffect[]): boolean {
  if (logging.galera === false) return false;
  const own = effects.filter(isAsSessionSays);
  return logging.isRsu !== true || own.some(({ effect }) => !STAYS_UNDER_RSU.has(effect));
}

/**
 * These are no changes that a log carries: they are felt by those who read it, or hide statements
 * of which nothing is known, not even that they leave logging as it is.
 */
const REACH_WITHOUT_LOG: ReadonlySet<Effect> = new Set<Effect>([
  'destroy-history',
  'relink',
  'unlog',
  'run-opaque',
  'unreadable',
]);

/** Whether what the session says of its logging holds for this effect. */
export function isAsSessionSays(effect: StatementEffect): boolean {
  if (effect.deferred || effect.isLoggingOpen === true) return false;
  return !REACH_WITHOUT_LOG.has(effect.effect);
}

/** The one word that rules match; Galera carries what the binary log does not. */
export function loggedWord(logging: Logging, isInGalera: boolean): Facts['logged'] {
  if (logging.binlog || (isInGalera && logging.galera === true)) return true;
  return isInGalera && logging.galera === 'unknown' ? 'unknown' : false;
}

/** Of one effect: what a later or hidden statement is logged to is not known. */
export function loggedOf(effect: StatementEffect, { logged }: Pick<Facts, 'logged'>) {
  return logged === false && !isAsSessionSays(effect) ? 'unknown' : logged;
}

/** Who the whole statement would get to. */
export function reachOfStatement(facts: Pick<Facts, 'reach' | 'travelsTo' | 'effects'>) {
  const { reach, travelsTo, effects } = facts;
  return travelsTo !== undefined && effects.every(isAsSessionSays) ? travelsTo : reach;
}

/** Who one effect of a statement would get to. */
export function reachOfEffect(
  effect: StatementEffect,
  facts: Pick<Facts, 'reach' | 'travelsTo'>,
): readonly ReachEntry[] {
  const { reach, travelsTo } = facts;
  return travelsTo !== undefined && isAsSessionSays(effect) ? travelsTo : reach;
}
