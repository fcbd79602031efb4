// Reading the rows a server answers with: each value is taken by one of the names it may have, as
// the type it should be. What is missing reads as undefined, never as a guess.

export type Row = Readonly<Record<string, unknown>>;

/** A driver's result set as rows; anything else is no rows. */
export function rowsOf(result: unknown): readonly Row[] {
  return Array.isArray(result) ? result.filter(isRow) : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The first of the named columns that the row has and that is not NULL. */
export function textOf(row: Row | undefined, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = row?.[name];
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'bigint') return String(value);
    if (Buffer.isBuffer(value)) return value.toString('utf8');
  }
  return undefined;
}

export function numberOf(row: Row | undefined, names: readonly string[]): number | undefined {
  const text = textOf(row, names);
  if (text === undefined || !/^-?\d+$/.test(text)) return undefined;
  return Number(text);
}

/** As textOf, but '' (a server's word for "never learned") is absent. */
export function someTextOf(row: Row | undefined, names: readonly string[]): string | undefined {
  const text = textOf(row, names);
  return text === '' ? undefined : text;
}

/** 1, ON, YES and their like; anything unclear is false. */
export function isOn(text: string | undefined): boolean {
  return text !== undefined && /^(1|on|yes|true)$/i.test(text);
}
