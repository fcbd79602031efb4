// What a campaign found, as figures for people and as JSON for the page in docs/. Nothing that was
// left out goes unmentioned.
import { type Finding, told } from './examine.js';
import type { LeftOut } from './suite.js';

export interface Result {
  readonly name: string;
  readonly finding: Finding;
}

export function figures(results: readonly Result[], leftOut: readonly LeftOut[]): string {
  const count = (kind: Finding['kind']) => results.filter((each) => each.finding.kind === kind);
  const [same, different, unsteady, inherent] = (
    ['same', 'different', 'unsteady', 'inherent'] as const
  ).map((kind) => count(kind).length);
  const stable = (same ?? 0) + (different ?? 0) + (unsteady ?? 0) + (inherent ?? 0);
  return [
    `${results.length + leftOut.length} tests, of which ${results.length} were tried`,
    `${stable} print the same twice directly`,
    `${same} of these print the same through Interlock`,
    `${different} print something else, ${unsteady} did so once and then no more`,
    `${inherent} cannot print the same, each for a reason that is listed:`,
    ...count('inherent').map(({ name, finding }) =>
      finding.kind === 'inherent' ? `  ${name}: ${finding.why}` : name,
    ),
    `${count('unstable').length} do not print the same twice directly`,
    `${count('fails').length} do not pass directly on a single server`,
    `${count('skipped').length} say themselves that they do not apply`,
    `${leftOut.length} were left out:`,
    ...reasons(leftOut.map(({ why }) => why)),
  ].join('\n');
}

/** The tests that differ, each with the first lines that do. */
export function differences(results: readonly Result[]): string {
  return results
    .flatMap(({ name, finding }) =>
      finding.kind === 'different' || finding.kind === 'unsteady'
        ? [`${finding.kind} ${name}: ${told(finding.why)}`]
        : [],
    )
    .join('\n\n');
}

function reasons(why: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const each of why) counts.set(each, (counts.get(each) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([each, count]) => `  ${count} ${each}`);
}
