// What is remembered of a binary log: a destructive event, and how many row deletes a table saw.
// Types, and which effects count as destruction.
import type { Effect, StatementEffect } from '../sql/effect.js';
import type { DomainGtid, LogState } from './domains.js';
import type { Gtid } from './gtid-set.js';
import type { Place } from './place.js';

/** How an event is told apart from others: by what its server line counts transactions with. */
export type EventName =
  | { readonly kind: 'gtid'; readonly gtid: Gtid }
  | { readonly kind: 'domain'; readonly gtid: DomainGtid; readonly before: LogState }
  | { readonly kind: 'anonymous' };

/** One place in a log where something was done, as a consumer would be sent it. */
export interface LoggedEvent {
  /** Where its event group begins: what a consumer that executed up to here would begin with. */
  readonly start: Place;
  /** Behind its last event, as far as it was read. */
  readonly end: Place;
  /** The server it was first logged at: that one never applies it again. */
  readonly serverId: number;
  readonly name: EventName;
}

export interface DestructiveEvent extends LoggedEvent {
  readonly effects: readonly StatementEffect[];
  /** Masked and cut. */
  readonly statement: string;
}

/** Events that deleted rows of one table in one file: how many, and the last of them. */
export interface RowDeletes {
  readonly table: string;
  readonly events: number;
  readonly last: LoggedEvent;
}

/**
 * Effects that lose data where they are replayed. A rename, a dropped index or view loses none, and
 * deployments log them daily; what reads as opaque was logged by what it did.
 */
const DESTRUCTIVE: ReadonlySet<Effect> = new Set([
  'drop-database',
  'drop-table',
  'truncate-table',
  'drop-partition',
  'drop-column',
  'drop-routine',
  'drop-user',
  'drop-tablespace',
  'replace-table',
  'delete-unbounded',
  'update-unbounded',
  'unreadable',
]);

/** Code that is only kept destroys nothing when its CREATE is replayed. */
export function destructiveOf(effects: readonly StatementEffect[]): readonly StatementEffect[] {
  return effects.filter(({ effect, deferred }) => !deferred && DESTRUCTIVE.has(effect));
}

/** The name people and servers call it by: its GTID or, without one, where it stands. */
export function eventLabel({ name, start }: LoggedEvent): string {
  const at = `${start.file}:${start.position}`;
  switch (name.kind) {
    case 'gtid':
      return `${name.gtid.name}:${name.gtid.number}`;
    case 'domain':
      return `${name.gtid.domain}-${name.gtid.server}-${name.gtid.sequence}`;
    case 'anonymous':
      return at;
  }
  return name satisfies never;
}
