import { describe, expect, it } from 'vitest';
import { differenceFrom } from '../../src/approval/difference.js';
import { Scene, type Statement } from './scene.js';

const SQL = "DELETE FROM app.t WHERE 'a' = 'a'";

async function approved(scene: Scene, statement: Statement = { sql: SQL }) {
  const request = await scene.request(statement);
  for (const person of ['alice', 'bob']) await scene.say(request, person);
  return request;
}

describe('a statement of the same shape as an approved one', () => {
  it.each<[Statement, string]>([
    [{ sql: SQL, user: 'root' }, 'A1 is approved for the account dba, not root.'],
    [{ sql: SQL, address: '10.0.0.6' }, 'A1 is approved for dba at 10.0.0.5, not 10.0.0.6.'],
    [{ sql: SQL, database: 'app' }, 'A1 is approved for no default schema.'],
    [
      { sql: "DELETE FROM app.t WHERE 'b' = 'b'" },
      'A1 is approved for another literal in this statement.',
    ],
  ])('is told how it differs: %j', async (statement, words) => {
    const scene = await Scene.open();
    await approved(scene);
    const standing = await scene.resolve(statement);
    expect(standing.kind).toBe('not-approved');
    expect(standing.approval.note).toContain(words);
    expect(standing.approval.note).not.toContain("'b'");
    // The second time too, when it has a request of its own.
    expect((await scene.resolve(statement)).approval.note).toContain(words);
  });

  it.each<Statement>([
    { sql: SQL, server: 'db1' },
    { sql: "DELETE FROM app.u WHERE 'a' = 'a'" },
    { sql: `${SQL} LIMIT 5` },
    { sql: 'DROP TABLE app.t' },
  ])('is not %j', async (statement) => {
    const scene = await Scene.open();
    await approved(scene);
    expect((await scene.resolve(statement)).approval.note).not.toContain('is approved');
  });

  it('is told nothing of what only waits, or is used', async () => {
    const scene = await Scene.open();
    await scene.request({ sql: SQL });
    expect((await scene.resolve({ sql: SQL, user: 'root' })).approval.note).not.toContain('A1');
  });

  it('differs in nothing from itself', async () => {
    const request = await (await Scene.open()).request({ sql: SQL });
    expect(differenceFrom(request, request)).toBeUndefined();
  });
});
