// What a terminal is sent to show a picture again and again without flicker: the other screen, the
// cursor home, each line written over the old one. Pure: lines in, escape codes out.
import { stripVTControlCharacters } from 'node:util';

/** The other screen, so that what was there before comes back; no cursor that jumps about. */
export const ENTER_SCREEN = '\u001B[?1049h\u001B[?25l';
export const LEAVE_SCREEN = '\u001B[?25h\u001B[?1049l';

const TO_LINE_END = '\u001B[K';
const TO_SCREEN_END = '\u001B[J';
/** Terminals that know these show nothing in between; the others ignore them. */
const HOLD = '\u001B[?2026h\u001B[H';
const SHOW = '\u001B[?2026l';

/** One picture over the last one, cut to what the screen holds; what is cut is said. */
export function frame(
  lines: readonly string[],
  { rows, columns }: { readonly rows: number; readonly columns: number },
): string {
  const fits = lines.length <= rows;
  const shown = fits ? lines : lines.slice(0, Math.max(0, rows - 1));
  const more = `… ${lines.length - shown.length} more lines: interlock links shows all`;
  const all = (fits ? shown : [...shown, more]).map((line) => cut(line, columns));
  return HOLD + all.map((line) => line + TO_LINE_END).join('\r\n') + TO_SCREEN_END + SHOW;
}

/** A line that is too long would go on in the next row and push the last ones off the screen. */
function cut(line: string, columns: number): string {
  if (stripVTControlCharacters(line).length <= columns) return line;
  let left = columns - 1;
  let kept = '';
  for (const [part] of line.matchAll(/\p{Cc}\[[\d;]*m|\P{Cc}/gu)) {
    const isCode = part.startsWith('\u001B');
    if (!isCode && left <= 0) continue;
    if (!isCode) left -= 1;
    kept += part;
  }
  return `${kept}…`;
}
