import { describe, expect, it } from 'vitest';
import { KeptCode } from '../../src/catalog/kept-code.js';
import { scripted, shown } from './scripted.js';

const WIPE = 'CREATE FUNCTION `wipe`() RETURNS int BEGIN DELETE FROM t; RETURN 1; END';
const TRIGGER = 'CREATE TRIGGER tr BEFORE DELETE ON q FOR EACH ROW DELETE FROM t';

function server(mark: string, grants = 'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON *.* TO m') {
  return scripted({
    'information_schema.ROUTINES': [{ schema: 'app', name: 'wipe', kind: 'FUNCTION', mark }],
    'information_schema.TRIGGERS': [
      { schema: 'app', name: 'tr', table: 'q', events: 'DELETE', mark: 'x' },
    ],
    'information_schema.VIEWS': [{ schema: 'app', name: 'v', definition: 'select 1' }],
    'SHOW CREATE FUNCTION': [shown('Create Function', WIPE)],
    'SHOW CREATE TRIGGER': [shown('SQL Original Statement', TRIGGER)],
    'SHOW GRANTS': [{ 'Grants for m': grants }],
  });
}

describe('KeptCode', () => {
  it('reads functions, triggers and views, and code only when it has changed', async () => {
    const kept = new KeptCode();
    const first = server('1');
    const { codes, views } = await kept.read(first);
    expect(codes.map(({ entry }) => entry)).toEqual([
      { kind: 'function', schema: 'app', name: 'wipe' },
      { kind: 'table', schema: 'app', name: 'q', events: ['delete'] },
    ]);
    expect(codes.map(({ code }) => code.label)).toEqual(['function app.wipe', 'trigger app.tr']);
    expect(views).toEqual([{ schema: 'app', name: 'v', definition: 'select 1' }]);
    const showings = ({ asked }: { readonly asked: readonly string[] }) =>
      asked.filter((sql) => sql.startsWith('SHOW CREATE')).length;
    expect(showings(first)).toBe(2);
    const same = server('1');
    expect((await kept.read(same)).codes).toHaveLength(2);
    expect(showings(same)).toBe(0);
    const changed = server('2');
    await kept.read(changed);
    expect(showings(changed)).toBe(1);
    expect(kept.unseen).toBe('');
  });

  it('says which rights it lacks', async () => {
    const kept = new KeptCode();
    await kept.read(server('1', 'GRANT PROCESS, SELECT ON *.* TO m'));
    expect(kept.unseen).toContain('lacks TRIGGER, SHOW VIEW, EVENT on *.*');
    await kept.read(server('1', 'GRANT ALL PRIVILEGES ON *.* TO m'));
    expect(kept.unseen).toBe('');
    await kept.read(
      scripted({ 'SHOW GRANTS': [{ a: 'GRANT TRIGGER, EVENT, SHOW VIEW ON *.* TO m' }] }),
    );
    expect(kept.unseen).toContain('lacks SELECT on *.*');
  });
});
