// What the dates of a certificate say against it: that it has ended, ends soon or has not begun. Pure.
import { X509Certificate } from 'node:crypto';

const DAY_MS = 24 * 3_600_000;
const SOON_DAYS = 14;

export interface DateTrouble {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** What its dates say against a certificate; `what` is how a message calls it. */
export function datesOf(what: string, pem: string, nowMs: number): readonly DateTrouble[] {
  const { validFrom, validTo } = new X509Certificate(pem);
  const endsMs = Date.parse(validTo);
  if (endsMs <= nowMs) return [{ severity: 'error', message: `${what} ended on ${validTo}` }];
  if (Date.parse(validFrom) > nowMs) {
    return [{ severity: 'error', message: `${what} is not valid before ${validFrom}` }];
  }
  const days = Math.floor((endsMs - nowMs) / DAY_MS);
  if (days >= SOON_DAYS) return [];
  return [{ severity: 'warning', message: `${what} ends in ${days} days, on ${validTo}` }];
}
