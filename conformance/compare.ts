// Compares what a test printed directly and through Interlock. Only what cannot be the same is
// made the same first, and each such thing is listed here with its reason.

export interface Route {
  /** The port the test's client connects to. */
  readonly port: number;
}

/**
 * The server's own port is what `@@port` prints; a test replaces the port it was told by its name
 * and so prints one of the two. Both become one word.
 */
export function comparable(text: string, routes: readonly Route[]): string {
  let compared = text;
  for (const { port } of routes) {
    compared = compared.replace(new RegExp(`(?<!\\d)${port}(?!\\d)`, 'g'), 'MASTER_PORT');
  }
  return compared;
}

export interface Difference {
  readonly line: number;
  readonly directly: string;
  readonly through: string;
}

/** The first line that differs, with what stands there on both sides. */
export function firstDifference(directly: string, through: string): Difference | undefined {
  if (directly === through) return undefined;
  const left = directly.split('\n');
  const right = through.split('\n');
  let line = 0;
  while (left[line] === right[line]) line += 1;
  const shown = (lines: readonly string[]): string =>
    lines.slice(Math.max(0, line - 2), line + 4).join('\n');
  return { line: line + 1, directly: shown(left), through: shown(right) };
}
