import { describe, expect, it } from 'vitest';
import { namedAsOfNow, preparedAsOfNow } from '../../src/session/prepared-again.js';
import { KEPT_SOURCE_BYTES, PreparedStatements } from '../../src/session/prepared-statements.js';
import { PreparedText } from '../../src/session/prepared-text.js';
import type { SessionOptions } from '../../src/session/session-options.js';
import { SessionState } from '../../src/session/session-state.js';
import { type FiringNames, firingNames } from '../../src/sql/firing-names.js';
import { readText } from '../../src/sql/statement-facts.js';

const WIPES = firingNames([
  {
    kind: 'function',
    schema: 'app',
    name: 'wipe',
    effects: [
      {
        effect: 'delete-unbounded',
        verb: 'DELETE',
        objects: [{ schema: 'app', name: 't' }],
        deferred: false,
      },
    ],
  },
]);
const state = new SessionState(
  { server: 'db1', session: 1, address: 'a', port: 1 },
  { capabilities: { common: 0, mariadb: 0 }, threadId: 1, user: 'u', database: 'other' },
);

function sessionWith(firing: FiringNames | undefined) {
  const options: SessionOptions = {
    server: { name: 'db1', host: 'h', port: 1, binlogDump: 'deny' },
    session: 1,
    client: { address: 'a', port: 1 },
    statementBytes: 1_000,
    requireTls: false,
    readText: (text, context) =>
      readText(text, firing === undefined ? context : { ...context, firing }),
    firing: () => firing,
    dialect: () => ({ flavour: 'mysql', version: 90_704 }),
    metrics: { command: () => {}, unguarded: () => {}, asked: () => {} },
  };
  return { state, options };
}

function prepared(sql: string, firing?: FiringNames) {
  const statements = new PreparedStatements();
  const text = Buffer.from(sql);
  const facts = readText(text, { database: 'app' });
  statements.add(1, { facts, text, readOnly: true }, { database: 'app', firing });
  const statement = statements.find(1);
  if (statement === undefined) throw new Error('it was just added');
  return statement;
}

const effectsOf = (sql: string, firing?: FiringNames, before?: FiringNames) =>
  preparedAsOfNow(prepared(sql, before), sessionWith(firing)).facts.effects.map(
    ({ effect }) => effect,
  );

describe('what was prepared before', () => {
  it('is what it fires by now, in the schema that it was prepared in', () => {
    expect(effectsOf('SELECT wipe()', WIPES)).toEqual(['delete-unbounded']);
    expect(effectsOf('SELECT other.wipe()', WIPES)).toEqual([]);
    expect(effectsOf('SELECT 1', WIPES)).toEqual([]);
    expect(effectsOf('SELECT wipe()')).toEqual([]);
  });

  it('stays what it was as well', () => {
    expect(effectsOf('DROP TABLE t', WIPES)).toEqual(['drop-table']);
  });

  it('is not read again while nothing has changed', () => {
    const statement = prepared('SELECT wipe()', WIPES);
    expect(preparedAsOfNow(statement, sessionWith(WIPES))).toBe(statement);
  });

  it('cannot be known where its text was too long to keep', () => {
    const long = `SELECT '${'x'.repeat(KEPT_SOURCE_BYTES)}'`;
    expect(effectsOf(long, WIPES)).toEqual(['run-opaque']);
    expect(effectsOf(long)).toEqual([]);
  });

  it('is read again by its name too', () => {
    const text = Buffer.from('SELECT wipe()');
    const worst = readText(text, { database: 'app' });
    const named = new PreparedText(text, { worst, database: 'app' });
    expect(namedAsOfNow(named, sessionWith(undefined))).toBe(named);
    const again = namedAsOfNow(named, sessionWith(WIPES));
    expect(again.worst.effects.map(({ effect }) => effect)).toEqual(['delete-unbounded']);
  });
});
