// The words that every request for approval is told in: whom it reaches, who must sign, for how long.
import type { ApprovalRequest, RuleNeed } from '../approval/request.js';
import { printable } from '../audit/printable.js';

export const INDENT = '    ';

export function shown(text: string): string {
  return printable(Buffer.from(text));
}

export function wrapped(text: string): readonly string[] {
  const lines = text.match(/.{1,92}(?:\s|$)|.{1,92}/g) ?? [text];
  return lines.map((line) => `${INDENT}${line.trimEnd()}`);
}

export function reachWords({ reach }: ApprovalRequest): readonly string[] {
  if (reach.length === 0) return [`${INDENT}no other server`];
  return reach.map(({ server, state, path, writable }) => {
    const through = path.slice(1, -1);
    const way = through.length === 0 ? '' : `, through ${through.join(' and ')}`;
    return `${INDENT}${server}: ${state}${writable ? ', takes writes' : ''}${way}`;
  });
}

/** Nothing for what links nothing. */
export function replayWords({ replays }: ApprovalRequest): readonly string[] {
  if (replays === undefined) return [];
  const { state, from } = replays;
  const doubt = state === 'unknown' ? [`${INDENT}! what nobody knows in full`] : [];
  const known = from.flatMap(({ source, count, events }) => {
    if (count === 0) return [];
    const more = count > events.length ? [`${INDENT}  and ${count - events.length} more`] : [];
    const named = events.map((event) => `${INDENT}  ${shown(event)}`);
    return [`${INDENT}${count} destructive of ${shown(source)}:`, ...named, ...more];
  });
  if (doubt.length + known.length === 0) return ['  It would replay nothing destructive'];
  return ['  It would replay', ...known, ...doubt];
}

export function needWords({ count, from, onePerGroup, requester }: RuleNeed): string {
  const groups = from.length === 0 ? '' : ` of ${from.join(' or ')}`;
  const each = onePerGroup ? ', each group among them' : '';
  const anybody = requester === 'any' ? '; the requester may be unknown' : '';
  return `${count} ${count === 1 ? 'approval' : 'approvals'}${groups}${each}${anybody}`;
}

export function termsOf(
  { kind, uses, gatherUntilMs, executeMs }: ApprovalRequest,
  nowMs: number,
): string {
  const left = Math.max(0, Math.round((gatherUntilMs - nowMs) / 60_000));
  const minutes = Math.round(executeMs / 6000) / 10;
  const once = kind === 'batch' ? `${uses} statements, beginning` : 'Once,';
  return `${once} within ${minutes} min of the last approval, and only while no link is worse than above. Approvals until ${utc(gatherUntilMs)} (${left} min left).`;
}

export function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function bytesWords(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${Math.round((bytes / 1024 ** power) * 10) / 10} ${units[power]}`;
}
