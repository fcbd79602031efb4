// What the DBA reads about approvals in a denial: short, because it shares 500 bytes with the rest.
import type { Assessment } from './assessment.js';

/** Of a denial's message; the rest of it needs the others. */
export const NOTE_BYTES = 180;

/** What has ended longer ago than this is no news. */
const NEWS_MS = 24 * 3_600_000;

export function missingWords(missing: readonly string[]): string {
  return missing.length === 0 ? '' : `Missing: ${missing.join('; ')}.`;
}

export function isNews({ openedMs }: { readonly openedMs: number }, nowMs: number): boolean {
  return nowMs - openedMs <= NEWS_MS;
}

/** Why an earlier request for the same statement lets nothing pass now; nothing if that is no news. */
export function hintOf(
  { stored, request, phase, signatures, executeUntilMs }: Assessment,
  against: readonly string[],
  nowMs: number,
): readonly string[] {
  if (!isNews(request, nowMs)) return [];
  const { id } = request;
  switch (phase) {
    case 'used': {
      const last = stored.hold?.last ?? stored.used.at(-1);
      const at = last === undefined ? '' : ` at ${timeOf(last.usedMs)} (record ${last.recordId})`;
      return [`${id} was used${at}.`];
    }
    case 'denied': {
      const denial = stored.tokens.find(({ decision }) => decision === 'deny');
      return [`${id} was denied by ${denial?.person ?? 'somebody'}.`];
    }
    case 'restored':
      return [`${id} ended when the store was put back from a copy.`];
    case 'expired':
    case 'lapsed': {
      if (signatures.length === 0) return [];
      const until = executeUntilMs ?? request.gatherUntilMs;
      return [`The time of ${id} ran out at ${timeOf(until)}.`];
    }
    case 'approved':
    case 'gathering':
      if (signatures.length === 0 || against.length === 0) return [];
      return [`${id} no longer holds: ${against[0]}.`];
  }
  return phase satisfies never;
}

function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 16)} UTC`;
}
