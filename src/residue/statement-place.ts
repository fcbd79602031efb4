// Which transactions of a log are a statement's own: those that had its effects on its objects, and
// were logged first at this server. Pure. Where two could be it, nobody is named: evidence that may
// be of somebody else's statement is worse than none.
import type { LoggedPlace } from '../audit/outcome-record.js';
import type { Dialect } from '../sql/dialect.js';
import type { EffectObject, StatementEffect } from '../sql/effect.js';
import { readText } from '../sql/statement-facts.js';
import type { EventGroup } from './event-groups.js';

export interface SoughtStatement {
  readonly effects: readonly StatementEffect[];
  readonly serverId: number;
  /** What the server told the session that it committed, where it told. */
  readonly gtids?: readonly string[];
}

/** One effect on one object. */
export interface Deed {
  readonly effect: string;
  readonly object: EffectObject | undefined;
}

/** A transaction of a log, and what it did as the log tells it. */
export interface ToldGroup {
  readonly group: EventGroup;
  readonly deeds: readonly Deed[];
}

export function toldGroup(group: EventGroup, dialect: Dialect): ToldGroup {
  return { group, deeds: deedsIn(group, dialect) };
}

/** Undefined: it cannot be told which. Empty: nothing at all was logged. */
export function placesOf(
  groups: readonly ToldGroup[],
  sought: SoughtStatement,
): readonly LoggedPlace[] | undefined {
  if (groups.length === 0) return [];
  const wanted = deedsOf(sought.effects);
  return toldPlaces(groups, sought, wanted) ?? placesByDeed(groups, sought, wanted);
}

/** By the server's own word to the session; undefined where that leaves out any of them. */
function toldPlaces(
  groups: readonly ToldGroup[],
  { gtids = [] }: SoughtStatement,
  wanted: readonly Deed[],
): readonly LoggedPlace[] | undefined {
  const told = new Set(gtids.map((gtid) => gtid.toLowerCase()));
  const theirs = groups.filter(({ group }) => told.has(group.gtid?.toLowerCase() ?? ''));
  if (told.size === 0 || theirs.length < told.size) return undefined;
  if (!theirs.every(({ group }) => group.isWhole)) return undefined;
  // A packet may hold other statements too.
  const own = theirs.filter(({ deeds }) => deeds.some((deed) => isAmong(wanted, deed)));
  return own.length > 0 ? own.map(({ group }) => placeOf(group)) : undefined;
}

/** By what was done to what, and by nobody else. */
function placesByDeed(
  groups: readonly ToldGroup[],
  sought: SoughtStatement,
  wanted: readonly Deed[],
): readonly LoggedPlace[] | undefined {
  const left = [...wanted];
  const places: LoggedPlace[] = [];
  for (const { group, deeds } of groups) {
    if (group.serverId !== sought.serverId) continue;
    const done = deeds.filter((deed) => isAmong(wanted, deed));
    if (done.length === 0) continue;
    // Once a statement has had its effect on an object, who does it again is another statement.
    if (!group.isWhole || !done.every((deed) => takeOne(left, deed))) return undefined;
    places.push(placeOf(group));
  }
  return places.length > 0 ? places : undefined;
}

function placeOf({ file, start, end, gtid }: EventGroup): LoggedPlace {
  return { file, start, end, ...(gtid === undefined ? {} : { gtid }) };
}

function deedsOf(effects: readonly StatementEffect[]): readonly Deed[] {
  return effects.flatMap(({ effect, objects }): readonly Deed[] =>
    objects.length === 0
      ? [{ effect, object: undefined }]
      : objects.map((object) => ({ effect, object })),
  );
}

function deedsIn(group: EventGroup, dialect: Dialect): readonly Deed[] {
  const texts = group.texts.flatMap(({ text, schema }) => {
    const context = { dialect, ...(schema === undefined ? {} : { database: schema }) };
    return deedsOf(readText(Buffer.from(text, 'utf8'), context).effects);
  });
  const rows = [
    ...group.rowDeletes.map((table) => ({ effect: 'delete-unbounded', object: objectOf(table) })),
    ...group.rowUpdates.map((table) => ({ effect: 'update-unbounded', object: objectOf(table) })),
  ];
  return unique([...texts, ...rows]);
}

/** An annotation and the rows it stands over are one deed. */
function unique(deeds: readonly Deed[]): readonly Deed[] {
  return deeds.filter((deed, index) => !deeds.slice(0, index).some((other) => isSame(other, deed)));
}

function objectOf(table: string): EffectObject {
  const at = table.indexOf('.');
  return { schema: table.slice(0, at), name: table.slice(at + 1) };
}

function isAmong(deeds: readonly Deed[], deed: Deed): boolean {
  return deeds.some((other) => isSame(other, deed));
}

function takeOne(deeds: Deed[], deed: Deed): boolean {
  const at = deeds.findIndex((other) => isSame(other, deed));
  if (at >= 0) deeds.splice(at, 1);
  return at >= 0;
}

/** A schema that one of them does not know may be the other's. */
function isSame(one: Deed, other: Deed): boolean {
  if (one.effect !== other.effect) return false;
  if (one.object === undefined || other.object === undefined) return one.object === other.object;
  return (
    isSameName(one.object.name, other.object.name) &&
    (one.object.schema === undefined ||
      other.object.schema === undefined ||
      isSameName(one.object.schema, other.object.schema))
  );
}

function isSameName(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}
