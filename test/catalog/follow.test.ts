import { describe, expect, it } from 'vitest';
import { followed, MOST_ROUTINES } from '../../src/catalog/follow.js';
import type { CodeLook } from '../../src/catalog/stored-code.js';
import { objectLabel } from '../../src/sql/effect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { codeOf } from './scripted.js';

const DIALECT = { flavour: 'mysql', version: 90_704 } as const;

async function follow(sql: string, routines: Readonly<Record<string, string>>) {
  const context = { dialect: DIALECT, sqlMode: '', charset: 'utf8mb4', database: 'app' };
  const { effects } = readText(Buffer.from(sql), context);
  const looks: string[] = [];
  const done = await followed(effects, 'app', {
    dialect: DIALECT,
    firing: undefined,
    look: async ({ object: routine }): Promise<CodeLook> => {
      const name = objectLabel(routine);
      looks.push(name);
      const body = routines[name];
      if (body === undefined) return { kind: 'hidden', reason: 'nobody knows it' };
      return {
        kind: 'found',
        code: codeOf(`procedure ${name}`, `CREATE PROCEDURE ${name}() ${body}`),
      };
    },
  });
  const said = done.effects.map(
    ({ effect, objects, deferred, reason = '' }) =>
      `${deferred ? 'deferred ' : ''}${effect} ${objects.map(objectLabel).join()} (${reason})`,
  );
  return { said, looks, moves: done.moves };
}

describe('followed', () => {
  it('puts what the routine does in place of the CALL, and leaves the rest', async () => {
    const { said } = await follow('DROP TABLE x; CALL p()', { 'app.p': 'TRUNCATE t' });
    expect(said).toEqual(['drop-table app.x ()', 'truncate-table app.t (in procedure app.p)']);
  });

  it('follows on, says the way, and looks at each routine once', async () => {
    const { said, looks } = await follow('CALL app.p(); CALL app.q()', {
      'app.p': 'BEGIN CALL q(); CALL p(); END',
      'app.q': 'BEGIN DROP TABLE other.t; CALL app.p(); END',
    });
    expect(said).toEqual(['drop-table other.t (in procedure app.q)']);
    expect(looks).toEqual(['app.p', 'app.q']);
    const nested = await follow('CALL p()', { 'app.p': 'CALL q()', 'app.q': 'TRUNCATE t' });
    expect(nested.said).toEqual([
      'truncate-table app.t (in procedure app.q, called in procedure app.p)',
    ]);
  });

  it('has nothing left of a CALL that does nothing guarded', async () => {
    const plain = { said: [], moves: false };
    expect(await follow('CALL p()', { 'app.p': 'SELECT 1' })).toMatchObject(plain);
    const mover = { 'app.p': "EXECUTE IMMEDIATE 'USE x'" };
    expect((await follow('CALL p()', mover)).moves).toBe(true);
  });

  it('keeps what is not seen opaque, and dynamic SQL', async () => {
    const { said } = await follow('CALL p()', { 'app.p': 'CALL nowhere.q()' });
    expect(said).toEqual(['run-opaque nowhere.q (nobody knows it (in procedure app.p))']);
    const dynamic = await follow('CALL p()', {
      'app.p': 'BEGIN PREPARE s FROM @a; EXECUTE s; END',
    });
    expect(dynamic.said.map((one) => one.split(' ')[0])).toEqual(['run-opaque', 'run-opaque']);
  });

  it('leaves deferred what only runs later', async () => {
    const sql = 'CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO CALL p()';
    const { said } = await follow(sql, { 'app.p': 'TRUNCATE t' });
    expect(said).toEqual(['deferred truncate-table app.t (in procedure app.p)']);
  });

  it('gives up on more routines than are worth reading', async () => {
    const routines = Object.fromEntries(
      Array.from({ length: MOST_ROUTINES + 2 }, (_, index) => [
        `app.p${index}`,
        `CALL p${index + 1}()`,
      ]),
    );
    const { said, looks } = await follow('CALL p0()', routines);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`more than ${MOST_ROUTINES} routines`);
    expect(looks).toHaveLength(MOST_ROUTINES);
  });

  it('puts what a kept event does in place of an ALTER that makes it run', async () => {
    const events = { 'app.e': 'BEGIN CALL p(); DROP TABLE t; END', 'app.p': 'TRUNCATE u' };
    const { said, looks } = await follow('ALTER EVENT e ENABLE', events);
    expect(said).toEqual([
      'deferred drop-table app.t (in procedure app.e)',
      'deferred truncate-table app.u (in procedure app.p, called in procedure app.e)',
    ]);
    expect(looks).toEqual(['app.e', 'app.p']);
    expect((await follow('ALTER EVENT e ENABLE', { 'app.e': 'SELECT 1' })).said).toEqual([]);
    expect((await follow('ALTER EVENT e ENABLE', {})).said).toEqual([
      'deferred run-opaque app.e (nobody knows it)',
    ]);
  });
});
