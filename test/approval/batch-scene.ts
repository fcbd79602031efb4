// A restore that waits for approval, for the tests of batches: a dump's statements as they are asked
// for over the admin socket, judged by the rules and links of scene.ts.

import { type BatchRequest, needsText } from '../../src/approval/batch.js';
import { type BatchOpeningParts, openBatch } from '../../src/approval/batch-opening.js';
import type { BatchAsk } from '../../src/approval/batch-schema.js';
import { readText } from '../../src/sql/statement-facts.js';
import { asked, NOW_MS, rulesWith, type Scene, type Statement } from './scene.js';

export const RESTORE = ['DROP TABLE IF EXISTS app.t', 'DROP TABLE IF EXISTS app.u'];

export function batchAsk(
  sqls: readonly string[] = RESTORE,
  more: Partial<BatchAsk> = {},
): BatchAsk {
  const statements = sqls.map((sql, at) => {
    const text = Buffer.from(sql);
    const { effects } = readText(text, { dialect: { flavour: 'mysql', version: 90_704 } });
    const told = effects.map(({ effect, verb, deferred, objects }) => ({
      ...{ effect, verb, deferred, objects: [...objects] },
    }));
    const exact = effects.some(needsText) ? { text: text.toString('base64') } : {};
    return { line: at + 10, count: 1, effects: told, ...exact };
  });
  const source = { name: 'app.sql', bytes: 1000, sha256: 'a'.repeat(64), statements: 9 };
  return { server: 'db2', user: 'dba', accept: ['db1'], source, statements, ...more };
}

export function openingParts(
  { approvals }: Scene,
  { rules = rulesWith(), ...statement }: Pick<Statement, 'link' | 'rules'> = {},
): BatchOpeningParts {
  return {
    approvals,
    topology: { anew: async () => asked(statement).facts.picture },
    catalog: async ({ effects }) => ({ effects, elsewhere: [] }),
    ruleSet: () => rules,
    modeOf: () => 'enforce',
    clock: { now: () => NOW_MS, monotonic: () => 0 },
  };
}

/** Opened, and signed by both. */
export async function approvedBatch(
  scene: Scene,
  sqls: readonly string[] = RESTORE,
  more: Partial<BatchAsk> = {},
): Promise<BatchRequest> {
  const opened = await openBatch(openingParts(scene), batchAsk(sqls, more));
  if (opened.kind !== 'opened') throw new Error(opened.reason);
  const { request } = opened.assessment;
  for (const person of ['alice', 'bob']) await scene.say(request, person);
  if (request.kind !== 'batch') throw new Error('it is no batch');
  return request;
}
