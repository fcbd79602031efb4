// What 10,000 rules cost against 10: to read, to judge a guarded statement by, and (point selects
// through two Interlocks) to a statement that none of them is about.
import { flags, listOf } from './options.js';
import { withScene } from './scene.js';
import { comparePointSelects } from './throughput.js';
import { compareVerdicts } from './verdicts.js';

export async function rules(): Promise<void> {
  const given = flags({ rounds: '25', seconds: '1', threads: '8', few: '10', many: '10000' });
  compareVerdicts(ruleFile);
  await withScene(async (scene) => {
    const withRules = (name: string, count: number) =>
      scene.interlock(name, {
        more: [`rules: [./rules.yaml]`],
        files: { 'rules.yaml': ruleFile(count) },
      });
    const few = await withRules('few', Number(given.few));
    const many = await withRules('many', Number(given.many));
    await comparePointSelects(scene, [few, many], {
      baseline: 'few',
      rounds: Number(given.rounds),
      seconds: given.seconds,
      threads: listOf(given.threads),
      protocols: ['text', 'prepared'],
    });
  });
}

function ruleFile(count: number): string {
  const rule = (index: number): string =>
    [
      `  - id: keep-table-${index}`,
      `    title: Table ${index} stays`,
      '    owner: bench',
      `    match: { effect: [drop-table], schema: shop, table: "t${index}_*" }`,
      '    when: { links: linked }',
      '    verdict: deny',
    ].join('\n');
  return ['rules:', ...Array.from({ length: count }, (_, index) => rule(index)), ''].join('\n');
}
