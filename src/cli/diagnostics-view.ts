// Diagnostics as people read them: `file:line:column: error: message`, the line itself, a pointer
// under the place, and what to do about it.
import { styleText } from 'node:util';
import type { Diagnostic } from '../config/config.js';

export interface DiagnosticsStyle {
  readonly color: boolean;
}

/** One block a diagnostic, each ending in a line break; '' for none. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  style: DiagnosticsStyle,
): string {
  const paint = painter(style);
  return diagnostics.map((one) => `${blockOf(one, paint).join('\n')}\n`).join('');
}

type Colour = 'bold' | 'red' | 'yellow' | 'cyan' | 'dim';
type Paint = (colour: Colour, text: string) => string;

function painter({ color }: DiagnosticsStyle): Paint {
  if (!color) return (_, text) => text;
  return (colour, text) => styleText(colour, text, { validateStream: false });
}

function blockOf(one: Diagnostic, paint: Paint): readonly string[] {
  const place = [one.file, one.line, one.column].filter((part) => part !== undefined).join(':');
  const severity = paint(one.severity === 'error' ? 'red' : 'yellow', `${one.severity}:`);
  const lines = [`${paint('bold', `${place}:`)} ${severity} ${visible(one.message)}`];
  if (one.excerpt !== undefined && one.line !== undefined) lines.push(...pointer(one, paint));
  if (one.hint !== undefined) lines.push(`  ${paint('cyan', 'hint:')} ${visible(one.hint)}`);
  return lines;
}

function pointer(one: Diagnostic, paint: Paint): readonly string[] {
  const excerpt = one.excerpt ?? '';
  const gutter = ` ${one.line} | `;
  const column = (one.column ?? 1) - 1;
  const shown = `${paint('dim', gutter)}${visible(excerpt.replaceAll('\t', ' '))}`;
  if (column > excerpt.length) return [shown];
  const indent = ' '.repeat(gutter.length + column);
  return [shown, `${indent}${paint(one.severity === 'error' ? 'red' : 'yellow', '^')}`];
}

/** A file's text is shown on a terminal, so what would steer the terminal is not. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '?');
}
