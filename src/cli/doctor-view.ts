// The doctor's findings as people read them: by server, the worst first, each with its mend.
import type { Diagnosis } from '../doctor/examine.js';
import type { Finding, Severity } from '../doctor/finding.js';
import type { Colour, Paint } from './paint.js';

const MARKS: Readonly<Record<Severity, readonly [string, Colour]>> = {
  error: ['✘', 'red'],
  warning: ['!', 'yellow'],
  info: ['·', 'dim'],
};

export function renderDiagnosis({ findings, asked, answered }: Diagnosis, paint: Paint): string {
  const places = [...new Set(findings.map(({ server }) => server))].sort(byName);
  const blocks = places.map((place) => {
    const own = findings.filter(({ server }) => server === place);
    const title = paint('bold', place ?? 'Interlock itself');
    return [title, ...own.flatMap((finding) => linesOf(finding, paint)), ''].join('\n');
  });
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const verdict =
    `${count('error')} to mend, ${count('warning')} to look at, ${count('info')} to know; ` +
    `${answered} of ${asked} servers answered\n`;
  return [...blocks, verdict].join('\n');
}

function byName(one = '~', other = '~'): number {
  return one.localeCompare(other);
}

function linesOf({ severity, message, mend }: Finding, paint: Paint): readonly string[] {
  const [mark, colour] = MARKS[severity];
  const first = `  ${paint(colour, mark)} ${visible(message)}`;
  return mend === undefined ? [first] : [first, `    ${paint('dim', `→ ${visible(mend)}`)}`];
}

/** Names of accounts and events come from the server: nothing in them may steer the terminal. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '?');
}
