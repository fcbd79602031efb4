// What the acts left behind: the audit records and the metrics, read as an operator would.
import { readFile } from 'node:fs/promises';
import type { Claims } from './claims.js';
import type { Script } from './script.js';
import type { Stage } from './stage.js';

interface Shown {
  readonly id: string;
  readonly time: string;
  readonly verdict: string;
  readonly rule: string;
  readonly statement: string;
  /** Their names, joined. */
  readonly effects: string;
}

interface Theatre {
  readonly stage: Pick<Stage, 'auditFile'> & { readonly ports: Pick<Stage['ports'], 'metrics'> };
  readonly script: Script;
  readonly claims: Claims;
}

/** Prints both, and checks that they tell what happened. */
export async function showEvidence(theatre: Theatre): Promise<void> {
  const { stage, script, claims } = theatre;
  script.act('Evidence', 'what Interlock wrote down');
  const records = (await readFile(stage.auditFile, 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
  const decisions = records.map(asShown).filter((record) => record !== undefined);
  const refused = decisions.filter((record) => record.verdict !== 'permit');
  const permitted = decisions.filter((record) => record.verdict === 'permit');
  const drops = permitted.filter((record) => record.effects.includes('drop-'));
  script.table(
    ['record', 'time', 'verdict', 'rule', 'statement'],
    [...refused, ...permitted.slice(0, 4)].map((record) => [
      record.id,
      record.time.slice(11, 23),
      record.verdict,
      record.rule,
      record.statement.slice(0, 40),
    ]),
  );
  if (permitted.length > 4) script.say(`  … and ${permitted.length - 4} more permitted ones`);
  claims.check(5, refused.length === 2, 'the audit record holds both refusals');
  claims.check(5, drops.length > 0, 'and every destructive statement of the proper reseed');
  await showMetrics(theatre);
}

async function showMetrics(theatre: Theatre): Promise<void> {
  const { stage, script, claims } = theatre;
  const response = await fetch(`http://127.0.0.1:${stage.ports.metrics}/metrics`);
  const samples = (await response.text())
    .split('\n')
    .filter((line) => line.startsWith('interlock_'));
  const decided = samples.filter(
    (line) => line.startsWith('interlock_decisions_total{') && !line.endsWith(' 0'),
  );
  const links = samples.filter(
    (line) => line.startsWith('interlock_link_state{') && line.endsWith(' 1'),
  );
  script.say('');
  script.listing([...decided, ...links]);
  const refusals = decided.filter((line) => line.includes('require-approval'));
  claims.check(5, refusals.length > 0, 'the metrics count the refusals by rule');
}

function asShown(record: unknown): Shown | undefined {
  if (typeof record !== 'object' || record === null) return undefined;
  if (!('kind' in record) || record.kind !== 'decision') return undefined;
  const field = (name: string): string =>
    String(Object.entries(record).find(([key]) => key === name)?.[1] ?? '');
  return {
    id: field('id'),
    time: field('time'),
    verdict: field('verdict'),
    rule: field('rule'),
    statement: field('statement'),
    effects: JSON.stringify('effects' in record ? record.effects : []),
  };
}
