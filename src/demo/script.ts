// How the demo speaks: headings, prose, tables and ticks, in colour on a terminal and plain when
// piped. It decides nothing and measures nothing.
import { createPainter } from '../cli/paint.js';

export interface Script {
  act(number: string, title: string): void;
  say(text: string): void;
  /** A command as a person would type it. */
  command(text: string): void;
  /** What a program printed, set off from our own words. */
  quote(text: string): void;
  /** The same for lines that are not prose: never broken. */
  listing(lines: readonly string[]): void;
  table(header: readonly string[], rows: readonly (readonly string[])[]): void;
  claim(holds: boolean, text: string): void;
  /** A line that the next one may replace: progress, only on a terminal. */
  progress(text: string): void;
}

export function createScript(out: (text: string) => void, color: boolean, width: number): Script {
  const paint = createPainter(color);
  const columns = Math.min(Math.max(width, 60), 100);
  let isProgressShown = false;
  const line = (text = ''): void => {
    if (isProgressShown) out('\r\u001b[K');
    isProgressShown = false;
    out(`${text}\n`);
  };
  return {
    act: (number, title) => {
      line();
      line(
        paint(
          'bold',
          `━━ ${number} · ${title} ${'━'.repeat(Math.max(2, columns - number.length - title.length - 8))}`,
        ),
      );
      line();
    },
    say: (text) => {
      for (const each of wrap(text, columns)) line(each);
    },
    command: (text) => line(`  ${paint('cyan', `$ ${text}`)}`),
    quote: (text) => {
      const rows = text.trimEnd().split('\n');
      for (const row of rows) {
        for (const each of wrap(row, columns - 4)) line(`  ${paint('yellow', '│')} ${each}`);
      }
    },
    listing: (lines) => {
      for (const each of lines) line(`  ${paint('yellow', '│')} ${each}`);
    },
    table: (header, rows) => {
      const widths = header.map((title, column) =>
        Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
      );
      const format = (row: readonly string[]): string =>
        row
          .map((cell, column) => pad(cell, widths[column] ?? 0))
          .join('  ')
          .trimEnd();
      line(`  ${paint('dim', format(header))}`);
      for (const row of rows) line(`  ${format(row)}`);
    },
    claim: (holds, text) => {
      const mark = holds ? paint('green', '✔') : paint('red', '✘ NOT TRUE:');
      const [first = '', ...rest] = wrap(text, columns - 4);
      line(`  ${mark} ${first}`);
      for (const each of rest) line(`    ${each}`);
    },
    progress: (text) => {
      if (!color) return line(text);
      out(`\r\u001b[K${paint('dim', text.slice(0, columns))}`);
      isProgressShown = true;
    },
  };
}

/** Figures to the right, words to the left. */
function pad(text: string, width: number): string {
  return /^\d+( ms)?$/.test(text) ? text.padStart(width) : text.padEnd(width);
}

/** Breaks at spaces; a word longer than the width stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > width) {
      lines.push(current);
      current = word;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}
