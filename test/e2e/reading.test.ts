// What readText says beforehand, against what a real server then did, for every wrapped DROP and
// TRUNCATE: nothing destructive may be called harmless, on any line.
import { expect, it } from 'vitest';
import { versionNumber } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { ServerJudge } from './reading-judge.js';
import { allVariants } from './reading-variants.js';

describeOnEveryLine('the reader', (line) => {
  const { server } = labWith({ line, servers: ['judge'] });

  it('calls nothing harmless that the server then did', async () => {
    const { version, port } = server('judge');
    const flavour = line.startsWith('mariadb') ? 'mariadb' : 'mysql';
    const dialect = { flavour, version: versionNumber(version) ?? 0 } as const;
    const judge = await ServerJudge.open(port);
    const missed: string[] = [];
    let destroyed = 0;
    for (const variant of allVariants()) {
      const truth = await judge.judge(variant).catch(() => undefined);
      if (truth === undefined || !truth.destroyed) continue;
      destroyed += 1;
      const text = Buffer.from(variant.sql, 'latin1');
      const { sqlMode, charset } = variant;
      const known = readText(text, { dialect, sqlMode, charset, database: 'play' });
      const unknown = readText(text, {});
      if (known.effects.length === 0 || unknown.effects.length === 0) {
        missed.push(JSON.stringify(variant));
      }
    }
    judge.close();
    expect(missed).toEqual([]);
    expect(destroyed).toBeGreaterThan(150);
  });
});
