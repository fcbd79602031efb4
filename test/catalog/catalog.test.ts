import { describe, expect, it } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.js';
import type { CatalogConnection } from '../../src/catalog/catalog-connection.js';
import { objectLabel } from '../../src/sql/effect.js';
import { readText } from '../../src/sql/statement-facts.js';
import { type Script, scripted, serverError, shown } from './scripted.js';

const effectsOf = (sql: string) => readText(Buffer.from(sql), { database: 'app' }).effects;

function catalogOn(connection: CatalogConnection, deadlineMs = 60_000) {
  const warnings: string[] = [];
  let nowMs = 0;
  let changes = 0;
  const catalog = new Catalog({
    server: 'db1',
    clock: { now: () => nowMs, monotonic: () => nowMs },
    open: () => connection,
    dialect: () => ({ flavour: 'mysql', version: 90_704 }),
    deadlineMs,
    onFiring: () => {
      changes += 1;
    },
    warn: (message) => warnings.push(message),
  });
  return {
    catalog,
    warnings,
    changes: () => changes,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

const WIPE: Script = {
  'SHOW CREATE PROCEDURE': [shown('Create Procedure', 'CREATE PROCEDURE wipe() TRUNCATE t')],
};

describe('Catalog', () => {
  it('is needed for a CALL and for rows that may be elsewhere, and for nothing else', () => {
    const needed = (sql: string) => Catalog.isNeededFor(effectsOf(sql));
    expect(needed('CALL p()')).toBe(true);
    expect(needed('TRUNCATE t')).toBe(true);
    expect(needed('DROP TABLE t')).toBe(false);
    expect(needed('PREPARE s FROM @a')).toBe(false);
  });

  it('reads routines anew for every statement', async () => {
    const connection = scripted(WIPE);
    const { catalog } = catalogOn(connection);
    for (const _ of [1, 2]) {
      const { effects, elsewhere } = await catalog.known(effectsOf('CALL wipe()'), 'app');
      expect(effects.map((one) => `${one.effect} ${one.objects.map(objectLabel)}`)).toEqual([
        'truncate-table app.t',
      ]);
      expect(elsewhere).toEqual([]);
    }
    expect(connection.asked.filter((sql) => sql.startsWith('SHOW CREATE'))).toHaveLength(2);
  });

  it('takes no answer for the worst, and opens anew after a failure', async () => {
    const never = { ask: () => new Promise<never>(() => undefined), destroy: () => undefined };
    const late = await catalogOn(never, 20).catalog.known(effectsOf('CALL p(); TRUNCATE t'), 'app');
    expect(late.effects.map(({ reason }) => reason)).toEqual([
      'db1 did not answer within 20 ms',
      undefined,
    ]);
    expect(late.elsewhere).toMatchObject([{ server: 'stranger', state: 'live' }]);
    const broken = scripted({ SHOW: new Error('it hung up'), SELECT: serverError(1064) });
    const { catalog } = catalogOn(broken);
    const { effects } = await catalog.known(effectsOf('CALL p()'), 'app');
    expect(effects[0]?.reason).toContain('it hung up');
    expect(broken.asked).toContain('destroyed');
    const failed = await catalog.known(effectsOf('TRUNCATE t'), 'app');
    expect(failed.elsewhere[0]?.reason).toContain('could not be asked: error 1064');
  });

  it('lists what fires, rests in between, and tells of changes alone', async () => {
    const connection = scripted({
      'information_schema.ROUTINES': [{ schema: 'app', name: 'wipe', kind: 'FUNCTION', mark: '1' }],
      'SHOW CREATE FUNCTION': [
        shown(
          'Create Function',
          'CREATE FUNCTION wipe() RETURNS int BEGIN DELETE FROM t; RETURN 1; END',
        ),
      ],
      'SHOW GRANTS': [{ a: 'GRANT SELECT ON *.* TO m' }],
    });
    const { catalog, warnings, changes } = catalogOn(connection);
    expect(catalog.firing).toBeUndefined();
    await catalog.list();
    await catalog.list();
    expect(catalog.firing?.entries.map(({ name }) => name)).toEqual(['wipe']);
    expect({ changes: changes(), warnings: warnings.length }).toEqual({ changes: 1, warnings: 1 });
  });

  it('keeps the list when it cannot be had again, and says why once', async () => {
    const { catalog, warnings } = catalogOn(scripted({ SELECT: new Error('no way') }));
    await catalog.list();
    await catalog.list();
    expect(warnings).toEqual(['its stored code could not be listed: no way']);
  });
});
