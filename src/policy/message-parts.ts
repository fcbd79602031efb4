// The pieces a denial is made of, each harmless to show: names without control characters, words
// in ASCII, lists cut with a count, text cut between characters. Pure.
import { type EffectObject, objectLabel } from '../sql/effect.js';
import type { ReachEntry } from '../topology/snapshot.js';
import { LINK_STATES } from '../topology/snapshot.js';

const encoder = new TextEncoder();

/** A name as it is, but for what could disturb a terminal, hide in it, or was no character. */
export function safeName(name: string): string {
  return name.replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]/gu, '?');
}

/** Words that came from outside: ASCII, on one line. */
export function plainWords(words: string): string {
  return words
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/gu, '?')
    .trim();
}

export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** At most `bytes` bytes, ended by `...` where it was cut; never half a character. */
export function cutToBytes(text: string, bytes: number): string {
  if (byteLength(text) <= bytes) return text;
  let kept = '';
  let used = 3;
  for (const character of text) {
    used += byteLength(character);
    if (used > bytes) break;
    kept += character;
  }
  return `${kept}...`.slice(0, Math.max(bytes, 0));
}

/** `app.users, app.orders and 3 more`. */
export function objectList(
  objects: readonly EffectObject[],
  limits: { readonly shown: number; readonly nameBytes: number },
): string {
  const labels = objects
    .map((object) => safeName(objectLabel(object)))
    .filter((label) => label !== '');
  return listed(
    labels.map((label) => cutToBytes(label, limits.nameBytes)),
    limits.shown,
  );
}

/** `db1 (live), replica1 (live, through db1) and 47 more`. */
export function reachList(worstFirst: readonly ReachEntry[], shown: number): string {
  return listed(worstFirst.map(reachLabel), shown);
}

/** Most dangerous first; among equals the nearest, then by name. */
export function worstFirst(reach: readonly ReachEntry[]): readonly ReachEntry[] {
  const danger = (entry: ReachEntry): number => LINK_STATES.indexOf(entry.state);
  return reach.toSorted(
    (a, b) =>
      danger(b) - danger(a) || a.path.length - b.path.length || (a.server < b.server ? -1 : 1),
  );
}

function reachLabel({ server, state, path }: ReachEntry): string {
  const between = path.slice(1, -1).map(plainWords);
  const through = between.length === 0 ? '' : `, through ${between.join(' and ')}`;
  return `${plainWords(server)} (${state}${through})`;
}

function listed(labels: readonly string[], shown: number): string {
  const kept = labels.slice(0, shown).join(', ');
  const more = labels.length - Math.min(shown, labels.length);
  return more === 0 ? kept : `${kept} and ${more} more`;
}
