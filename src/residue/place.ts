// A place in a server's binary log: file and position, compared the way the files are numbered.

export interface Place {
  readonly file: string;
  readonly position: number;
}

/** Below zero: `a` comes first. Undefined for files of two logs, which have no order. */
export function comparePlaces(a: Place, b: Place): number | undefined {
  if (a.file === b.file) return a.position - b.position;
  const one = partsOf(a.file);
  const other = partsOf(b.file);
  if (one === undefined || other === undefined || one.base !== other.base) return undefined;
  return one.number - other.number;
}

export function isBefore(a: Place, b: Place): boolean {
  const order = comparePlaces(a, b);
  return order !== undefined && order < 0;
}

function partsOf(file: string): { readonly base: string; readonly number: number } | undefined {
  const match = /^(.*)\.(\d+)$/.exec(file);
  return match === null ? undefined : { base: match[1] ?? '', number: Number(match[2]) };
}

export function placeText({ file, position }: Place): string {
  return `${file}:${position}`;
}
