// Lines of text on a terminal: columns, and what goes on in the next line. Colour takes no width.
import { stripVTControlCharacters } from 'node:util';

/** Left-justified columns two spaces apart; colour takes no width. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => visibleLength(row[index] ?? ''))),
  );
  return rows.map((row) =>
    `  ${row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - visibleLength(cell)))
      .join('  ')}`.trimEnd(),
  );
}

export function indented(line: string): string {
  return `  ${line}`;
}

function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Long lines go on, deeper, in the next one; words are never cut. */
export function wrapped(line: string, width: number): readonly string[] {
  if (visibleLength(line) <= width) return [line];
  const lines: string[] = [];
  let rest = line;
  const lead = ' '.repeat(/^ */.exec(line)?.[0].length ?? 0);
  while (visibleLength(rest) > width) {
    const cut = rest.lastIndexOf(' ', width + rest.length - visibleLength(rest));
    if (cut <= lead.length + 4) break;
    lines.push(rest.slice(0, cut).trimEnd());
    rest = `${lead}    ${rest.slice(cut + 1)}`;
  }
  return [...lines, rest];
}
