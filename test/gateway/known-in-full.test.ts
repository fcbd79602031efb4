import { describe, expect, it } from 'vitest';
import type { Known } from '../../src/catalog/catalog.js';
import { knownInFull } from '../../src/gateway/known-in-full.js';
import type { Question } from '../../src/policy/verdict.js';
import { readText } from '../../src/sql/statement-facts.js';
import { effectOf } from '../policy/facts.js';
import { questionOf } from './guard-parts.js';

const question = (sql: string): Question =>
  questionOf({ facts: readText(Buffer.from(sql), { database: 'app' }) });

async function known(asked: Question, answer: Partial<Known> | Error) {
  const warnings: string[] = [];
  const databases: (string | undefined)[] = [];
  const found = await knownInFull(
    {
      catalog: async ({ effects, database }) => {
        databases.push(database);
        if (answer instanceof Error) throw answer;
        return { effects, elsewhere: [], moves: false, ...answer };
      },
      warn: (message) => warnings.push(message),
    },
    asked,
  );
  return { found, warnings, databases };
}

describe('knownInFull', () => {
  it('puts what a CALL does into the question', async () => {
    const { found } = await known(question('CALL p()'), { effects: [effectOf()] });
    expect(found.question.facts.effects).toEqual([effectOf()]);
    expect(found).toMatchObject({ isHarmless: false, staysPut: true });
  });

  it('tells a CALL that does nothing guarded', async () => {
    expect((await known(question('CALL p()'), { effects: [] })).found.isHarmless).toBe(true);
    const moved = await known(question('CALL p()'), { effects: [], moves: true });
    expect(moved.found).not.toHaveProperty('staysPut');
    const other = await known(question('CALL p(); SELECT 1'), { effects: [] });
    expect(other.found).not.toHaveProperty('staysPut');
  });

  it('leaves what cannot be asked, or was refused, as dangerous as it was', async () => {
    const { found, warnings } = await known(question('CALL p()'), new Error('no'));
    expect(found.question.facts.effects).toMatchObject([{ effect: 'run-opaque' }]);
    expect({ isHarmless: found.isHarmless, warnings: warnings.length }).toEqual({
      isHarmless: false,
      warnings: 1,
    });
    const refusal = { rule: 'built-in-malformed', reason: 'x' } as const;
    const refused = await known({ ...question('CALL p()'), refusal }, { effects: [] });
    expect(refused.found.isHarmless).toBe(false);
    expect(refused.databases).toEqual([]);
  });

  it('does not say where the session is after a statement that may have moved it', async () => {
    const one = question('CALL app.p()');
    expect((await known(one, {})).databases).toEqual([one.requester.database]);
    expect((await known(question('SELECT 1; CALL app.p()'), {})).databases).toEqual([undefined]);
  });
});
