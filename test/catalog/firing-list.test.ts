import { describe, expect, it } from 'vitest';
import { type FiringCode, firingList, type View } from '../../src/catalog/firing-list.js';
import { objectLabel } from '../../src/sql/effect.js';
import { codeOf } from './scripted.js';

const DIALECT = { flavour: 'mysql', version: 90_704 } as const;

function functionOf(name: string, body: string): FiringCode {
  const create = `CREATE FUNCTION \`${name}\`() RETURNS int ${body}`;
  return {
    entry: { kind: 'function', schema: 'app', name },
    code: codeOf(`function app.${name}`, create),
  };
}

function triggerOf(event: 'insert' | 'update' | 'delete', table: string, body: string): FiringCode {
  const create = `CREATE TRIGGER tr BEFORE ${event} ON ${table} FOR EACH ROW ${body}`;
  return {
    entry: { kind: 'table', schema: 'app', name: table, events: [event] },
    code: codeOf('trigger app.tr', create),
  };
}

async function listed(codes: readonly FiringCode[], views: readonly View[] = []) {
  const list = await firingList(
    { codes, views },
    { dialect: DIALECT, follow: async (effects) => effects },
  );
  return list.map(({ kind, name, events, effects }) => {
    const done = effects.map(
      ({ effect, objects }) => `${effect} ${objects.map(objectLabel).join()}`,
    );
    return `${kind} ${name}${events === undefined ? '' : ` on ${events.join()}`}: ${done.join('; ')}`;
  });
}

describe('firingList', () => {
  it('has functions and triggers that lose rows, and no others', async () => {
    expect(
      await listed([
        functionOf('wipe', 'BEGIN DELETE FROM logs; RETURN 1; END'),
        functionOf('trim_one', 'BEGIN DELETE FROM logs WHERE id = 1; RETURN 1; END'),
        functionOf('plain', "RETURN 'DELETE FROM logs'"),
        triggerOf('delete', 'queue', 'UPDATE logs SET a = 1'),
        triggerOf('insert', 'queue', 'INSERT INTO logs VALUES (1)'),
      ]),
    ).toEqual([
      'function wipe: delete-unbounded app.logs',
      'table queue on delete: update-unbounded app.logs',
    ]);
  });

  it('has what leads to them, over any number of steps', async () => {
    expect(
      await listed(
        [
          functionOf('outer_one', 'RETURN middle()'),
          functionOf('middle', 'RETURN app.wipe()'),
          functionOf('wipe', 'BEGIN DELETE FROM logs; RETURN 1; END'),
          triggerOf('insert', 'jobs', 'SET NEW.a = outer_one()'),
          functionOf('busy', 'BEGIN INSERT INTO jobs VALUES (1); RETURN 1; END'),
        ],
        [
          { schema: 'app', name: 'v', definition: 'select `outer_one`() AS `a`' },
          { schema: 'app', name: 'w', definition: 'select `app`.`v`.`a` AS `a` from `app`.`v`' },
          {
            schema: 'app',
            name: 'j',
            definition: 'select `app`.`jobs`.`a` AS `a` from `app`.`jobs`',
          },
          { schema: 'app', name: 'z', definition: 'select `app`.`t`.`a` AS `a` from `app`.`t`' },
        ],
      ),
    ).toEqual(
      [
        'function outer_one',
        'function middle',
        'function wipe',
        'table jobs on insert',
        'function busy',
        'view v',
        'view w',
        'table j on insert',
      ].map((name) => `${name}: delete-unbounded app.logs`),
    );
  });

  it('ends where functions call each other', async () => {
    expect(
      await listed([
        functionOf('a', 'RETURN b()'),
        functionOf('b', 'BEGIN DELETE FROM t; RETURN a(); END'),
      ]),
    ).toEqual(['function a: delete-unbounded app.t', 'function b: delete-unbounded app.t']);
  });
});
