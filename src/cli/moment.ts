// A moment as people type it: a date with or without a time, a time of today, or how long ago. In
// UTC, like the records, unless it says otherwise. Pure.

const UNIT_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Milliseconds since the epoch; undefined for what is no moment. */
export function parseMoment(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  const ago = /^(\d{1,6})\s*([smhd])$/.exec(trimmed);
  if (ago !== null) return nowMs - Number(ago[1]) * (UNIT_MS[ago[2] ?? ''] ?? 0);
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const dated = /^\d{1,2}:\d{2}/.test(trimmed) ? `${today}T${trimmed.padStart(5, '0')}` : trimmed;
  if (!/^\d{4}-\d{2}-\d{2}/.test(dated)) return undefined;
  const whole = dated.replace(' ', 'T');
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(whole.slice(10));
  const ms = Date.parse(hasZone || whole.length === 10 ? whole : `${whole}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}
