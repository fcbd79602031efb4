// Durations and sizes as people write them in YAML, each with its unit, to plain numbers in
// milliseconds and bytes. Never guesses a unit that was left out. Pure.

const DURATION_UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const SIZE_UNITS = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 } as const;

export const DURATION_EXAMPLE = 'a duration with its unit, such as 500ms, 1s, 2m or 1h';
export const SIZE_EXAMPLE = 'a size with its unit, such as 512B, 64KiB, 64MiB or 1GiB';

/** '500ms' → 500, '1.5s' → 1500; undefined for anything else, a bare number too. */
export function parseDurationMs(text: string): number | undefined {
  return parseQuantity(text, DURATION_UNITS);
}

/** '64MiB' → 67108864; undefined for anything else, a bare number too. */
export function parseSizeBytes(text: string): number | undefined {
  return parseQuantity(text, SIZE_UNITS);
}

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?([A-Za-z]+)$/.exec(text);
  if (match === null) return undefined;
  const [, digits = '', unit = ''] = match;
  if (!Object.hasOwn(units, unit)) return undefined;
  const value = Number(digits) * (units[unit] ?? Number.NaN);
  return Number.isSafeInteger(value) ? value : undefined;
}
