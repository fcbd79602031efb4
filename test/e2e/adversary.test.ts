// Attacks made at random, with the server as the judge: what destroys the victim may be called
// harmless neither with all that is known of the session nor with nothing. Bounded here;
// `npm run adversary` takes the minutes a line it is given. The seed makes the same attacks again.
import { env, stdout } from 'node:process';
import { expect, it } from 'vitest';
import { versionNumber } from '../../src/sql/dialect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { describeOnEveryLine, labWith } from '../support/lab.js';
import { AdversaryJudge } from './adversary-judge.js';
import { attack, Dice } from './adversary-texts.js';

const MINUTES = Number(env.INTERLOCK_ADVERSARY_MINUTES ?? 0.2);
const SEED = Number(env.INTERLOCK_ADVERSARY_SEED ?? 1);

describeOnEveryLine('the reader against an adversary', (line) => {
  const { server } = labWith({ line, servers: ['judge'], options: ['--event-scheduler=OFF'] });

  it(
    'calls nothing harmless that then destroyed the victim',
    async () => {
      const { version, port } = server('judge');
      const flavour = line.startsWith('mariadb') ? 'mariadb' : 'mysql';
      const dialect = { flavour, version: versionNumber(version) ?? 0 } as const;
      const judge = await AdversaryJudge.open(port);
      const dice = new Dice(SEED);
      const deadlineMs = performance.now() + MINUTES * 60_000;
      const missed: string[] = [];
      let tried = 0;
      let destroyed = 0;
      while (performance.now() < deadlineMs) {
        const made = attack(dice);
        const sqlMode = await judge.modeOf(made.sqlMode);
        if (sqlMode === undefined) continue;
        tried += 1;
        const isDestroyed = await judge.destroys(made).catch((cause: unknown) => {
          throw new Error(`nobody can judge ${JSON.stringify(made)}`, { cause });
        });
        if (!isDestroyed) continue;
        destroyed += 1;
        const text = Buffer.from(made.sql, 'latin1');
        const known = readText(text, { dialect, sqlMode, charset: made.charset, database: 'play' });
        const isMissed = known.effects.length === 0 || readText(text, {}).effects.length === 0;
        if (isMissed) missed.push(JSON.stringify(made));
      }
      judge.close();
      stdout.write(
        `${JSON.stringify({ line, seed: SEED, tried, destroyed, missed: missed.length })}\n`,
      );
      expect(missed).toEqual([]);
      expect(destroyed).toBeGreaterThan(20);
    },
    MINUTES * 60_000 + 60_000,
  );
});
