// How `interlock reseed-check` shows a plan to people. Pure.
import type { ReseedPlan, ReseedStep } from '../residue/reseed.js';

export function renderReseed(plan: ReseedPlan, ready: boolean): string {
  const title =
    plan.phase === 'before'
      ? `Before ${plan.server} is restored from a dump of ${plan.from}`
      : `After ${plan.server} was restored from a dump of ${plan.from}`;
  const steps = plan.steps.flatMap((step, index) => stepLines(step, index + 1));
  const lines = [
    title,
    ...(steps.length === 0 ? ['  nothing is linked to it'] : steps),
    ...plan.obstacles.map((obstacle) => `  ! ${obstacle}`),
    '',
    ...plan.notes.map((note) => `- ${note}`),
    ready ? readyWords(plan) : 'Do the first step that is open, then ask again.',
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function stepLines({ server, statements, why, done }: ReseedStep, number: number): string[] {
  const typed = done ? [] : statements.map((statement) => `       ${statement};`);
  return [`  ${done ? '✓' : `${number}.`} on ${server}: ${why}`, ...typed];
}

function readyWords({ phase, server }: ReseedPlan): string {
  if (phase === 'after') return `${server} is reseeded and linked, and nothing waits for anybody.`;
  return `Restore ${server} now; then: interlock reseed-check --server ${server} --after --dump FILE`;
}

/** A server's words reach a terminal: what would steer it is taken out. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ');
}
